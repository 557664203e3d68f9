"""The form that files a proposal: what shall be done, its fields, and why."""

import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.approval import service
from canglian.bank.approval.describing import APPROVABLE, Approvable
from canglian.kernel.errors import CanglianError, Malformed, NotFound
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import account
from canglian.web.console.forms import error_at, form_values, read_money, submit
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import or_again
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


def offered() -> list[Approvable]:
    """The kinds that a form can ask for; the others are filed by program."""
    return [known for known in APPROVABLE.values() if known.fields]


@get("/proposals/new", guards=[needs(Permission.POST)])
async def new_proposal(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form, filled with what the address says."""
    return await _form(pages, dict(request.query_params), None)


async def _form(pages: Pages, values: dict[str, str], problem: Any, status: int = 200) -> Response[Any]:
    kinds = offered()
    chosen = next((known for known in kinds if known.kind == values.get("kind")), kinds[0])
    return await pages.render(
        "approval/proposal_new.html",
        status=status,
        kinds=kinds,
        chosen=chosen,
        values=values,
        problem=problem,
        key=secrets.token_hex(8),
    )


@post("/proposals/new", status_code=200, guards=[needs(Permission.POST)])
async def file_proposal(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """File a proposal."""
    form = await form_values(request)
    described = APPROVABLE.get(form.get("kind", ""))

    async def file() -> str:
        if described is None or not described.fields:
            raise Malformed("form.choice", field="kind")
        payload = await _payload(services, principal, described, form)
        if not form.get("proposal_reason"):
            raise Malformed("form.missing", field="proposal_reason")
        if described.reason is not None:
            payload[described.reason] = form["proposal_reason"]
        with error_at("proposal_reason"):
            command = await service.filing(services, principal, described.kind, payload, form["proposal_reason"])
        filed = (await submit(services, principal, command, form)).unwrap()
        return f"/console/proposals/{filed.id}"

    async def again(error: CanglianError) -> Response[Any]:
        if error.fields.get("field") in ("reason", f"payload.{described and described.reason}"):
            error.fields["field"] = "proposal_reason"
        return await _form(pages, form, pages.refusal(error), 422)

    return await or_again(file(), again)


async def _payload(
    services: Services, principal: Principal, described: Approvable, form: dict[str, str]
) -> dict[str, Any]:
    """The fields of the form as those of the command; amounts are read in the asset of the first account."""
    payload: dict[str, Any] = {}
    asset = "CNY"
    for field in described.fields:
        text = form.get(field.name, "")
        with error_at(field.name):
            if field.kind == "many":
                payload[field.name] = [choice for choice, _ in field.choices if form.get(f"{field.name}_{choice}")]
                if not payload[field.name]:
                    raise Malformed("form.missing")
                continue
            if not text:
                if field.required:
                    raise Malformed("form.missing")
                continue
            if field.kind in ("account", "number"):
                payload[field.name] = _number(text, field.kind)
            elif field.kind == "money":
                scales = await chart.scales(services.reader, principal.book)
                payload[field.name] = read_money(form, field.name, asset, scales)
            else:
                payload[field.name] = text
            if field.kind == "account":
                found = await account(services.reader, principal.book, payload[field.name])
                asset = found.asset if len(payload) == 1 else asset
    return payload


def _number(text: str, kind: str) -> int:
    if text.isdecimal() and len(text) < 19:
        return int(text)
    raise NotFound("account.not_found", account=text) if kind == "account" else Malformed("form.number")


handlers = (new_proposal, file_proposal)
