"""The lists of vouchers and of members."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.chain import queries
from canglian.bank.chain.model import ChainMember, VoucherState
from canglian.bank.chain.queries import MemberFilter, VoucherFilter
from canglian.bank.party.queries import parties
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

VOUCHERS = "/console/vouchers"
MEMBERS = "/console/chain-members"
WORK = "/console/chain-finance"

VOUCHER_COLUMNS = (
    Column("number", "Number", "code", phone=True),
    Column("state", "State", "word", phone=True, family="voucher_state"),
    Column("face", "Face", "money", sort="face", phone=True),
    Column("matures_on", "Matures on", "day", sort="matures_on", phone=True),
    Column("core_name", "Core company"),
    Column("holder_name", "Holder"),
)
_VOUCHER_LIST = ListSpec(
    "vouchers",
    "Vouchers",
    "Receivable e-vouchers: which core company pays whom, how much and when.",
    [*VOUCHER_COLUMNS, Column("issued_at", "Issued", "when"), Column("id", "Id", "code", sort="id")],
    [
        Filter(
            "state", "State", choices=[Choice(state.value, f"voucher_state.{state.value}") for state in VoucherState]
        ),
        Filter("maturing", "About to mature", choices=[Choice("true", "yes"), Choice("false", "no")]),
        Filter("core", "Core company", by_link=True),
        Filter("holder", "Holder", by_link=True),
        Filter("root", "Issued as", by_link=True),
        Filter("matures_until", "Matures by", by_link=True),
    ],
    href=VOUCHERS + "/{id}",
    empty="No voucher has been issued yet.",
    sort="-id",
)
_MEMBER_LIST = ListSpec(
    "chain_members",
    "Members of chains",
    "Core companies with their limits, and the suppliers of their chains.",
    [
        Column("name", "Company", phone=True),
        Column("tier", "Tier", "number", sort="tier", phone=True),
        Column("core_name", "Core company", phone=True),
        Column("account", "Deposit account", "code"),
        Column("enrolled_at", "Since", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("tier", "Tier", choices=[Choice(str(tier), str(tier)) for tier in range(4)]),
        Filter("core", "Core company", by_link=True),
        Filter("party", "Customer", pick="party"),
    ],
    href=MEMBERS + "/{id}",
    empty="No core company has been enrolled yet.",
    sort="-id",
)
_ISSUE = PageLink("Issue a voucher", f"{VOUCHERS}/new", "plus", Permission.POST)
_ENROL_CORE = PageLink("Enrol a core company", f"{MEMBERS}/new-core", "plus", Permission.APPROVE)
_ENROL_SUPPLIER = PageLink("Enrol a supplier", f"{MEMBERS}/new-supplier", "plus", Permission.POST)
_READ = [needs(Permission.READ)]


@get("/vouchers", guards=_READ)
async def list_vouchers(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All vouchers."""
    reader, book = services.reader, principal.book
    asked = asked_for(VoucherFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.vouchers(reader, book, asked, order)
        return Page(await queries.rows(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _VOUCHER_LIST, read_page, actions=[_ISSUE], scales=await chart.scales(reader, book))


@get("/chain-members", guards=_READ)
async def list_members(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All members."""
    reader, book = services.reader, principal.book
    asked = asked_for(MemberFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.members(reader, book, asked, order)
        return Page(await named(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _MEMBER_LIST, read_page, actions=[_ENROL_SUPPLIER, _ENROL_CORE])


async def named(reader: Reader, book: int, found: Sequence[ChainMember]) -> list[dict[str, Any]]:
    """Members as rows with masked names."""
    masks = await parties.names(reader, book, [each.party for each in found])
    cores = await queries.names(reader, book, [each.core for each in found])
    return [
        {
            **msgspec.structs.asdict(each),
            "name": masks.get(each.party, each.party),
            "core_name": cores.get(each.core or "", "—"),
        }
        for each in found
    ]


handlers = (list_vouchers, list_members)
