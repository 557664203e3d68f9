"""One prize that was won: whose it is, until when it is claimed, and handing goods over."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.draws import queries
from canglian.bank.reward.draws.actions import HAND_OVER
from canglian.bank.reward.draws.console.lists import WINS, win_rows
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/draw-wins/{draw_win:str}", guards=[needs(Permission.READ)])
async def win_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    draw_win: FromPath[str],
) -> Response[Any]:
    """One prize that was won."""
    return await _show(pages, services, principal, draw_win)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    win = await queries.win(reader, book, identity)
    draw = await queries.draw(reader, book, win.draw)
    prize = None if win.prize is None else draw.prizes[win.prize - 1]
    return await pages.render(
        "reward/draw_win.html",
        status=status,
        win=win,
        draw=draw,
        prize=prize,
        holder=(await win_rows(reader, book, [win]))[0]["holder_name"],
        history=await history(reader, book, f"draw_win:{identity}"),
        forms=action_forms(pages, [HAND_OVER], (win, None if prize is None else prize.kind), submission=submission),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/draw-wins/{draw_win:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_win(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    draw_win: FromPath[str],
) -> Response[Any]:
    """Hand goods over."""
    await queries.win(services.reader, principal.book, draw_win)
    show = partial(_show, pages, services, principal, draw_win)
    return await submit_action(pages, [HAND_OVER], show, f"{WINS}/{draw_win}", target={"win": draw_win})


handlers = (win_page, act_on_win)
