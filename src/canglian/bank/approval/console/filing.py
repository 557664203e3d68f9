"""The form that files a proposal: what shall be done, its fields, and why."""

import re
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec.structs import replace

from canglian.bank.approval import queries, service
from canglian.bank.approval.commands.values import Sentence
from canglian.bank.approval.console.customers import CUSTOMERS, customer_of, with_customers
from canglian.bank.approval.describing import APPROVABLE, Approvable
from canglian.bank.approval.policies import active_on
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.fields import fields_of
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import account
from canglian.web.console.actions import InputView, asked_of, input_view
from canglian.web.console.forms import KEY, Wrong, error_at, form_values, read, submit
from canglian.web.console.inputs import FormField
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import or_again
from canglian.web.form import Form, Input
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_ID = re.compile(r"[a-z]{3,4}_[0-9a-z]{26}")
_REASON = Input(name="proposal_reason", label="Reason for the request", help="Shown to the approvers.")


async def _offered(pages: Pages, principal: Principal, kind: str | None) -> list[Approvable]:
    """The kinds that a form can ask for and a policy covers for the principal's role, and the one that was asked for.

    What no policy covers needs no approval; what has no fields is filed by program.
    """
    reader, book = pages.services.reader, principal.book
    policies = active_on(await queries.policies(reader, book), (await book_figures(reader, book)).today)
    covered = {policy.kind for policy in policies if not policy.roles or principal.role.value in policy.roles}
    return [
        known
        for known in APPROVABLE.values()
        if known.fields and (known.kind == kind or covered.intersection(known.kinds))
    ]


@get("/proposals/new", guards=[needs(Permission.POST)])
async def new_proposal(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form, filled with what the address says."""
    values = dict(request.query_params)
    described = APPROVABLE.get(values.get("kind", ""))
    for _, field in _asked(described) if described is not None and described.fields else []:
        kind = pages.picks.kind_of(field.name, field.kind)
        if kind and values.get(field.name):
            await pages.picks.show(field.name, kind, values[field.name])
    return await _form(pages, values, None)


async def _form(pages: Pages, values: dict[str, str], problem: Wrong | None, status: int = 200) -> Response[Any]:
    assert pages.principal is not None
    kinds = await _offered(pages, pages.principal, values.get("kind"))
    chosen = next((known for known in kinds if known.kind == values.get("kind")), next(iter(kinds), None))
    asked = [] if chosen is None else _asked(chosen)
    inputs = [input_view(pages, "f", each, field, {}, values, problem) for each, field in asked]
    inputs, about = _with_things(pages, *await with_customers(pages.services, pages.principal, inputs))
    return await pages.render(
        "approval/proposal_new.html",
        status=status,
        kinds=kinds,
        chosen=chosen,
        inputs=inputs,
        about=about,
        problem=problem,
        key=secrets.token_hex(8),
    )


def _with_things(
    pages: Pages, inputs: Sequence[InputView], customers: Sequence[tuple[str, str, str]]
) -> tuple[list[InputView], list[tuple[str, str, str]]]:
    """Inputs, those hidden whose thing the address named; and the label, the page and the name of each such thing."""
    shown = [(label, pages.page_of(identity), name) for label, identity, name in customers]
    named = [view for view in inputs if view.kind == "text" and _ID.fullmatch(view.value) and pages.page_of(view.value)]
    shown += [(view.label, pages.page_of(view.value), f"…{view.value[-6:]}") for view in named]
    return [replace(view, kind="hidden") if view in named else view for view in inputs], shown


@cache
def _body(described: Approvable) -> type[msgspec.Struct]:
    """What the form of a kind is read as: fields of its command, and why it is asked for."""
    known = {name: (annotation, default) for name, annotation, default in fields_of(described.command)}
    known |= {name: (annotation, msgspec.NODEFAULT) for name, annotation in described.plain.items()}
    fields = [
        (asked.name, known[asked.name][0], msgspec.field(default=known[asked.name][1])) for asked in described.fields
    ]
    return msgspec.defstruct("Request", [*fields, (_REASON.name, Sentence)], kw_only=True)


def _asked(described: Approvable) -> list[tuple[Input, FormField]]:
    """What the form of a kind asks for."""
    return asked_of(_body(described), Form(title=described.title, inputs=(*described.fields, _REASON)))


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
        form.update(await pages.picks.settle(form))
        if described is None or not described.fields:
            raise Malformed("form.choice", field="kind")
        payload = await _payload(services, principal, described, form)
        if described.reason is not None:
            payload[described.reason] = form["proposal_reason"]
        with error_at("proposal_reason"):
            command = await service.filing(
                services, principal, described.kind, payload, form["proposal_reason"], key=form.get(KEY) or None
            )
        filed = (await submit(services, principal, command, form)).unwrap()
        return f"/console/proposals/{filed.id}"

    async def again(error: CanglianError) -> Response[Any]:
        own = described.reason if described is not None else None
        if own is not None and error.fields.get("field") in (own, f"payload.{own}"):
            error.fields["field"] = _REASON.name
        return await _form(pages, form, pages.refusal(error), 422)

    return await or_again(file(), again)


async def _payload(
    services: Services, principal: Principal, described: Approvable, form: dict[str, str]
) -> dict[str, Any]:
    """The fields of the form as those of the command; amounts are read in the asset of the first account."""
    reader, book = services.reader, principal.book
    asked, assets = _asked(described), list[str]()
    for name in (field.name for _, field in asked if field.kind == "account"):
        text = form.get(name, "")
        if text.isdecimal() and len(text) < 19:
            with error_at(name):
                assets.append((await account(reader, book, int(text))).asset)
    scales = await chart.scales(reader, book)
    for name in CUSTOMERS:
        if form.get(name):
            form[name] = await customer_of(services, principal, described, name, form[name])
    texts = {field.name: field.read(form, [*assets, "CNY"][0], scales) for _, field in asked}
    made = msgspec.to_builtins(read(texts, _body(described)))
    return {name: value for name, value in made.items() if texts[name] != "" and name != _REASON.name}


handlers = (new_proposal, file_proposal)
