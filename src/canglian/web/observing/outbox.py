"""``/v1/receivers``, ``/v1/deliveries``, ``/v1/dead-letters``: receivers of events, and what was delivered to them."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from canglian.kernel.fields import Reason, doc
from canglian.kernel.outbox import (
    AddReceiver,
    ChangeReceiver,
    DeadLetter,
    DeadLetterState,
    Delivery,
    Receiver,
    ReceiverState,
    ResendDeadLetter,
    SendTestEvent,
    SkipDeadLetter,
    queries,
    rotation,
    secret_for,
)
from canglian.kernel.outbox.commands import About, DelayMs, Kinds, Ladder, Tries, Url
from canglian.kernel.outbox.queries import DeadLetterFilter, DeliveryFilter, ReceiverView
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Name
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ReceiverId = Annotated[str, PathParameter(pattern=r"^[0-9a-z_]{1,40}$", description="The receiver's id.")]
Number = Annotated[int, PathParameter(ge=1, le=2**62, description="The dead letter's number.")]


class ReceiverRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wants to hear of events: of which kinds (``transfer.posted``, ``transfer.*`` or ``*``), and after which."""

    name: Annotated[Name, doc("What people read.")]
    url: Annotated[Url, doc("Where events are sent.")]
    kinds: Annotated[
        Kinds,
        doc("Kinds (`transfer.posted`), families (`transfer.*`) or `*` for all."),
    ] = msgspec.field(default_factory=lambda: ["*"])
    after: Annotated[
        Annotated[int, Meta(ge=0, le=2**62)] | None,
        doc("The last event that is not sent; left out, only new events are."),
    ] = None
    tries_max: Annotated[Tries, doc("After so many failed tries an event becomes a dead letter.")] = 15
    delay_ms: Annotated[DelayMs, doc("The pause after the first failed try; it doubles, up to six hours.")] = 5000
    ladder: Annotated[
        Ladder,
        doc("Pauses in seconds after each failed attempt of an event, each by itself; empty for none."),
    ] = msgspec.field(default_factory=list[int])
    about: Annotated[About, doc("What an event has to carry, by its fields; empty for any.")] = msgspec.field(
        default_factory=dict[str, str]
    )


class ReceiverChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change; what is left out stays. A removed receiver is gone for good."""

    name: Annotated[Name | UnsetType, doc("What people read.")] = UNSET
    url: Annotated[Url | UnsetType, doc("Where events are sent.")] = UNSET
    kinds: Annotated[
        Kinds | UnsetType,
        doc("Kinds (`transfer.posted`), families (`transfer.*`) or `*` for all."),
    ] = UNSET
    state: Annotated[ReceiverState | UnsetType, doc("The state it is in, or is to be in.")] = UNSET
    tries_max: Annotated[Tries | UnsetType, doc("After so many failed tries an event becomes a dead letter.")] = UNSET
    delay_ms: Annotated[
        DelayMs | UnsetType,
        doc("The pause after the first failed try; it doubles, up to six hours."),
    ] = UNSET


class LetterSkip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a dead letter is given up."""

    reason: Reason


class ReceiverFacts(msgspec.Struct, frozen=True):
    """A receiver without its secrets. ``cursor`` is the last event that is done with."""

    id: Annotated[str, doc("Its number or id.")]
    name: Annotated[str, doc("What people read.")]
    url: Annotated[str, doc("Where events are sent.")]
    kinds: Annotated[list[str], doc("Kinds (`transfer.posted`), families (`transfer.*`) or `*` for all.")]
    state: Annotated[ReceiverState, doc("The state it is in, or is to be in.")]
    cursor: Annotated[int, doc("The last event that is done with.")]
    tries_max: Annotated[int, doc("After so many failed tries an event becomes a dead letter.")]
    delay_ms: Annotated[int, doc("The pause after the first failed try; it doubles, up to six hours.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class ReceiverSecret(msgspec.Struct, frozen=True):
    """A receiver, and the secret that signs its messages, returned once."""

    receiver: Annotated[ReceiverFacts, doc("The receiver of the events.")]
    secret: Annotated[str, doc("Returned once, here.")]


def facts(receiver: Receiver) -> ReceiverFacts:
    """A receiver without its secrets."""
    return ReceiverFacts(**{name: getattr(receiver, name) for name in ReceiverFacts.__struct_fields__})


def _given(data: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name in data.__struct_fields__ if (value := getattr(data, name)) is not UNSET}


@post(
    "/receivers",
    operation_id="addReceiver",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(ReceiverSecret, 201, write=True),
)
async def add_receiver(context: NamedDependency[RequestContext], data: Body[ReceiverRequest]) -> Response[bytes]:
    """Let somebody hear of events. The secret signs what is sent; only the same idempotency key shows it again."""
    secret, sealed = await _secret(context)
    return await context.respond(
        AddReceiver(**_given(data), secret=sealed), lambda receiver: ReceiverSecret(facts(receiver), secret)
    )


@get("/receivers", operation_id="listReceivers", guards=[needs(Permission.READ)], responses=listing_of(ReceiverView))
async def list_receivers(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
) -> Response[bytes]:
    """The receivers of events, how far each is behind, and how many dead letters it has."""
    return await listed(
        request, order, lambda page: queries.receivers(services.reader, principal.book, page), "receivers"
    )


@get(
    "/receivers/{receiver:str}",
    operation_id="getReceiver",
    guards=[needs(Permission.READ)],
    responses=responses(ReceiverView),
)
async def get_receiver(
    services: NamedDependency[Services], principal: NamedDependency[Principal], receiver: ReceiverId
) -> Response[bytes]:
    """One receiver."""
    return as_json(await queries.receiver(services.reader, principal.book, receiver))


@patch(
    "/receivers/{receiver:str}",
    operation_id="changeReceiver",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(ReceiverFacts, write=True),
)
async def change_receiver(
    context: NamedDependency[RequestContext], receiver: ReceiverId, data: Body[ReceiverChange]
) -> Response[bytes]:
    """Change, pause, continue or remove a receiver."""
    return await context.respond(ChangeReceiver(receiver=receiver, **_given(data)), facts, status=200)


@post(
    "/receivers/{receiver:str}/rotate-secret",
    operation_id="rotateReceiverSecret",
    status_code=200,
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(ReceiverSecret, write=True),
)
async def rotate_secret(context: NamedDependency[RequestContext], receiver: ReceiverId) -> Response[bytes]:
    """Give a receiver a new secret; for a day messages carry both signatures."""
    services, principal = context.services, context.principal
    secret, command = await rotation(
        services.engine, services.keyring, principal.book, receiver, key=context.key, scope=principal.scope
    )
    return await context.respond(command, lambda changed: ReceiverSecret(facts(changed), secret), status=200)


@post(
    "/receivers/{receiver:str}/test",
    operation_id="testReceiver",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(DeadLetter, 201, write=True),
)
async def send_test_event(context: NamedDependency[RequestContext], receiver: ReceiverId) -> Response[bytes]:
    """Send a receiver an event of kind `outbox.test`. What came of it: `/v1/deliveries?receiver=`."""
    return await context.respond(SendTestEvent(receiver=receiver))


@get("/deliveries", operation_id="listDeliveries", guards=[needs(Permission.READ)], responses=listing_of(Delivery))
async def list_deliveries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    receiver: Annotated[str | None, QueryParameter(description="Only to this receiver.")] = None,
    event: Annotated[int | None, QueryParameter(description="Only of the event with this number.")] = None,
    delivered: Annotated[bool | None, QueryParameter(description="Only what arrived, or what did not.")] = None,
) -> Response[bytes]:
    """Attempts to deliver, newest first."""
    asked = DeliveryFilter(receiver, event, delivered)
    return await listed(
        request, order, lambda page: queries.deliveries(services.reader, principal.book, asked, page), "deliveries"
    )


@get("/dead-letters", operation_id="listDeadLetters", guards=[needs(Permission.READ)], responses=listing_of(DeadLetter))
async def list_dead_letters(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    receiver: Annotated[str | None, QueryParameter(description="Only those of this receiver.")] = None,
    event: Annotated[int | None, QueryParameter(description="Only of the event with this number.")] = None,
    letter_state: Annotated[
        DeadLetterState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
) -> Response[bytes]:
    """Events that did not arrive in all their tries, newest first."""
    asked = DeadLetterFilter(receiver, event, None if letter_state is None else letter_state.value)
    return await listed(
        request, order, lambda page: queries.dead_letters(services.reader, principal.book, asked, page), "dead-letters"
    )


@get(
    "/dead-letters/{number:int}",
    operation_id="getDeadLetter",
    guards=[needs(Permission.READ)],
    responses=responses(DeadLetter),
)
async def get_dead_letter(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: Number
) -> Response[bytes]:
    """One dead letter."""
    return as_json(await queries.dead_letter(services.reader, principal.book, number))


@post(
    "/dead-letters/{number:int}/resend",
    operation_id="resendDeadLetter",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(DeadLetter, write=True),
)
async def resend_dead_letter(context: NamedDependency[RequestContext], number: Number) -> Response[bytes]:
    """Send a dead letter once more."""
    return await context.respond(ResendDeadLetter(dead_letter=number), status=200)


@post(
    "/dead-letters/{number:int}/skip",
    operation_id="skipDeadLetter",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(DeadLetter, write=True),
)
async def skip_dead_letter(
    context: NamedDependency[RequestContext], number: Number, data: Body[LetterSkip]
) -> Response[bytes]:
    """Give a dead letter up for good."""
    return await context.respond(SkipDeadLetter(dead_letter=number, reason=data.reason), status=200)


async def _secret(context: RequestContext) -> tuple[str, str]:
    services, principal = context.services, context.principal
    return await secret_for(services.engine, services.keyring, principal.book, context.key, principal.scope)


router = Router(
    "/",
    route_handlers=[
        add_receiver,
        list_receivers,
        get_receiver,
        change_receiver,
        rotate_secret,
        send_test_event,
        list_deliveries,
        list_dead_letters,
        get_dead_letter,
        resend_dead_letter,
        skip_dead_letter,
    ],
    tags=["outbox"],
)
