"""One scheme: its figures and its liability, what was earned and spent, what expires when; the form of a new one."""

from datetime import date
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.queries import CampaignOfferFilter
from canglian.bank.reward.points import queries
from canglian.bank.reward.points.actions import DRAFT, ON_SCHEME
from canglian.bank.reward.points.console.drawing import calendar_chart, months_chart
from canglian.bank.reward.points.console.lists import SCHEMES, member_rows
from canglian.bank.reward.points.queries import PointMemberFilter
from canglian.bank.reward.points.wording import (
    bounds_in_words,
    deduction_in_words,
    exchange_in_words,
    expiry_in_words,
    rule_in_words,
)
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.additions import SHOWN_MAX
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/point-schemes/{point_scheme:str}", guards=[needs(Permission.READ)])
async def scheme_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    point_scheme: FromPath[str],
) -> Response[Any]:
    """One scheme."""
    return await _show(pages, services, principal, point_scheme)


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
    scheme, today = whole.scheme, (await book_figures(reader, book)).today
    since = date(today.year - 1, today.month, 1)
    newest = (await queries.members(reader, book, PointMemberFilter(scheme=identity), Order(limit=SHOWN_MAX))).items
    return await pages.render(
        "reward/points/scheme.html",
        status=status,
        whole=whole,
        scheme=scheme,
        rules=[rule_in_words(rule, pages._) for rule in scheme.rules],
        bounded=[(rule_in_words(scheme.rules[rule.rule - 1], pages._), rule) for rule in whole.bounded],
        bounds=bounds_in_words(scheme, pages._),
        expiry=expiry_in_words(scheme.expiry, pages._),
        deduction=deduction_in_words(scheme, pages._),
        exchanges=[exchange_in_words(rule, scheme.pays, pages._) for rule in scheme.exchanges],
        months=months_chart(await queries.by_months(reader, book, identity, since), pages._),
        calendar=calendar_chart(whole.expiring, pages._),
        members=await member_rows(reader, book, newest),
        history=await history(reader, book, f"point_scheme:{identity}"),
        forms=action_forms(pages, ON_SCHEME, whole, submission=submission),
        scales=await chart.scales(reader, book),
        may_act=principal.may(Permission.POST) or principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


@post("/point-schemes/{point_scheme:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_scheme(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    point_scheme: FromPath[str],
) -> Response[Any]:
    """What somebody does to a scheme; each action asks for its own permission."""
    found = await queries.scheme(services.reader, principal.book, point_scheme)
    show = partial(_show, pages, services, principal, point_scheme)

    def to(result: Any) -> str:
        """The scheme again, or what waits for a second person."""
        return f"/console/proposals/{result.id}" if isinstance(result, ProposalStatus) else f"{SCHEMES}/{point_scheme}"

    return await submit_action(pages, ON_SCHEME, show, to, target={"scheme": point_scheme}, asset=found.pays)


@get("/point-schemes/new", guards=[needs(Permission.POST)])
async def new_scheme(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The form of a new scheme."""
    return await _form(pages, services, principal)


async def _form(
    pages: Pages, services: Services, principal: Principal, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    found = await campaigns.offers(services.reader, principal.book, CampaignOfferFilter(), Order(limit=LIMIT_MAX))
    choices = {"coupon_offer": [("", "—"), *((offer.id, offer.name) for offer in found.items)]}
    (form,) = action_forms(pages, [DRAFT], choices=choices, submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("reward/points/new.html", status=status, form=form, problem=problem)


@post("/point-schemes/new", status_code=200, guards=[needs(Permission.POST)])
async def draft_scheme(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Draft a scheme."""
    return await submit_action(
        pages, [DRAFT], partial(_form, pages, services, principal), lambda scheme: f"{SCHEMES}/{scheme.id}"
    )


handlers = (scheme_page, act_on_scheme, new_scheme, draft_scheme)
