"""``/v1/bound-accounts``: accounts at other banks, one step a request."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.deposit.api.paths import BoundPath
from canglian.bank.deposit.commands import (
    AnswerElements,
    AskBindingCode,
    ConfirmByCode,
    SendBindingCode,
)
from canglian.bank.deposit.model import BindingState
from canglian.bank.deposit.queries import outside
from canglian.bank.deposit.queries.outside import BoundFilter, BoundView, bound_view
from canglian.bank.party.api.openings import CodeEvidence, MessageEvidence
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Reference
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.outside.connections import is_connected, refuse_if_connected
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class ElementsAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bank of the account said to the elements."""

    elements: Annotated[int, msgspec.Meta(ge=1, le=5), doc("How many elements were compared.")]
    matched: Annotated[bool, doc("Whether it agreed.")]
    reference: Reference


def _step(path: str, operation: str) -> Any:
    """A route that takes one step."""
    return post(
        f"/{{bound_account:str}}/{path}",
        operation_id=operation,
        status_code=200,
        guards=[needs(Permission.POST)],
        responses=responses(BoundView, write=True),
    )


@get("", operation_id="listBoundAccounts", guards=[needs(Permission.READ)], responses=listing_of(BoundView))
async def list_bound(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    account: Annotated[str | None, QueryParameter(description="Only of this account.")] = None,
    party: Annotated[str | None, QueryParameter(description="Only of this party.")] = None,
    binding_state: Annotated[
        BindingState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
) -> Response[bytes]:
    """List bound accounts by their masks, newest first."""
    asked = BoundFilter(account, party, binding_state)
    return await listed(
        request,
        order,
        lambda page: outside.bound_accounts(services.reader, principal.book, asked, page),
        "bound-accounts",
    )


@get(
    "/{bound_account:str}",
    operation_id="getBoundAccount",
    guards=[needs(Permission.READ)],
    responses=responses(BoundView),
)
async def get_bound(
    services: NamedDependency[Services], principal: NamedDependency[Principal], bound_account: BoundPath
) -> Response[bytes]:
    """A bound account by its mask."""
    return as_json(await outside.bound_account(services.reader, principal.book, bound_account))


@_step("elements", "answerElements")
async def answer_elements(
    context: NamedDependency[RequestContext], bound_account: BoundPath, data: Body[ElementsAnswer]
) -> Response[bytes]:
    """The other bank compared the elements. The first answer counts. Only where no identity service is connected."""
    refuse_if_connected(context.services.settings, "identity")
    command = AnswerElements(
        bound_account=bound_account,
        elements=data.elements,
        matched=data.matched,
        reference=data.reference,
    )
    return await context.respond(command, bound_view, status=200)


@_step("message", "sendBindingCode")
async def send_code(
    context: NamedDependency[RequestContext], bound_account: BoundPath, data: Body[MessageEvidence]
) -> Response[bytes]:
    """A code was sent to the holder's mobile. Only where no SMS service is connected."""
    refuse_if_connected(context.services.settings, "sms")
    command = SendBindingCode(bound_account=bound_account, reference=data.reference)
    return await context.respond(command, bound_view, status=200)


@_step("code", "confirmBindingCode")
async def confirm_code(
    context: NamedDependency[RequestContext], bound_account: BoundPath, data: Body[CodeEvidence]
) -> Response[bytes]:
    """The holder typed a code. Only where no SMS service is connected."""
    refuse_if_connected(context.services.settings, "sms")
    command = ConfirmByCode(bound_account=bound_account, matched=data.matched, reference=data.reference)
    return await context.respond(command, bound_view, status=200)


@_step("ask", "askBindingCode")
async def ask_code(context: NamedDependency[RequestContext], bound_account: BoundPath) -> Response[bytes]:
    """Have a code sent to the holder's mobile, the first time or again. Only where an SMS service is connected."""
    if not is_connected(context.services.settings, "sms"):
        raise Rejection("bound_account.no_messages")
    return await context.respond(AskBindingCode(bound_account=bound_account), bound_view, status=200)


handlers = (list_bound, get_bound, answer_elements, send_code, confirm_code, ask_code)
