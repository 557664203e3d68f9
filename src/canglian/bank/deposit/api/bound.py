"""``/v1/bound-accounts``: accounts at other banks, one step a request."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
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
from canglian.bank.party.api.paths import Because
from canglian.bank.party.codes import index_of
from canglian.bank.party.requests import TypedCode
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Amount, Reference
from canglian.web.answers import Asking, Given, Sent, as_json, giving
from canglian.web.outside.connections import is_connected, told_by_hand
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class ElementsAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bank of the account said to the elements."""

    elements: Annotated[int, msgspec.Meta(ge=1, le=5), doc("How many elements were compared.")]
    matched: Annotated[bool, doc("Whether it agreed.")]
    reference: Reference


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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
        responses=giving(BoundView, write=True),
    )


@get("", operation_id="listBoundAccounts", guards=[needs(Permission.READ)], responses=listing_of(BoundView))
async def list_bound(
    request: Request[Any, Any, Any],
    services: Given[Services],
    principal: Given[Principal],
    order: Given[Order],
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
    responses=giving(BoundView),
)
async def get_bound(
    services: Given[Services], principal: Given[Principal], bound_account: BoundPath
) -> Response[bytes]:
    """A bound account by its mask."""
    return as_json(await outside.bound_account(services.reader, principal.book, bound_account))


@_step("elements", "answerElements")
async def answer_elements(
    asking: Given[Asking], bound_account: BoundPath, data: Sent[ElementsAnswer]
) -> Response[bytes]:
    """The other bank compared the elements. The first answer counts. Only where no identity service is connected."""
    told_by_hand(asking.services.settings, "identity")
    command = AnswerElements(
        bound_account=bound_account,
        elements=data.elements,
        matched=data.matched,
        reference=data.reference,
    )
    return await asking.answer(command, bound_view, status=200)


@_step("transfer", "confirmByTransfer")
async def confirm_by_transfer(asking: Given[Asking], bound_account: BoundPath) -> Response[bytes]:
    """Send a small amount, which the holder tells back."""
    return await asking.answer(ConfirmByTransfer(bound_account=bound_account), bound_view, status=200)


@_step("told", "tellTransfer")
async def tell_transfer(asking: Given[Asking], bound_account: BoundPath, data: Sent[Told]) -> Response[bytes]:
    """The holder tells the amount that came in, or its reference."""
    command = TellTransfer(bound_account=bound_account, amount=data.amount, reference=data.reference)
    return await asking.answer(command, bound_view, status=200)


@_step("message", "sendBindingCode")
async def send_code(asking: Given[Asking], bound_account: BoundPath, data: Sent[MessageEvidence]) -> Response[bytes]:
    """A code was sent to the holder's mobile. Only where no SMS service is connected."""
    told_by_hand(asking.services.settings, "sms")
    command = SendBindingCode(bound_account=bound_account, reference=data.reference)
    return await asking.answer(command, bound_view, status=200)


@_step("code", "confirmBindingCode")
async def confirm_code(asking: Given[Asking], bound_account: BoundPath, data: Sent[CodeEvidence]) -> Response[bytes]:
    """The holder typed a code. Only where no SMS service is connected."""
    told_by_hand(asking.services.settings, "sms")
    command = ConfirmByCode(bound_account=bound_account, matched=data.matched, reference=data.reference)
    return await asking.answer(command, bound_view, status=200)


@_step("ask", "askBindingCode")
async def ask_code(asking: Given[Asking], bound_account: BoundPath) -> Response[bytes]:
    """Have a code sent to the holder's mobile, the first time or again. Only where an SMS service is connected."""
    if not is_connected(asking.services.settings, "sms"):
        raise Rejection("bound_account.no_messages")
    return await asking.answer(AskBindingCode(bound_account=bound_account), bound_view, status=200)


@_step("typed-code", "typeBindingCode")
async def type_code(asking: Given[Asking], bound_account: BoundPath, data: Sent[TypedCode]) -> Response[bytes]:
    """The holder typed the code that the house sent. After some wrong ones the binding is rejected."""
    code = index_of(asking.services.keyring, asking.principal.book, bound_account, data.code)
    return await asking.answer(TypeBindingCode(bound_account=bound_account, code=code), bound_view, status=200)


@_step("end", "endBinding")
async def end_binding(asking: Given[Asking], bound_account: BoundPath, data: Sent[Because]) -> Response[bytes]:
    """Let go of a bound account."""
    command = EndBinding(bound_account=bound_account, reason=data.reason)
    return await asking.answer(command, bound_view, status=200)


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
