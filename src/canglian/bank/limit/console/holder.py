"""The limits of one party, account or wallet: what is left, and the overrides that two people grant."""

import re
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from canglian.bank.approval import ProposalState
from canglian.bank.approval import queries as approval
from canglian.bank.approval.queries import ProposalFilter
from canglian.bank.limit import queries
from canglian.bank.limit.actions import END, GRANT
from canglian.bank.limit.commands import ended_about, granted_about
from canglian.bank.limit.console.picks import HOLDER
from canglian.bank.limit.holdings import word_of
from canglian.bank.limit.model import LimitOverride, LimitRules, OverrideState
from canglian.bank.limit.queries import OverrideFilter
from canglian.bank.limit.service import PARTY, LimitsAsked, limits
from canglian.bank.party import Level
from canglian.bank.party.queries import parties
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.console.actions import FormView, Submission, action_forms, submit_action
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/limits"

_HOLDER = re.compile(r"pty_[0-9a-z]{26}|[a-z]{2,20}:[a-z0-9_]{1,60}")


@get("/limits", guards=[needs(Permission.READ)])
async def limits_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Whose limits are asked for, and what is left of them."""
    return await _show(pages, services, principal)


async def _show(
    pages: Pages, services: Services, principal: Principal, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    reader, book = services.reader, principal.book
    query = pages.request.query_params
    holder = query.get("of", "").strip()
    await pages.picks.show("of", HOLDER, holder)
    today = (await book_figures(reader, book)).today
    rules = await queries.rules_on(reader, book, today)
    given: dict[str, Any] = {
        "of": holder,
        "product": query.get("product", "").strip(),
        "level": query.get("level", ""),
        "party": None,
        "held": [],
        "overrides": [],
        "waiting": [],
        "unknown": False,
    }
    problem = None if submission is None else submission.problem
    if holder and not _HOLDER.fullmatch(holder):
        problem = pages.refusal(Malformed("limit.holder_form", field="of"))
    elif holder:
        try:
            given |= await _found(services, principal, holder, given["product"], given["level"])
        except CanglianError as error:
            problem = problem or pages.refusal(error)
    may_post = principal.may(Permission.POST)
    forms = partial(action_forms, pages, submission=submission)
    overrides: list[LimitOverride] = given.pop("overrides")
    ended = {override.id for override in overrides if override.state is OverrideState.ENDED or override.until < today}
    asked = [granted_about(holder, rule.code) for rule in rules.content]
    asked += [ended_about(override.id) for override in overrides]
    pending = await approval.waiting_about(reader, book, asked)
    about = {left.rule for standing in given["held"] for left in standing.limits}
    rules_offered = [
        (rule.code, pages._(rule.name))
        for rule in rules.content
        if granted_about(holder, rule.code) not in pending and (not about or rule.code in about)
    ]
    return await pages.render(
        "limit/holder.html",
        status=status,
        problem=problem,
        today=today,
        levels=list(Level),
        products=_products(pages, rules),
        word_of=word_of,
        scales=await chart.scales(reader, book),
        overrides=[
            (
                override,
                await _ending(pages, override, submission) if may_post and override.id not in ended else [],
                pending.get(ended_about(override.id)),
            )
            for override in overrides
        ],
        rules_pending=[
            (pages._(rule.name), pending[granted_about(holder, rule.code)])
            for rule in rules.content
            if granted_about(holder, rule.code) in pending
        ],
        forms=forms([GRANT], target={"holder": holder}, choices={"rule": rules_offered}) if may_post else [],
        **given,
    )


def _products(pages: Pages, rules: LimitRules) -> list[tuple[str, str]]:
    """The products that rules are about, by name."""
    codes = {code for rule in rules.content for code in rule.products if not code.endswith("*")}
    return sorted((code, _titled(pages, code)) for code in codes)


def _titled(pages: Pages, code: str) -> str:
    words = (f"code.{code}", f"product.{code}")
    return next((pages._(word) for word in words if pages._(word) != word), code)


async def _ending(pages: Pages, override: LimitOverride, submission: Submission | None) -> list[FormView]:
    """What asks for the end of an override."""
    target = {"override": override.id}
    refused = await refusals(pages, [END], override, typed={"reason": "x"}, target=target)
    return action_forms(pages, [END], override, target=target, submission=submission, refused=refused)


async def _found(services: Services, principal: Principal, holder: str, product: str, level: str) -> dict[str, Any]:
    """What is known of a holder. Where nobody says what a subject is, only its overrides are shown."""
    reader, book = services.reader, principal.book
    party = None
    if holder.startswith(PARTY):
        party = (await parties.views(reader, book, [await parties.party(reader, book, holder)]))[0]
    asked = LimitsAsked(
        subject=None if party else holder,
        party=holder if party else None,
        product=product or None,
        level=Level(level) if level in set(Level) else None,
    )
    unknown = False
    try:
        held = await limits(reader, book, asked)
    except Malformed:
        held, unknown = [], True
    about = f"party:{holder}" if party else holder
    pending = ProposalFilter(state=ProposalState.PENDING, subject=about)
    return {
        "party": party,
        "held": held,
        "unknown": unknown,
        "overrides": (await queries.overrides(reader, book, OverrideFilter(holder), Order(limit=LIMIT_MAX))).items,
        "waiting": (await approval.proposals(reader, book, pending, Order(limit=LIMIT_MAX))).items,
    }


@post("/limits", status_code=200, guards=[needs(Permission.POST)])
async def propose(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """File the proposal of an override, or of its end."""
    again = partial(_show, pages, services, principal)
    return await submit_action(pages, (GRANT, END), again, lambda filed: f"/console/proposals/{filed.id}")


handlers = (limits_page, propose)
