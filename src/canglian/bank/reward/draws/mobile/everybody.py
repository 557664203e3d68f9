"""The page of a draw for everybody, and its proof: open to all, and without anything of who took part."""

from importlib.resources import files
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.draws import queries
from canglian.bank.reward.draws.api import proof_response
from canglian.bank.reward.draws.mobile.own import RESULTS_MAX
from canglian.bank.reward.draws.model import Draw
from canglian.bank.reward.draws.wording import standing
from canglian.kernel.errors import NotFound
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.mobile import MobilePages
from canglian.web.services import Services

BOOKS_MAX = 2**31 - 1
SCRIPT = "verify_draw.txt"
"""``docs/verify_draw.py``, under a name by which nobody imports it."""


@get("/draw/{draw_book:int}/{draw:str}")
async def public_draw(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    draw_book: FromPath[int],
    draw: FromPath[str],
) -> Response[bytes]:
    """What was published of a draw, who has won by their numbers, and how it is checked."""
    found = await _published(services, draw_book, draw)
    return pages.render(
        "reward/mobile/draw.html",
        draw=found,
        book=draw_book,
        words=standing(found, utc_now(), pages._),
        entrant=None,
        link="",
        wins=[],
        codes={},
        wallets=[],
        pays_money=False,
        joining=[],
        joins=False,
        may_join=False,
        reason="",
        basis="",
        results=await queries.wins_of(services.reader, draw_book, draw, RESULTS_MAX),
    )


@get("/draw/{draw_book:int}/{draw:str}/proof")
async def public_proof(
    services: NamedDependency[Services], draw_book: FromPath[int], draw: FromPath[str]
) -> Response[Any]:
    """The proof as a file."""
    found = await _published(services, draw_book, draw)
    if found.frozen_at is None:
        raise NotFound("draw.not_frozen", draw=draw)
    return await proof_response(services, draw_book, draw)


async def _published(services: Services, book: int, identity: str) -> Draw:
    if not SYSTEM_BOOK < book <= BOOKS_MAX:
        raise NotFound("draw.not_found", draw=identity)
    found = await queries.draw(services.reader, book, identity)
    if not found.version:
        raise NotFound("draw.not_found", draw=identity)
    return found


@get("/draw/verify_draw.py")
async def verifier() -> Response[bytes]:
    """The script that computes a draw again with nothing but the standard library of Python."""
    text = (files("canglian.bank.reward.draws") / SCRIPT).read_bytes()
    headers = {"content-disposition": 'attachment; filename="verify_draw.py"'}
    return Response(text, media_type="text/x-python", headers=headers)


handlers = (public_draw, public_proof, verifier)
