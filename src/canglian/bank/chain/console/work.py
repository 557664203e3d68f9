"""What is to be done in chain finance, and who owes whom; what the search finds, what waits, a customer's vouchers."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from canglian.bank.chain import queries
from canglian.bank.chain.console.drawing import debts_chart
from canglian.bank.chain.console.lists import MEMBERS, VOUCHER_COLUMNS, VOUCHERS, named
from canglian.bank.chain.model import VoucherState
from canglian.bank.chain.queries import MemberFilter, VoucherFilter
from canglian.bank.chain.trade import console as contracts
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import chart
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Excerpt, Rows, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.console import Pages
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_MEMBER = (
    Column("name", "Company", phone=True),
    Column("tier", "Tier", "number", phone=True),
    Column("core_name", "Core company", phone=True),
)
_PARTS = (
    (VoucherFilter(state=VoucherState.ISSUED), f"{VOUCHERS}?state=issued"),
    (VoucherFilter(maturing=True), f"{VOUCHERS}?maturing=true"),
    (VoucherFilter(state=VoucherState.DEFAULTED), f"{VOUCHERS}?state=defaulted"),
    (VoucherFilter(state=VoucherState.FROZEN), f"{VOUCHERS}?state=frozen"),
)


@get("/chain-finance", guards=[needs(Permission.READ)])
async def work_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """What is to be done: to accept, about to mature, in default, frozen; and who owes whom."""
    reader, book = services.reader, principal.book
    parts = []
    for asked, whole in _PARTS:
        page = await queries.vouchers(reader, book, asked, Order(limit=SHOWN_MAX))
        parts.append((await queries.rows(reader, book, page.items), whole, page.next_cursor is not None))
    debts = await queries.debts(reader, book)
    masks = await queries.names(reader, book, [side for debt in debts for side in (debt.core, debt.holder)])
    return await pages.render(
        "chain/work.html",
        parts=parts,
        debts=debts,
        names=masks,
        chart=debts_chart(debts, masks, pages._),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
    )


async def _voucher(reader: Reader, book: int, identity: str) -> dict[str, Any]:
    return (await queries.rows(reader, book, [await queries.voucher(reader, book, identity)]))[0]


async def _member(reader: Reader, book: int, identity: str) -> dict[str, Any]:
    return (await named(reader, book, [await queries.member(reader, book, identity)]))[0]


async def _of_party(reader: Reader, book: int, party: str) -> Rows:
    page = await queries.members(reader, book, MemberFilter(party=party), Order(limit=LIMIT_MAX))
    return Rows(await named(reader, book, page.items))


async def _to_accept(services: Services, principal: Principal) -> int:
    return await queries.count_in(services.reader, principal.book, VoucherState.ISSUED, WAITING_MAX)


async def _defaulted(services: Services, principal: Principal) -> int:
    return await queries.count_in(services.reader, principal.book, VoucherState.DEFAULTED, WAITING_MAX)


FINDS = (
    *contracts.FINDS,
    found_by_id("vch", "Vouchers", VOUCHER_COLUMNS, _voucher, VOUCHERS + "/{id}"),
    found_by_id("chm", "Members of chains", _MEMBER, _member, MEMBERS + "/{id}"),
)
SECTIONS = {"party": (Excerpt("Chain finance", _MEMBER, _of_party, MEMBERS + "/{id}"),)}
WAITING = (
    *contracts.WAITING,
    Waiting("Vouchers to accept", f"{VOUCHERS}?state=issued", _to_accept, Permission.POST),
    Waiting("Vouchers in default", f"{VOUCHERS}?state=defaulted", _defaulted, Permission.POST),
)
OBJECTS = {**contracts.OBJECTS, "voucher": VOUCHERS + "/{}", "chain_member": MEMBERS + "/{}"}
handlers = (work_page,)
