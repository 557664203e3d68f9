"""One partner: its application, its apps, and what may be done with it."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.partner import queries
from canglian.bank.partner.actions import ACCEPT, ADD_APP, EXIT, REFUSE, REGISTER, RESUME, SUSPEND
from canglian.bank.partner.availability import PartnerShown
from canglian.bank.partner.console.lists import APPS, PARTNERS
from canglian.bank.partner.model import Partner, PartnerApp
from canglian.bank.partner.queries import AppFilter
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_ACTS = (ACCEPT, REFUSE, ADD_APP, SUSPEND, RESUME, EXIT)


@get("/partners/{partner:str}", guards=[needs(Permission.READ)])
async def partner_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    partner: FromPath[str],
) -> Response[Any]:
    """A partner."""
    return await _show(pages, services, principal, partner)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    partner = await queries.partner(reader, book, identity)
    apps = await queries.apps(reader, book, AppFilter(partner=identity), Order(limit=LIMIT_MAX))
    shown = PartnerShown(partner, partner.applied_by == principal.actor)
    return await pages.render(
        "partner/partner.html",
        status=status,
        partner=partner,
        apps=apps.items,
        history=await history(reader, book, f"partner:{identity}"),
        forms=action_forms(pages, _ACTS, shown, submission=submission),
        problem=None if submission is None else submission.problem,
    )


@post("/partners/{partner:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_partner(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    partner: FromPath[str],
) -> Response[Any]:
    """Decide about a partner, give it an app, suspend it, let it go on or end with it."""
    await queries.partner(services.reader, principal.book, partner)
    show = partial(_show, pages, services, principal, partner)
    return await submit_action(pages, _ACTS, show, _to, target={"partner": partner})


def _to(result: Partner | PartnerApp) -> str:
    return f"{PARTNERS}/{result.id}" if isinstance(result, Partner) else f"{APPS}/{result.id}"


@get("/partners/new", guards=[needs(Permission.POST)])
async def new_partner(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form by which a partner is registered."""
    return await _form(pages)


async def _form(pages: Pages, *, status: int = 200, submission: Submission | None = None) -> Response[Any]:
    (form,) = action_forms(pages, [REGISTER], submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("partner/new_partner.html", status=status, form=form, problem=problem)


@post("/partners/new", status_code=200, guards=[needs(Permission.POST)])
async def register_partner(pages: NamedDependency[Pages]) -> Response[Any]:
    """Register a partner."""
    return await submit_action(pages, [REGISTER], partial(_form, pages), _to)


HANDLERS = (partner_page, act_on_partner, new_partner, register_partner)
