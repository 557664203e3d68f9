"""The card and QR channel: orders on their way to it, its notifications, and enquiries about what it never answered.

An order is sent once: it is marked before it leaves, and carries no retry. Whatever comes back but an answer (none, one
that is not signed, an error) makes it unknown, and it is enquired by its number. Its end comes in three ways, of which
the first counts: the answer, a notification, an enquiry. Each is a command whose key names the order and what was said,
so that what is said twice, or in the wrong order, changes things once.
"""

from typing import Any, Final, Literal

import msgspec

from canglian.bank.payment.commands.channel import (
    AcceptChannelOrder,
    AnswerChannelOrder,
    ChannelOrderId,
    EnquireChannelOrder,
    Fee,
    MarkChannelSent,
    MarkChannelUnknown,
    NoteChannelEnquiry,
    PayCode,
)
from canglian.bank.payment.model import OrderState, PaymentOrder
from canglian.bank.payment.model.channel import ChannelOrder, ChannelState
from canglian.bank.payment.queries import channel as queries
from canglian.bank.payment.queries import orders
from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Malformed, Rejection, Unavailable
from canglian.kernel.fields import Reason
from canglian.kernel.records import Event
from canglian.kernel.values import Amount, OwnReference, utc_now
from canglian.web.outside.adapter import Adapter, Errand, Outside, submit_answer
from canglian.web.services import Services

CHANNEL: Final = "channel"
ENQUIRY_SECONDS: Final = 3.0


class Report(msgspec.Struct, frozen=True):
    """What the channel says of an order; ``unknown`` says that it has no such number."""

    number: ChannelOrderId
    state: Literal["accepted", "succeeded", "refused", "unknown"]
    amount: Amount | None = None
    reference: OwnReference | None = None
    fee: Fee | None = None
    code: PayCode | None = None
    reason: Reason | None = None


async def send(outside: Outside, book: int, event: Event) -> None:
    """Send an order to the channel, unless it has left before."""
    services = outside.services
    found = await queries.channel_order(services.reader, book, str(event.payload["channel_order"]))
    if found.state is not ChannelState.REQUESTED:
        return
    asked = await orders.order(services.reader, book, found.order)
    if found.kind.is_first and asked.state is not OrderState.OPEN:
        await _take(services, book, Report(found.id, "refused", reason="订单已结束"))
        return
    key = f"channel:{found.id}:sent:{found.sends + 1}"
    marked = await outside.submit_answer(CHANNEL, book, MarkChannelSent(channel_order=found.id), key)
    if marked is None or marked.replayed or marked.error is not None:
        return  # another process sends it, or has
    try:
        answer = await outside.client.call(CHANNEL, "POST", "/orders", _body(services, book, found, asked))
        report: Report = answer.read(Report, CHANNEL)
        if report.number != found.id:
            raise Unavailable("outside.answer_unreadable", service=CHANNEL)
    except Rejection as refused:
        report = Report(found.id, "refused", reason=f"HTTP {refused.fields['status']}")
    except (Unavailable, Busy):
        lost = MarkChannelUnknown(channel_order=found.id)
        await outside.submit_answer(CHANNEL, book, lost, f"channel:{found.id}:unknown:{found.sends + 1}")
        return
    await _take(services, book, report)


async def hasten(outside: Outside, book: int, event: Event) -> None:
    """An order was closed, or expired: what the channel was asked for it is enquired at once, which cancels it."""
    for found in await queries.of_order(outside.services.reader, book, str(event.payload["payment_order"])):
        if not found.state.is_final:
            key = f"channel:{found.id}:{event.kind}"
            await outside.submit_answer(CHANNEL, book, EnquireChannelOrder(channel_order=found.id), key)


async def take(services: Services, book: int, content: Any) -> None:
    """Handle a notification of the channel. Raises Malformed, and Unavailable or Busy: then it comes again."""
    try:
        report = msgspec.convert(content, Report)
    except msgspec.ValidationError as problem:
        raise Malformed("request.malformed", problem=str(problem)) from None
    await _take(services, book, report)


async def enquire(outside: Outside, book: int) -> None:
    """Enquire about the orders that are due; one that nobody waits for any more is cancelled by the same question."""
    services = outside.services
    for found, waited_for in await queries.due(services.reader, book, utc_now()):
        report = await _asked_about(outside, found, waited_for=waited_for)
        if report is not None and report.state != "unknown":
            await _take(services, book, report)
        known = None if report is None else report.state != "unknown"
        due = "" if found.next_at is None else found.next_at.isoformat()
        note = NoteChannelEnquiry(channel_order=found.id, known=known)
        await outside.submit_answer(CHANNEL, book, note, f"channel:{found.id}:enquired:{found.sends}:{due}")


async def _asked_about(outside: Outside, found: ChannelOrder, *, waited_for: bool) -> Report | None:
    """What the channel says of an order; None where it says nothing that can be read."""
    method, path = ("GET", f"/orders/{found.id}") if waited_for else ("POST", f"/orders/{found.id}/cancel")
    try:
        report: Report = (await outside.client.call(CHANNEL, method, path)).read(Report, CHANNEL)
    except (Busy, Unavailable, Rejection):
        return None
    return report if report.number == found.id and (report.state != "succeeded" or report.amount is not None) else None


async def _take(services: Services, book: int, report: Report) -> None:
    """Submit what the channel said."""
    command: Command[ChannelOrder]
    if report.state == "unknown":
        return
    if report.state == "accepted":
        command = AcceptChannelOrder(channel_order=report.number, reference=report.reference, code=report.code)
    elif report.state == "refused":
        command = AnswerChannelOrder(channel_order=report.number, succeeded=False, reason=report.reason)
    elif report.amount is None:
        raise Malformed("request.malformed", problem="amount")
    else:
        command = AnswerChannelOrder(
            channel_order=report.number,
            succeeded=True,
            amount=report.amount,
            reference=report.reference,
            fee=report.fee,
        )
    key = f"channel:{report.number}:{report.state}:{report.amount or 0}"
    await submit_answer(services, CHANNEL, book, command, key)


def _body(services: Services, book: int, found: ChannelOrder, asked: PaymentOrder) -> dict[str, Any]:
    return {
        "number": found.id,
        "kind": found.kind.value,
        "method": found.method.value,
        "original": found.original,
        "amount": found.amount,
        "subject": asked.subject,
        "expires_at": asked.expires_at if found.kind.is_first else None,
        "date": found.on,
        "callback": _callback(services, book),
    }


def _callback(services: Services, book: int) -> str | None:
    url = services.settings.channel_callback_url
    return None if not url else f"{url.rstrip('/')}/{book}"


ADAPTERS = (
    Adapter("payment.closing", CHANNEL, ("payment_order.closed", "payment_order.expired"), hasten),
    Adapter(
        "payment.channel",
        CHANNEL,
        ("channel.requested",),
        send,
        take=take,
        errands=(Errand("channel-enquiries", ENQUIRY_SECONDS, enquire),),
    ),
)
