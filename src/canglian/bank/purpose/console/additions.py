"""What the search finds of contracts and grants by their ids; what a customer has of purpose money."""

from canglian.bank.purpose import queries
from canglian.bank.purpose.console.lists import CONTRACTS
from canglian.bank.purpose.custody import queries as custody
from canglian.bank.purpose.model import PrepaidOffer, PurposeContract
from canglian.bank.wallet.queries import wallets
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import SHANGHAI
from canglian.web.additions import SHOWN_MAX, Belonging, Holding, found_by_id, pick_named
from canglian.web.columns import Column

_CONTRACT = (
    Column("name", "Name", phone=True),
    Column("state", "State", "state", phone=True),
    Column("valid_until", "Last day", "day", phone=True),
)
_GRANT = (
    Column("issued_at", "Issued", "when", phone=True),
    Column("state", "State", "state", phone=True),
    Column("id", "Id", "code"),
)


async def _held(reader: Reader, book: int, party: str) -> list[Holding]:
    """What a customer may spend of contracts for a purpose, and the prepaid cards that they bought."""
    identities = [wallet.id for wallet in await wallets.of_party(reader, book, party)]
    cards = (await custody.of_buyers(reader, book, identities, Order(limit=SHOWN_MAX))).items
    bought = {card.id for card in cards}
    grants = [grant for grant in await queries.of_holders(reader, book, identities) if grant.contract not in bought]
    contracts = await queries.contracts_of(reader, book, [grant.contract for grant in grants[:SHOWN_MAX]])
    return [
        *(
            Holding(
                "Purpose money",
                contracts[grant.contract].name,
                "",
                grant.state,
                f"{CONTRACTS}/{grant.contract}",
                grant.issued_at.astimezone(SHANGHAI).date(),
                grant.remaining,
                asset=contracts[grant.contract].asset,
            )
            for grant in grants[:SHOWN_MAX]
        ),
        *(
            Holding(
                "Prepaid card",
                card.name,
                "",
                card.state,
                f"{CONTRACTS}/{card.id}",
                card.bought_on,
                card.remaining + card.bonus_remaining,
                asset=card.asset,
            )
            for card in cards
        ),
    ]


async def belongs(reader: Reader, book: int, identity: str) -> list[Belonging]:
    """The contract that an account of the ledger is of."""
    contract = await queries.contract(reader, book, identity)
    return [Belonging("Purpose contract", contract.name, f"{CONTRACTS}/{identity}")]


FINDS = (
    found_by_id("pur", "Purpose contracts", _CONTRACT, queries.contract, CONTRACTS + "/{id}", named=PurposeContract),
    found_by_id("grt", "Grants", _GRANT, queries.grant, CONTRACTS + "/{contract}"),
)
HOLDINGS = (_held,)
PICKS = (pick_named("purpose_contract", PurposeContract), pick_named("prepaid_offer", PrepaidOffer))
