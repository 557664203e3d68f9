"""Money for a purpose that somebody holds: the list of it, and one page for each with the shops that take it."""

from datetime import date

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs

from canglian.bank.purpose import queries, shops
from canglian.bank.purpose.console.labels import shop_texts
from canglian.bank.purpose.model import MovementKind, PurposeContract, PurposeGrant
from canglian.bank.purpose.moving import LIVING
from canglian.bank.purpose.queries import MovementFilter
from canglian.bank.purpose.rules import Payees, Rules
from canglian.bank.purpose.wording import Sentence, buys, rules_in_words
from canglian.bank.wallet.mobile.others import HomeRow
from canglian.bank.wallet.mobile.owning import is_of
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.console.formats import money
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

TITLE = "Money for a purpose"
SHOWN_MAX = 50
"""How many grants and movements a page shows, the newest first."""


@get("/purpose", guards=[signed_in])
async def purpose_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """All money for a purpose of this person: what can be spent first, then what has ended."""
    reader, book = services.reader, person.book
    grants = await _grants(reader, person)
    contracts = await queries.contracts_of(reader, book, [grant.contract for grant in grants])
    rows = [(grant, contracts[grant.contract]) for grant in grants]
    living = sorted((row for row in rows if row[0].state in LIVING), key=lambda row: row[1].valid_until)
    return pages.render(
        "purpose/mobile/list.html",
        living=[(grant, contract, buys(contract.rules, pages._)) for grant, contract in living],
        ended=[row for row in rows if row[0].state not in LIVING],
        total=sum(grant.remaining for grant, _ in living),
    )


@get("/purpose/{grant:str}", guards=[signed_in])
async def grant_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    grant: FromPath[str],
) -> Response[bytes]:
    """One grant: what it can buy, where, until when, and each payment. NotFound for one that is another's."""
    reader, book = services.reader, person.book
    found = await _own(reader, person, grant)
    contract = await queries.contract(reader, book, found.contract)
    moved = (await queries.movements(reader, book, MovementFilter(grant=grant), Order(limit=SHOWN_MAX))).items
    near = next((movement.region for movement in moved if movement.region is not None), None)
    payer = (await queries.wallet_labels(reader, book, [contract.payer])).get(contract.payer)
    living = found.state in LIVING
    return pages.render(
        "purpose/mobile/grant.html",
        grant=found,
        contract=contract,
        payer=payer.holder if payer else "",
        living=living,
        reason=_reason(pages, contract, (await book_figures(reader, book)).today),
        buys=buys(contract.rules, pages._),
        rules=_bounds(contract.rules, pages),
        shops=await shops.allowed(reader, book, contract.rules, near) if living else [],
        near=near,
        movements=moved,
        names=await shop_texts(reader, book, [movement.payee for movement in moved]),
        inwards=(MovementKind.REFUNDED,),
    )


async def _grants(reader: Reader, person: Person) -> list[PurposeGrant]:
    """What this person's wallets were given, newest first; prepaid cards have pages of their own."""
    found = [] if person.party is None else await wallets.of_party(reader, person.book, person.party)
    found += await wallets.of_mobile(reader, person.book, person.mobile_index)
    return (await queries.given_to(reader, person.book, [wallet.id for wallet in found]))[:SHOWN_MAX]


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, for who has ever got any."""
    grants = await _grants(services.reader, person)
    left = sum(grant.remaining for grant in grants if grant.state in LIVING)
    return [HomeRow("/m/purpose", TITLE, "target-arrow", money(left), is_name=False)] if grants else []


async def _own(reader: Reader, person: Person, identity: str) -> PurposeGrant:
    """A grant of one of this person's wallets."""
    found = await queries.grant(reader, person.book, identity)
    if not is_of(await wallets.wallet(reader, person.book, found.holder), person):
        raise NotFound("purpose_grant.not_found", purpose_grant=identity)
    return found


def _reason(pages: MobilePages, contract: PurposeContract, today: date) -> str:
    """Why it cannot be spent today, whatever it is for."""
    if contract.state.value == "suspended":
        return pages._("It cannot be spent for now. Who gave it has stopped it for a while.")
    if contract.state.value in ("expired", "terminated") or today > contract.valid_until:
        return pages._("It has ended and cannot be spent any more.")
    if today < contract.valid_from:
        return pages._("It can be spent from its first day on.")
    return ""


def _bounds(rules: Rules, pages: MobilePages) -> list[Sentence]:
    """What else binds it: what it buys and the names of shops stand in places of their own."""
    return rules_in_words(structs.replace(rules, allowed=Payees(), blocked=Payees(goods=rules.blocked.goods)), pages._)


handlers = (purpose_page, grant_page)
