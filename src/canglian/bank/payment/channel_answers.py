"""Payments by the card and QR channel: what becomes of what is asked of it.

    requested ─ sent ─┬─ accepted ─┬─ succeeded: the order is paid, or the money goes back where it cannot be any more
                      └─ unknown ──┴─ refused

Money that is set aside for an order stays with the payer's bank; here a hold stands for it on what the channel owes.
Each capture is an order of its own, one after the other, and takes from the hold once the channel has taken the money.

What was sent and not answered is unknown: the channel is enquired by its number, on a ladder, and it is sent again only
after the channel has said that it has no such number. The first final answer counts, in whatever order answers come;
the same again changes nothing. Only money that a refusal did not expect is booked after it: it goes back to the payer.
"""

from datetime import timedelta
from typing import Final

from canglian.bank.payment.authorising import authorise, is_over, lines_of, release, take_captured
from canglian.bank.payment.channel import (
    ASSET,
    SOURCE,
    facts,
    in_transit_account,
    leaving,
    owed_account,
    request_refund,
    request_release,
)
from canglian.bank.payment.model import OrderState, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.model.channel import ChannelKind, ChannelOrder, ChannelState
from canglian.bank.payment.paying import pay
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.bank.payment.sources import Capture
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book

COLLECTED: Final = "channel.collected"
RETURNED: Final = "channel.returned"

LADDER: Final = (5, 10, 15, 30, 60, 180, 600, 1800, 3600)
"""After how many seconds the channel is enquired again; the last one goes on."""

SENT_SECONDS: Final = 60
"""How long an answer may take that nobody has given up yet: longer than an attempt to send."""

SENDS_MAX: Final = 3
"""How often an order is sent whose number the channel does not have each time it is enquired."""


def sent(book: Book, order: ChannelOrder) -> ChannelOrder:
    """It leaves now; where the process that sends it dies, it is enquired later."""
    return book.put(
        order.replace(
            state=ChannelState.SENT,
            sends=order.sends + 1,
            enquiries=0,
            next_at=book.now + timedelta(seconds=SENT_SECONDS),
            updated_at=book.now,
        )
    )


def accepted(book: Book, order: ChannelOrder, *, reference: str | None, code: str | None) -> ChannelOrder:
    """The channel has it. After its end it is no news."""
    if order.state.is_final:
        return order
    return book.put(
        order.replace(
            state=ChannelState.ACCEPTED,
            reference=reference or order.reference,
            code=code or order.code,
            next_at=book.now + timedelta(seconds=LADDER[0]) if order.state is ChannelState.SENT else order.next_at,
            updated_at=book.now,
        )
    )


def succeeded(book: Book, order: ChannelOrder, *, amount: int, reference: str | None, fee: int | None) -> ChannelOrder:
    """The money moved at the channel: booked once. Rejects ``channel_order.amount``."""
    if order.state is ChannelState.SUCCEEDED:
        return order
    if amount != order.amount:
        book.reject("channel_order.amount", channel_order=order.id, ours=order.amount, theirs=amount, asset=ASSET)
    if order.kind is ChannelKind.CAPTURE and not order.state.is_final:
        _answered(book, order)
    done = book.put(
        order.replace(
            state=ChannelState.SUCCEEDED,
            reference=reference or order.reference,
            fee=fee,
            reason=None,
            next_at=None,
            answered_at=book.now,
            updated_at=book.now,
        )
    )
    done = _BOOKED[done.kind](book, done)
    book.emit("channel.succeeded", f"channel_order:{done.id}", **facts(done), late=done.late)
    return done


def refused(book: Book, order: ChannelOrder, reason: str | None) -> ChannelOrder:
    """The channel does not do it. After its end it is no news; what a refund holds stays on its way."""
    if order.state.is_final:
        return order
    book.emit("channel.refused", f"channel_order:{order.id}", **facts(order))
    if order.kind is ChannelKind.CAPTURE:
        payment = _answered(book, order)
        if is_over(book, payment):
            release(book, payment, "expired")
    return book.put(
        order.replace(
            state=ChannelState.REFUSED,
            reason=reason,
            next_at=None,
            answered_at=book.now,
            updated_at=book.now,
        )
    )


def unanswered(book: Book, order: ChannelOrder) -> ChannelOrder:
    """Nothing came back: it is unknown what became of it, and the channel is enquired."""
    if order.state not in (ChannelState.SENT, ChannelState.UNKNOWN):
        return order
    if order.state is ChannelState.SENT:
        book.emit("channel.unknown", f"channel_order:{order.id}", **facts(order))
    return enquired(book, order.replace(state=ChannelState.UNKNOWN))


def enquired(book: Book, order: ChannelOrder) -> ChannelOrder:
    """An enquiry brought no end: the next one is a step later on the ladder."""
    if order.state.is_final:
        return order
    step = LADDER[min(order.enquiries, len(LADDER) - 1)]
    return book.put(
        order.replace(enquiries=order.enquiries + 1, next_at=book.now + timedelta(seconds=step), updated_at=book.now)
    )


def not_there(book: Book, order: ChannelOrder) -> ChannelOrder:
    """The channel says that it has no such number: sent again under the same one, or given up where nobody waits.

    A payment whose order is open no more is given up, and one that never arrived in ``SENDS_MAX`` times, as a capture
    is. Refunds and releases go on being sent: their payers wait for them.
    """
    if order.state not in (ChannelState.SENT, ChannelState.UNKNOWN):
        return enquired(book, order)
    if order.kind.is_first and book.get(PaymentOrder, order.order).state is not OrderState.OPEN:
        return refused(book, order, "通道未收到")
    if order.sends >= SENDS_MAX and (order.kind.is_first or order.kind is ChannelKind.CAPTURE):
        return refused(book, order, "通道未收到")
    return book.put(leaving(book, order.replace(state=ChannelState.REQUESTED, next_at=None, enquiries=0)))


def _collected(book: Book, order: ChannelOrder) -> ChannelOrder:
    """Pay the merchant's order with what was collected, or send it back."""
    try:
        paid = book.attempt(lambda world: _paid(world, order))
    except Rejection:
        return _sent_back(book, order, order.id)
    return book.put(book.get(ChannelOrder, order.id).replace(payment=paid.id))


def _paid(book: Book, order: ChannelOrder) -> Payment:
    waiting = require_open_order(book, order.order)
    merchant = require_active_merchant(book, waiting.merchant)
    way = authorise if order.kind is ChannelKind.AUTHORISE else pay
    return way(book, waiting, merchant, (SourceUse(source=SOURCE, item=order.id),), channel=SOURCE)


def _sent_back(book: Book, order: ChannelOrder, original: str) -> ChannelOrder:
    """Money came for which there is no use any more: it is on its way back to the payer."""
    moved = book.transfer(owed_account(book), in_transit_account(book), order.amount, COLLECTED, reference=order.id)
    late = book.put(order.replace(late=True, transfer=moved.id))
    book.put(request_refund(book, book.get(ChannelOrder, original), late.amount, None).replace(transfer=moved.id))
    return late


def _set_aside(book: Book, order: ChannelOrder) -> ChannelOrder:
    """Authorise the merchant's order with what was set aside, or let go of it."""
    try:
        held = book.attempt(lambda world: _paid(world, order))
    except Rejection:
        late = book.put(order.replace(late=True))
        request_release(book, late.id, late.amount, None)
        return late
    return book.put(order.replace(payment=held.id))


def _captured(book: Book, order: ChannelOrder) -> ChannelOrder:
    """Take what was captured from the hold, or send it back: a refusal had come before, and it fits no more."""
    try:
        taken = book.attempt(lambda world: _taken(world, order))
    except Rejection:
        return _sent_back(book, order, order.original or "")
    return book.put(order.replace(transfer=taken))


def _taken(book: Book, order: ChannelOrder) -> int | None:
    capture = Capture(book.get(Payment, order.payment or ""), order.gross or 0, order.amount, order.final)
    return lines_of(book, take_captured(book, capture))[0].transfer


def _answered(book: Book, order: ChannelOrder) -> Payment:
    """The capture is pending no more."""
    return book.put(book.get(Payment, order.payment or "").replace(capturing=0, updated_at=book.now))


def _let_go(_: Book, order: ChannelOrder) -> ChannelOrder:
    """Nothing moved: it was the payer's all the time."""
    return order


def _returned(book: Book, order: ChannelOrder) -> ChannelOrder:
    moved = book.transfer(in_transit_account(book), owed_account(book), order.amount, RETURNED, reference=order.id)
    return book.put(order.replace(transfer=moved.id))


_BOOKED: Final = {
    ChannelKind.PAY: _collected,
    ChannelKind.AUTHORISE: _set_aside,
    ChannelKind.CAPTURE: _captured,
    ChannelKind.RELEASE: _let_go,
    ChannelKind.REFUND: _returned,
}
"""What becomes of money that moved at the channel."""
