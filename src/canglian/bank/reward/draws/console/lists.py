"""The lists of draws and of who has won."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import structs

from canglian.bank.party.queries import parties
from canglian.bank.reward.draws import queries
from canglian.bank.reward.draws.model import Draw, DrawState, DrawWin, WinState
from canglian.bank.reward.draws.queries import DrawFilter, DrawWinFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

DRAWS = "/console/draws"
WINS = "/console/draw-wins"
_READ = [needs(Permission.READ)]

_DRAW_LIST = ListSpec(
    "draws",
    "Draws",
    "What is drawn, until when people join, and whether anybody can check who has won.",
    [
        Column("name", "Name", phone=True),
        Column("state", "State", "state", phone=True),
        Column("joins_until", "Joining until", "until"),
        Column("draws_at", "Drawn at", "when", sort="draws_at", phone=True),
        Column("entries", "Number of entries", "number", phone=True),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in DrawState]),
        Filter("campaign", "Campaign", pick="campaign"),
    ],
    href=DRAWS + "/{id}",
    empty="No draw has been drafted yet.",
    sort="-id",
)
_WIN_LIST = ListSpec(
    "draw-wins",
    "Prizes that were won",
    "Who has won what, until when it is claimed, and what became of it.",
    [
        Column("draw_name", "Draw", phone=True),
        Column("prize_name", "Prize", phone=True),
        Column("holder_name", "Winner"),
        Column("number", "Entry number", "code"),
        Column("state", "State", "state", phone=True),
        Column("claim_by", "Claimed by", "until"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in WinState]),
        Filter("draw", "Draw", pick="draw"),
        Filter("party", "Customer", pick="party"),
    ],
    href=WINS + "/{id}",
    empty="Nobody has won anything yet.",
    sort="-id",
)
_NEW = PageLink("Draft a draw", f"{DRAWS}/new", "plus", Permission.POST)


@get("/draws", guards=_READ)
async def list_draws(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All draws."""
    reader, book = services.reader, principal.book
    asked = asked_for(DrawFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        return await queries.draws(reader, book, asked, order)

    return await list_page(pages, _DRAW_LIST, read_page, actions=[_NEW], scales=await chart.scales(reader, book))


@get("/draw-wins", guards=_READ)
async def list_wins(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All prizes that were won, and the alternates."""
    reader, book = services.reader, principal.book
    asked = asked_for(DrawWinFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.wins(reader, book, asked, order)
        return Page(await win_rows(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _WIN_LIST, read_page, scales=await chart.scales(reader, book))


async def win_rows(reader: Reader, book: int, wins: Sequence[DrawWin]) -> list[dict[str, Any]]:
    """Wins with the names of their draws, prizes and holders, these masked."""
    draws: dict[str, Draw] = {}
    for identity in dict.fromkeys(win.draw for win in wins):
        draws[identity] = await queries.draw(reader, book, identity)
    names = await parties.names(reader, book, [win.party for win in wins])
    return [
        {
            **structs.asdict(win),
            "draw_name": draws[win.draw].name,
            "prize_name": "" if win.prize is None else draws[win.draw].prizes[win.prize - 1].name,
            "holder_name": names.get(win.party, "—"),
        }
        for win in wins
    ]


handlers = (list_draws, list_wins)
