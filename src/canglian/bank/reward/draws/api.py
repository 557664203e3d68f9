"""``/v1/draws`` and ``/v1/draw-wins``: lists, things by their ids, and the proof as a file."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from canglian.bank.reward.draws import queries
from canglian.bank.reward.draws.model import Draw, DrawWin
from canglian.bank.reward.draws.proof import Proof
from canglian.bank.reward.draws.queries import DrawFilter, DrawWhole, DrawWinFilter
from canglian.web.listing import get_route, list_route
from canglian.web.operations import JSON, id_path, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

DrawPath = Annotated[str, id_path("drw", "The draw's id.")]
DrawWinPath = Annotated[str, id_path("win", "The id of a win.")]


@get(
    "/{draw:str}/proof",
    operation_id="getDrawProof",
    guards=[needs(Permission.READ)],
    responses=responses(Proof),
)
async def draw_proof(
    services: NamedDependency[Services], principal: NamedDependency[Principal], draw: DrawPath
) -> Response[Any]:
    """The proof of a frozen draw: all that decides it, and nothing of who took part."""
    return await proof_response(services, principal.book, draw)


async def proof_response(services: Services, book: int, draw: str) -> Response[Any]:
    """A proof as a file. Rejects ``draw.not_frozen``."""
    parts = await queries.proof_file(services.reader, book, draw)
    headers = {"content-disposition": f'attachment; filename="{draw}.json"', "cache-control": "no-store"}
    return Stream(parts, media_type=JSON, headers=headers)


DRAWS = (
    list_route(Draw, queries.draws, DrawFilter, "listDraws", "draws", "List draws, newest first."),
    get_route("draw", DrawPath, DrawWhole, queries.whole, "getDraw", "A draw with its rules and winners."),
    draw_proof,
)
WINS = (
    list_route(DrawWin, queries.wins, DrawWinFilter, "listDrawWins", "draw-wins", "List who has won, newest first."),
    get_route("draw_win", DrawWinPath, DrawWin, queries.win, "getDrawWin", "Somebody who was drawn."),
)
