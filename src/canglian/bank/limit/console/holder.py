"""The limits of one party, account or wallet: what is left, and the overrides that two people grant."""

import re
import secrets
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from canglian.bank.approval import ProposalState
from canglian.bank.approval import queries as approval
from canglian.bank.approval.commands import FileProposal
from canglian.bank.approval.queries import ProposalFilter
from canglian.bank.limit import queries
from canglian.bank.limit.commands import EndOverride, GrantOverride
from canglian.bank.limit.console.figures import limit_figure
from canglian.bank.limit.queries import OverrideFilter
from canglian.bank.limit.service import PARTY, LimitsAsked, filing, limits
from canglian.bank.party import Level
from canglian.bank.party.queries import parties
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.console.forms import read
from canglian.web.console.submitting import Form, submit_form
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
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    query = pages.request.query_params
    holder = query.get("of", "").strip()
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
    problem = more.pop("problem", None)
    if holder and not _HOLDER.fullmatch(holder):
        problem = pages.refusal(Malformed("limit.holder_form", field="of"))
    elif holder:
        try:
            given |= await _found(services, principal, holder, given["product"], given["level"])
        except CanglianError as error:
            problem = problem or pages.refusal(error)
    return await pages.render(
        "limit/holder.html",
        status=status,
        problem=problem,
        today=today,
        rules=rules,
        levels=list(Level),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        key=secrets.token_hex(8),
        **{"values": {}, **given, **more},
    )


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

    async def made(form: Form) -> FileProposal:
        return await filing(services, principal, await _command(services, principal, form))

    again = partial(_show, pages, services, principal)
    return await submit_form(pages, made, again, lambda filed: f"/console/proposals/{filed.id}")


async def _command(services: Services, principal: Principal, form: dict[str, str]) -> GrantOverride | EndOverride:
    if form.get("action") == "end":
        return read({name: form.get(name, "") for name in ("override", "reason")}, EndOverride)
    today = (await book_figures(services.reader, principal.book)).today
    rules = await queries.rules_on(services.reader, principal.book, today)
    fields: dict[str, Any] = {name: form.get(name, "") for name in ("holder", "rule", "since", "until", "reason")}
    rule = rules.rule(form.get("rule", ""))
    if rule is None:
        raise Malformed("form.choice", field="rule")
    scales = await chart.scales(services.reader, principal.book)
    fields["limit"] = limit_figure(form, "limit", rule.measure.value, rule.asset, scales)
    return read(fields, GrantOverride)


handlers = (limits_page, propose)
