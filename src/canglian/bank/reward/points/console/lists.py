"""The lists of schemes, of people's points, of lots and of exchanges."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import structs

from canglian.bank.party.queries import parties
from canglian.bank.reward.points import queries
from canglian.bank.reward.points.model import ExchangeState, PointExchange, PointLot, PointMember, SchemeState
from canglian.bank.reward.points.queries import (
    PointExchangeFilter,
    PointLotFilter,
    PointMemberFilter,
    PointSchemeFilter,
)
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SCHEMES = "/console/point-schemes"
MEMBERS = "/console/point-members"
LOTS = "/console/point-lots"
EXCHANGES = "/console/point-exchanges"
_READ = [needs(Permission.READ)]

_SCHEME_LIST = ListSpec(
    "point_schemes",
    "Point schemes",
    "Which points people earn, how many they have, and what these cost the bank.",
    [
        Column("name", "Name", phone=True),
        Column("state", "State", "state", phone=True),
        Column("owner", "Run by"),
        Column("members", "People", "number"),
        Column("awarded", "Awarded", "number"),
        Column("outstanding", "Outstanding points", "number", phone=True),
        Column("liability", "Liability", "money", phone=True),
        Column("funds", "Set aside", "money"),
        Column("id", "Id", "code", sort="id"),
    ],
    [Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in SchemeState])],
    href=SCHEMES + "/{id}",
    empty="No scheme has been drafted yet.",
    sort="-id",
)
_MEMBER_LIST = ListSpec(
    "point_members",
    "Points of people",
    "Who has how many points of which scheme.",
    [
        Column("holder_name", "Holder", phone=True),
        Column("scheme_name", "Point scheme", phone=True),
        Column("points", "Points", "number", phone=True),
        Column("debt", "Still to be netted", "number"),
        Column("joined_at", "Since", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [Filter("scheme", "Point scheme", pick="point_scheme"), Filter("party", "Customer", pick="party")],
    href=MEMBERS + "/{id}",
    empty="Nobody has earned any points yet.",
    sort="-id",
)
_LOT_LIST = ListSpec(
    "point_lots",
    "Lots of points",
    "What was earned together and expires together, and what became of it.",
    [
        Column("holder_name", "Holder", phone=True),
        Column("scheme_name", "Point scheme"),
        Column("source", "Earned by", "word", family="lot_source", phone=True),
        Column("points", "Points", "number"),
        Column("remaining", "Remaining", "number", phone=True),
        Column("spent", "Exchanged", "number"),
        Column("expired", "Expired", "number"),
        Column("cancelled", "Cancelled by refunds", "number"),
        Column("valid_until", "Valid until", "day", phone=True),
        Column("earned_at", "Earned", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("scheme", "Point scheme", pick="point_scheme"),
        Filter("member", "Member", by_link=True),
        Filter("party", "Customer", pick="party"),
        Filter("payment", "Payment", pick="payment"),
    ],
    href=MEMBERS + "/{member}",
    empty="No points have been earned yet.",
    sort="-id",
)
_EXCHANGE_LIST = ListSpec(
    "point_exchanges",
    "Exchanges of points",
    "What points were exchanged for.",
    [
        Column("holder_name", "Holder", phone=True),
        Column("scheme_name", "Point scheme"),
        Column("name", "What for", phone=True),
        Column("points", "Points", "number", phone=True),
        Column("amount", "Money", "money"),
        Column("state", "State", "state", phone=True),
        Column("at", "When", "when", sort="id"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in ExchangeState]),
        Filter("scheme", "Point scheme", pick="point_scheme"),
        Filter("member", "Member", by_link=True),
        Filter("party", "Customer", pick="party"),
    ],
    href=EXCHANGES + "/{id}",
    empty="No points have been exchanged yet.",
    sort="-id",
)
_NEW = PageLink("Draft a point scheme", f"{SCHEMES}/new", "plus", Permission.POST)


@get("/point-schemes", guards=_READ)
async def list_schemes(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All schemes."""
    reader, book = services.reader, principal.book
    asked = asked_for(PointSchemeFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.schemes(reader, book, asked, order)
        figures = await queries.figures(reader, book, page.items)
        rows = [
            {**structs.asdict(scheme), **structs.asdict(figures[scheme.id]), "asset": scheme.pays}
            for scheme in page.items
        ]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _SCHEME_LIST, read_page, actions=[_NEW], scales=await chart.scales(reader, book))


@get("/point-members", guards=_READ)
async def list_members(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Everybody's points."""
    reader, book = services.reader, principal.book
    asked = asked_for(PointMemberFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.members(reader, book, asked, order)
        return Page(await member_rows(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _MEMBER_LIST, read_page)


@get("/point-lots", guards=_READ)
async def list_lots(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All lots."""
    reader, book = services.reader, principal.book
    asked = asked_for(PointLotFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.lots(reader, book, asked, order)
        return Page(await named(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _LOT_LIST, read_page)


@get("/point-exchanges", guards=_READ)
async def list_exchanges(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All exchanges."""
    reader, book = services.reader, principal.book
    asked = asked_for(PointExchangeFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.exchanges(reader, book, asked, order)
        return Page(await named(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _EXCHANGE_LIST, read_page, scales=await chart.scales(reader, book))


async def member_rows(reader: Reader, book: int, found: Sequence[PointMember]) -> list[dict[str, Any]]:
    """People's points with how many these are."""
    points = await queries.have(reader, book, found)
    return [{**row, "points": points[row["id"]]} for row in await named(reader, book, found)]


async def named(
    reader: Reader, book: int, found: Sequence[PointMember | PointLot | PointExchange]
) -> list[dict[str, Any]]:
    """Rows with the masked names of their holders, the names of their schemes, and in what these pay."""
    holders = await parties.names(reader, book, [each.party for each in found])
    names = await queries.names(reader, book, [each.scheme for each in found])
    return [
        {
            **structs.asdict(each),
            "holder_name": holders.get(each.party, each.party),
            "scheme_name": names[each.scheme][0],
            "asset": names[each.scheme][1],
        }
        for each in found
    ]


handlers = (list_schemes, list_members, list_lots, list_exchanges)
