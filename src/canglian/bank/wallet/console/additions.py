"""What the search finds of wallets, by number or mobile, and of their transfers; and the wallets that a party has."""

from datetime import date

from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import IndexBy, search_indexes
from canglian.bank.wallet.console.lists import PATH
from canglian.bank.wallet.console.picks import by_number
from canglian.bank.wallet.model import WalletTransfer
from canglian.bank.wallet.queries import moves, wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.additions import SHOWN_MAX, Belonging, DayFigure, Holding, Sum, found_by_id
from canglian.web.columns import Column
from canglian.web.services import Services

_WALLET = (
    Column("number", "Wallet number", "code", phone=True),
    Column("product", "Product", "word", family="product"),
    Column("state", "State", "state", phone=True),
    Column("balance", "Balance", "money", phone=True),
    Column("opened_on", "Opened", "day"),
)
_TRANSFER = (
    Column("id", "Id", "code", phone=True),
    Column("amount", "Amount", "money", phone=True),
    Column("payer", "Payer", "code"),
    Column("payee", "Payee", "code"),
    Column("at", "When", "when", phone=True),
)


async def _held(reader: Reader, book: int, party: str) -> list[Holding]:
    page = await wallets.wallets(reader, book, WalletFilter(party=party), Order("-id", None, SHOWN_MAX))
    return [
        Holding(
            "Wallet",
            wallet.number,
            f"product.{wallet.product}",
            wallet.state,
            f"{PATH}/{wallet.id}",
            wallet.opened_on,
            wallet.balance,
            wallet.held,
            wallet.asset,
            wallet.account,
        )
        for wallet in page.items
    ]


async def belongs(reader: Reader, book: int, identity: str) -> list[Belonging]:
    """The wallet that an account of the ledger is of, and its holder."""
    wallet = await wallets.masked(reader, book, identity)
    own = Belonging("Wallet", wallet.number, f"{PATH}/{identity}")
    if wallet.party is None:
        return [own]
    names = await parties.names(reader, book, [wallet.party])
    return [own, Belonging("Holder", names.get(wallet.party, "—"), f"/console/people/{wallet.party}")]


async def _opened(reader: Reader, book: int, first: date, last: date) -> dict[date, Sum]:
    return {day: Sum(count) for day, count in (await wallets.opened(reader, book, first, last)).items()}


async def _known(services: Services, book: int, text: str) -> list[WalletView]:
    """The wallet of a number, or those without a name of a mobile; those of a customer are on the customer's page."""
    numbered = await by_number(services, book, text)
    if numbered is not None:
        return await wallets.views(services.reader, book, [numbered])
    (index,) = search_indexes(services.keyring, IndexBy.MOBILE, text)
    return await wallets.views(services.reader, book, await wallets.of_mobile(services.reader, book, index))


FIGURES = (
    DayFigure(
        "Wallets opened",
        "Wallets by the business date on which they were opened, sub-wallets too, also those closed since.",
        PATH + "?first_date={first}&last_date={last}",
        _opened,
    ),
)
FINDS = (
    found_by_id("wal", "Wallets", _WALLET, wallets.masked, PATH + "/{id}").also(_known),
    found_by_id(
        "wtr",
        "Wallet transfers",
        _TRANSFER,
        moves.transfer,
        "/console/transfers/{transfer}",
        receipts_of=WalletTransfer,
    ),
)
HOLDINGS = (_held,)
