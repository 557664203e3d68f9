"""Delegations: who votes for whom, and for how long."""

import secrets
from datetime import datetime, time
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.approval import queries, service
from canglian.bank.approval.commands import Delegate, RevokeDelegation
from canglian.bank.approval.console.configuration import people_who_may
from canglian.kernel.errors import Malformed
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.console.forms import read
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import Form, submit_form
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
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    return await pages.render(
        "approval/delegations.html",
        status=status,
        delegations=await queries.delegations(services.reader, principal.book),
        people=await people_who_may(services, principal.book),
        now=utc_now(),
        may_delegate=principal.may(Permission.APPROVE),
        may_for_others=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        **{"problem": None, "values": {}, **more},
    )


@post("/delegations", status_code=200, guards=[needs(Permission.APPROVE)])
async def delegate(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Let somebody vote for somebody, from the first day to the end of the last."""

    async def made(form: Form) -> Delegate:
        fields = {
            "delegator": form.get("delegator") or principal.actor,
            "delegate": form.get("delegate", ""),
            "reason": form.get("reason", ""),
            "since": _instant(form.get("since", ""), "since", time.min),
            "until": _instant(form.get("until", ""), "until", time.max) or "",
            "role": principal.role.value,
        }
        command = read({name: value for name, value in fields.items() if value is not None}, Delegate)
        await service.check_members(services, principal.book, [command.delegator, command.delegate])
        return command

    return await submit_form(pages, made, partial(_show, pages, services, principal), PATH)


def _instant(text: str, field: str, at: time) -> datetime | None:
    """A day of the form as an instant in Shanghai; its end is without its last split second."""
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        raise Malformed("form.date", field=field) from None
    return datetime.combine(day, at.replace(microsecond=0), SHANGHAI)


@post("/delegations/{delegation:str}/revoke", status_code=200, guards=[needs(Permission.APPROVE)])
async def revoke(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    delegation: FromPath[str],
) -> Response[Any]:
    """End a delegation now."""

    def made(_: Form) -> RevokeDelegation:
        return read({"delegation": delegation, "role": principal.role.value}, RevokeDelegation)

    return await submit_form(pages, made, partial(_show, pages, services, principal), PATH)


handlers = (list_delegations, delegate, revoke)
