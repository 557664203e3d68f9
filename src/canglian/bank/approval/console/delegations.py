"""Delegations: who votes for whom, and for how long."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec.structs import replace

from canglian.bank.approval import queries
from canglian.bank.approval.actions import DELEGATE, REVOKE
from canglian.bank.approval.availability import DelegationShown
from canglian.bank.approval.console.configuration import people_who_may
from canglian.kernel.values import utc_now
from canglian.web.console.actions import FormView, Submission, action_forms, submit_action
from canglian.web.console.pages import Pages
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/delegations"


@get("/delegations", guards=[needs(Permission.READ)])
async def list_delegations(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All delegations, newest first."""
    return await _show(pages, services, principal)


async def _show(
    pages: Pages, services: Services, principal: Principal, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    now, for_others = utc_now(), principal.may(Permission.ADMINISTER)
    people = await people_who_may(services, principal.book)
    offered = [(actor, f"{name} {actor}") for actor, name in people.items()]
    shown = DelegationShown(principal.actor, for_others, now)
    (form,) = action_forms(
        pages,
        [DELEGATE],
        shown,
        submission=submission,
        choices={
            "delegator": offered,
            "delegate": [pair for pair in offered if for_others or pair[0] != principal.actor],
        },
        initial={"delegator": principal.actor},
    )
    return await pages.render(
        "approval/delegations.html",
        status=status,
        delegations=[
            (each, await _ending(pages, replace(shown, delegation=each), submission))
            for each in await queries.delegations(services.reader, principal.book)
        ],
        form=form,
        now=now,
        problem=None if submission is None else submission.problem,
    )


async def _ending(pages: Pages, shown: DelegationShown, submission: Submission | None) -> list[FormView]:
    """What ends a delegation that goes on."""
    assert shown.delegation is not None
    target = {"delegation": shown.delegation.id}
    refused = await refusals(pages, [REVOKE], shown, typed={}, target=target)
    return action_forms(pages, [REVOKE], shown, target=target, submission=submission, refused=refused)


@post("/delegations", status_code=200, guards=[needs(Permission.APPROVE)])
async def delegate(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Let somebody vote for somebody, from the first day to the end of the last, or end that now."""
    return await submit_action(pages, (DELEGATE, REVOKE), partial(_show, pages, services, principal), PATH)


handlers = (list_delegations, delegate)
