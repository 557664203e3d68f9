"""One exchange of points: what it gave, out of which lots, and taking it back."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.points import queries
from canglian.bank.reward.points.actions import RETURN
from canglian.bank.reward.points.console.lists import EXCHANGES, named
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/point-exchanges/{point_exchange:str}", guards=[needs(Permission.READ)])
async def exchange_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    point_exchange: FromPath[str],
) -> Response[Any]:
    """One exchange."""
    return await _show(pages, services, principal, point_exchange)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    exchange = await queries.exchange(reader, book, identity)
    scheme = await queries.scheme(reader, book, exchange.scheme)
    return await pages.render(
        "reward/points/exchange.html",
        status=status,
        exchange=exchange,
        scheme=scheme,
        holder=(await named(reader, book, [exchange]))[0]["holder_name"],
        lots=[(part, await queries.lot(reader, book, part.lot)) for part in exchange.lots],
        forms=action_forms(pages, [RETURN], exchange, submission=submission),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/point-exchanges/{point_exchange:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_exchange(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    point_exchange: FromPath[str],
) -> Response[Any]:
    """Take an exchange back."""
    await queries.exchange(services.reader, principal.book, point_exchange)
    show = partial(_show, pages, services, principal, point_exchange)
    to = f"{EXCHANGES}/{point_exchange}"
    return await submit_action(pages, [RETURN], show, to, target={"exchange": point_exchange})


handlers = (exchange_page, act_on_exchange)
