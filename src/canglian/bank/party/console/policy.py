"""The figures of the rules: what applies, what applied, and the form of a new version."""

import secrets
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from canglian.bank.party.commands import AddPartyPolicy
from canglian.bank.party.console.people import business_date
from canglian.bank.party.queries import lists
from canglian.web.console import Pages
from canglian.web.console.forms import read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/party-policies"
FIGURES = (
    "retention_years",
    "beneficial_owner_bps",
    "opening_hours",
    "step_tries",
    "liveness_bps",
    "elements",
    "code_minutes",
    "code_tries",
    "code_pause_seconds",
    "code_sends",
    "code_day_sends",
    "automatic_review",
    "unmask_minutes",
    "review_days_low",
    "review_days_medium",
    "review_days_high",
)


@get("/party-policies", guards=[needs(Permission.READ)])
async def policy_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The rules and their versions."""
    return await _show(pages, services, principal)


async def _show(
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    today = await business_date(services, principal)
    versions = await lists.policies(services.reader, principal.book)
    applies = await lists.policy_on(services.reader, principal.book, today)
    given: dict[str, Any] = {"problem": None, "values": None, **more}
    values = given.pop("values") or {**msgspec.structs.asdict(applies), "effective_from": "", "note": ""}
    return await pages.render(
        "party/policy.html",
        status=status,
        versions=versions,
        applies=applies,
        figures=FIGURES,
        values=values,
        may_change=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        **given,
    )


@post("/party-policies", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def add_policy(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Add a version."""

    def made(form: Form) -> AddPartyPolicy:
        fields: dict[str, Any] = {**form, "automatic_review": form.get("automatic_review") == "yes"}
        return read(fields, AddPartyPolicy)

    return await submit_form(pages, made, partial(_show, pages, services, principal), PATH)


handlers = (policy_page, add_policy)
