"""One draw: where it stands, what was published, what comes next, who has won, and its proof; the form of a new one."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.draws import queries
from canglian.bank.reward.draws.actions import DRAFT, ON_DRAW
from canglian.bank.reward.draws.api import proof_response
from canglian.bank.reward.draws.console.lists import DRAWS, win_rows
from canglian.bank.reward.draws.model import Draw, DrawState
from canglian.bank.reward.draws.wording import next_step, steps_of
from canglian.kernel.errors import NotFound
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_READ = [needs(Permission.READ)]
_POST = [needs(Permission.POST)]


@get("/draws/{draw:str}", guards=_READ)
async def draw_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    draw: FromPath[str],
) -> Response[Any]:
    """One draw."""
    return await _show(pages, services, principal, draw)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await queries.whole(reader, book, identity)
    campaign = None if whole.draw.campaign is None else await campaigns.campaign(reader, book, whole.draw.campaign)
    return await pages.render(
        "reward/draw.html",
        status=status,
        draw=whole.draw,
        rules=whole.rules,
        campaign=campaign,
        steps=steps_of(whole.draw),
        next_step=next_step(whole.draw, pages._),
        wins=await win_rows(reader, book, whole.wins),
        proof_at=f"{DRAWS}/{identity}/proof" if whole.draw.frozen_at is not None else None,
        public_at=f"/m/draw/{book}/{identity}" if whole.draw.version else None,
        history=await history(reader, book, f"draw:{identity}"),
        forms=action_forms(pages, ON_DRAW, whole, submission=submission),
        scales=await chart.scales(reader, book),
        may_act=principal.may(Permission.POST) or principal.may(Permission.APPROVE),
        is_void=whole.draw.state in (DrawState.VOID, DrawState.DROPPED),
        problem=None if submission is None else submission.problem,
    )


@post("/draws/{draw:str}", status_code=200, guards=_READ)
async def act_on_draw(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    draw: FromPath[str],
) -> Response[Any]:
    """What somebody does to a draw; each action asks for its own permission."""
    found = await queries.draw(services.reader, principal.book, draw)
    show = partial(_show, pages, services, principal, draw)
    return await submit_action(pages, ON_DRAW, show, f"{DRAWS}/{draw}", target={"draw": draw}, asset=found.asset)


@get("/draws/{draw:str}/proof", guards=_READ)
async def draw_proof_file(
    services: NamedDependency[Services], principal: NamedDependency[Principal], draw: FromPath[str]
) -> Response[Any]:
    """The proof as a file."""
    found = await queries.draw(services.reader, principal.book, draw)
    if found.frozen_at is None:
        raise NotFound("draw.not_frozen", draw=draw)
    return await proof_response(services, principal.book, draw)


@get("/draws/new", guards=_POST)
async def new_draw(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form of a new draw."""
    return await _form(pages)


async def _form(pages: Pages, *, status: int = 200, submission: Submission | None = None) -> Response[Any]:
    (form,) = action_forms(pages, [DRAFT], submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("reward/new_draw.html", status=status, form=form, problem=problem)


@post("/draws/new", status_code=200, guards=_POST)
async def draft_draw(pages: NamedDependency[Pages]) -> Response[Any]:
    """Draft a draw."""
    return await submit_action(pages, [DRAFT], partial(_form, pages), _to)


def _to(result: Draw) -> str:
    return f"{DRAWS}/{result.id}"


handlers = (draw_page, act_on_draw, draw_proof_file, new_draw, draft_draw)
