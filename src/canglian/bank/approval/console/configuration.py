"""Policies with their versions, and groups of approvers."""

import secrets
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.approval import queries, service
from canglian.bank.approval.commands import SetApprovalPolicy, SetApproverGroup
from canglian.bank.approval.console.lists import title_of
from canglian.bank.approval.describing import APPROVABLE
from canglian.bank.approval.model import ApprovalPolicy
from canglian.bank.approval.views import policy_views
from canglian.kernel.amounts import major
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.queries import chart
from canglian.web.console.forms import read, read_money
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, Role, needs
from canglian.web.services import Services
from canglian.web.system import queries as system

TIERS = 3
"""How many steps the form offers; a program may set more."""

POLICIES = "/console/approval-policies"
GROUPS = "/console/approver-groups"


# -- policies ------------------------------------------------------------------------------------------------------


@get("/approval-policies", guards=[needs(Permission.READ)])
async def list_policies(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All policies as they are in force, and those that are not yet or no more."""
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    views = policy_views(await queries.policies(reader, book), today)
    codes = list(dict.fromkeys(view.code for view in views))
    shown = [
        next((view for view in views if view.code == code and view.in_force), None)
        or next(view for view in views if view.code == code)
        for code in codes
    ]
    return await pages.render(
        "approval/policies.html",
        policies=shown,
        today=today,
        title_of=title_of,
        scales=await chart.scales(reader, book),
        may_change=principal.may(Permission.ADMINISTER),
    )


@get("/approval-policies/new", guards=[needs(Permission.ADMINISTER)])
async def new_policy(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The form of a version; with ``?code=`` filled with the newest one."""
    code = request.query_params.get("code")
    values: dict[str, str] = {}
    if code:
        newest = (await queries.policy_versions(services.reader, principal.book, code))[0]
        values = _values(newest, await chart.scales(services.reader, principal.book))
    return await _policy_form(pages, services, principal, values, None)


def _values(policy: ApprovalPolicy, scales: dict[str, int]) -> dict[str, str]:
    scale = scales.get(policy.asset or "CNY", 2)
    values = {
        "code": policy.code,
        "kind": policy.kind,
        "name": policy.name,
        "asset": policy.asset or "",
        "amount_from": major(policy.amount_from, scale),
        "amount_to": major(policy.amount_to, scale),
        "expiry_hours": str(policy.expiry_hours),
        "keys_vote": "yes" if policy.keys_vote else "",
        "enforced": "yes" if policy.enforced else "",
        "active": "yes" if policy.active else "",
        **{f"role_{role}": "yes" for role in policy.roles},
    }
    for place, tier in enumerate(policy.tiers, start=1):
        values[f"who_{place}"] = f"group:{tier.group}" if tier.group else f"role:{tier.role}"
        values[f"votes_{place}"] = str(tier.votes)
    return values


async def _policy_form(
    pages: Pages, services: Services, principal: Principal, values: dict[str, str], problem: Any, status: int = 200
) -> Response[Any]:
    given = values or {"enforced": "yes", "active": "yes", "expiry_hours": "72", "votes_1": "1", "asset": "CNY"}
    return await pages.render(
        "approval/policy_new.html",
        status=status,
        values=given,
        problem=problem,
        kinds=list(APPROVABLE.values()),
        makers=[role for role in Role if role.may(Permission.POST)],
        approvers=[role for role in Role if role.may(Permission.APPROVE)],
        groups=await queries.groups(services.reader, principal.book),
        assets=await chart.assets(services.reader, principal.book),
        tiers=range(1, TIERS + 1),
        key=secrets.token_hex(8),
    )


@post("/approval-policies/new", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def set_policy(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Add a version."""

    async def made(form: Form) -> SetApprovalPolicy:
        return read(await _policy_fields(services, principal, form), SetApprovalPolicy)

    again = partial(_policy_form, pages, services, principal)
    return await submit_form(pages, made, again, lambda policy: f"{POLICIES}/{policy.code}")


async def _policy_fields(services: Services, principal: Principal, form: dict[str, str]) -> dict[str, Any]:
    texts = {name: form.get(name, "") for name in ("code", "kind", "name", "asset", "expiry_hours", "effective_from")}
    asset = form.get("asset", "")
    scales = await chart.scales(services.reader, principal.book)
    typed = [name for name in ("amount_from", "amount_to") if form.get(name)]
    amounts = {name: read_money(form, name, asset, scales) for name in typed}
    flags = {name: name in form for name in ("keys_vote", "enforced", "active")}
    roles = [role.value for role in Role if f"role_{role.value}" in form]
    return {**texts, **amounts, **flags, "roles": roles, "tiers": _tiers(form)}


def _tiers(form: dict[str, str]) -> list[dict[str, Any]]:
    tiers: list[dict[str, Any]] = []
    for place in range(1, TIERS + 1):
        kind, _, who = form.get(f"who_{place}", "").partition(":")
        if who and kind in ("group", "role"):
            votes = form.get(f"votes_{place}", "") or "1"
            if not votes.isdecimal() or len(votes) > 2:
                raise Malformed("form.number", field=f"votes_{place}")
            tiers.append({"votes": int(votes), kind: who})
    if not tiers:
        raise Malformed("form.missing", field="who_1")
    return tiers


@get("/approval-policies/{policy:str}", guards=[needs(Permission.READ)])
async def policy_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    policy: FromPath[str],
) -> Response[Any]:
    """One policy with all its versions."""
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    return await pages.render(
        "approval/policy.html",
        versions=policy_views(await queries.policy_versions(reader, book, policy), today),
        today=today,
        title_of=title_of,
        scales=await chart.scales(reader, book),
        may_change=principal.may(Permission.ADMINISTER),
    )


# -- groups --------------------------------------------------------------------------------------------------------


@get("/approver-groups", guards=[needs(Permission.READ)])
async def list_groups(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All groups; with ``?code=`` one of them in the form."""
    code = request.query_params.get("code")
    values: dict[str, str] = {}
    if code:
        group = await queries.group(services.reader, principal.book, code)
        values = {"code": group.code, "name": group.name, **dict.fromkeys(group.members, "yes")}
    return await _groups(pages, services, principal, values=values)


async def _groups(
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    groups = await queries.groups(services.reader, principal.book)
    return await pages.render(
        "approval/groups.html",
        status=status,
        groups=groups,
        people=await people_who_may(services, principal.book),
        may_change=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        **{"problem": None, "values": {}, **more},
    )


async def people_who_may(services: Services, book: int) -> dict[str, str]:
    """The names of those who may approve in a book, by actor."""
    found = [user for user in await system.users(services.reader) if not user.disabled and str(book) in user.roles]
    return {f"user:{user.login}": user.name for user in found if Role(user.roles[str(book)]).may(Permission.APPROVE)}


@post("/approver-groups", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def set_group(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Make a group, or replace its members."""

    async def made(form: Form) -> SetApproverGroup:
        members = [name for name in form if name.startswith(("user:", "key:"))]
        fields = {"code": form.get("code", ""), "name": form.get("name", ""), "members": members}
        command = read(fields, SetApproverGroup)
        await service.check_members(services, principal.book, members)
        return command

    return await submit_form(pages, made, partial(_groups, pages, services, principal), GROUPS)


handlers = (list_policies, new_policy, set_policy, policy_page, list_groups, set_group)
