"""``/v1/bound-accounts``: accounts at other banks, one step a request."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.deposit.api.paths import BoundPath
from canglian.bank.deposit.commands import (
    AnswerElements,
    AskBindingCode,
    ConfirmByCode,
    ConfirmByTransfer,
    EndBinding,
    SendBindingCode,
    TellTransfer,
    TypeBindingCode,
)
from canglian.bank.deposit.model import BindingState
from canglian.bank.deposit.queries import outside
from canglian.bank.deposit.queries.outside import BoundFilter, BoundView, bound_view
from canglian.bank.party.api.openings import CodeEvidence, MessageEvidence
from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.party.codes import index_of
from canglian.bank.party.requests import TypedCode
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Amount, Reference
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


class ReceivedAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the holder saw come in: the amount, or the reference."""

    amount: Annotated[Amount | None, doc("What came in, in fen.")] = None
    reference: Annotated[Reference | None, doc("The reference that stood with it.")] = None


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


@_step("transfer", "confirmByTransfer")
async def confirm_by_transfer(context: NamedDependency[RequestContext], bound_account: BoundPath) -> Response[bytes]:
    """Send a small amount, which the holder tells back."""
    return await context.respond(ConfirmByTransfer(bound_account=bound_account), bound_view, status=200)


@_step("told", "tellTransfer")
async def tell_transfer(
    context: NamedDependency[RequestContext], bound_account: BoundPath, data: Body[ReceivedAmount]
) -> Response[bytes]:
    """The holder tells the amount that came in, or its reference."""
    command = TellTransfer(bound_account=bound_account, amount=data.amount, reference=data.reference)
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


@_step("typed-code", "typeBindingCode")
async def type_code(
    context: NamedDependency[RequestContext], bound_account: BoundPath, data: Body[TypedCode]
) -> Response[bytes]:
    """The holder typed the code that the house sent. After some wrong ones the binding is rejected."""
    code = index_of(context.services.keyring, context.principal.book, bound_account, data.code)
    return await context.respond(TypeBindingCode(bound_account=bound_account, code=code), bound_view, status=200)


@_step("end", "endBinding")
async def end_binding(
    context: NamedDependency[RequestContext], bound_account: BoundPath, data: Body[ReasonBody]
) -> Response[bytes]:
    """Let go of a bound account."""
    command = EndBinding(bound_account=bound_account, reason=data.reason)
    return await context.respond(command, bound_view, status=200)


router = Router(
    "/bound-accounts",
    route_handlers=[
        list_bound,
        get_bound,
        answer_elements,
        confirm_by_transfer,
        tell_transfer,
        send_code,
        confirm_code,
        ask_code,
        type_code,
        end_binding,
    ],
    tags=["bound accounts"],
)
