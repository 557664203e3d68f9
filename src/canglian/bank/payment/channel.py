"""Payments by the card and QR channel: what is asked of it, and what becomes of its answers.

    requested ─ sent ─┬─ accepted ─┬─ succeeded: the order is paid, or the money goes back where it cannot be any more
                      └─ unknown ──┴─ refused

What was sent and not answered is unknown: the channel is enquired by its number, on a ladder, and it is sent again only
after the channel has said that it has no such number. The first final answer counts, in whatever order answers come;
the same again changes nothing. Only money that a refusal did not expect is booked after it: it goes back to the payer.
"""

from datetime import timedelta
from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.model import Merchant, OrderState, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.model.channel import ChannelKind, ChannelMethod, ChannelOrder, ChannelState
from canglian.bank.payment.paying import pay
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book
from canglian.ledger.model import Account

SOURCE: Final = "channel"
"""The kind of source of payments that the channel is."""

ASSET: Final = "CNY"
OWED_HEAD: Final = "1221"
IN_TRANSIT_HEAD: Final = "2241"

COLLECTED: Final = "channel.collected"
REFUNDED: Final = "payment.refunded"
RETURNED: Final = "channel.returned"

LADDER: Final = (5, 10, 15, 30, 60, 180, 600, 1800, 3600)
"""After how many seconds the channel is enquired again; the last one goes on."""

SENT_SECONDS: Final = 60
"""How long an answer may take that nobody has given up yet: longer than an attempt to send."""

SENDS_MAX: Final = 3
"""How often an order is sent whose number the channel does not have each time it is enquired."""


def owed_account(book: Book) -> int:
    """What the channel owes: the money that it collected and has not settled yet."""
    return _own(book, "payment.channel_owed", OWED_HEAD)


def in_transit_account(book: Book) -> int:
    """What goes back to payers by the channel and has not arrived yet."""
    return _own(book, "payment.channel_refunds", IN_TRANSIT_HEAD)


def request_payment(book: Book, order: PaymentOrder, method: ChannelMethod) -> ChannelOrder:
    """Ask the channel to collect what an order asks for; where it is asked already, that one again.

    Rejects ``channel_order.pending`` where the payer was sent another way meanwhile.
    """
    for known in book.find(ChannelOrder, "order", order.id):
        if known.kind is ChannelKind.PAY and not known.state.is_final:
            if known.method is not method:
                book.reject("channel_order.pending", channel_order=known.id, method=known.method.value)
            return known
    return _requested(book, ChannelKind.PAY, method, order.id, order.merchant, order.payable)


def request_refund(book: Book, original: ChannelOrder, amount: int, payment: str | None) -> ChannelOrder:
    """Ask the channel to give some of what it collected back."""
    return _requested(
        book,
        ChannelKind.REFUND,
        original.method,
        original.order,
        original.merchant,
        amount,
        original=original.id,
        payment=payment,
    )


def refund(book: Book, payment: Payment, item: str, merchant: Merchant, amount: int) -> int:
    """Take a refund from the merchant and send it on its way to the payer; the transfer of the ledger."""
    original = book.get(ChannelOrder, item)
    account = payable_account(book, merchant, ASSET)
    moved = book.transfer(account, in_transit_account(book), amount, REFUNDED, reference=payment.id)
    book.put(request_refund(book, original, amount, payment.id).replace(transfer=moved.id))
    return moved.id


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
    done = _collected(book, done) if done.kind is ChannelKind.PAY else _returned(book, done)
    book.emit("channel.succeeded", f"channel_order:{done.id}", **_facts(done), late=done.late)
    return done


def refused(book: Book, order: ChannelOrder, reason: str | None) -> ChannelOrder:
    """The channel does not do it. After its end it is no news; what a refund holds stays on its way."""
    if order.state.is_final:
        return order
    book.emit("channel.refused", f"channel_order:{order.id}", **_facts(order))
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
        book.emit("channel.unknown", f"channel_order:{order.id}", **_facts(order))
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

    A payment whose order is open no more is given up, and one that never arrived in ``SENDS_MAX`` times. A refund goes
    on being sent: its payer waits for it.
    """
    if order.state not in (ChannelState.SENT, ChannelState.UNKNOWN):
        return enquired(book, order)
    if order.kind is ChannelKind.PAY:
        waiting = book.get(PaymentOrder, order.order)
        if waiting.state is not OrderState.OPEN or order.sends >= SENDS_MAX:
            return refused(book, order, "通道未收到")
    return book.put(_leaving(book, order.replace(state=ChannelState.REQUESTED, next_at=None, enquiries=0)))


def send_refund_again(book: Book, order: ChannelOrder) -> ChannelOrder:
    """Ask for a refused refund once more, under a new number. Rejects ``channel_order.not_refused``."""
    again = [known for known in book.find(ChannelOrder, "original", order.original or "") if known.at > order.at]
    if order.kind is not ChannelKind.REFUND or order.state is not ChannelState.REFUSED or _taken_over(order, again):
        book.reject("channel_order.not_refused", channel_order=order.id)
    original = book.get(ChannelOrder, order.original or "")
    return book.put(request_refund(book, original, order.amount, order.payment).replace(transfer=order.transfer))


def _taken_over(order: ChannelOrder, later: list[ChannelOrder]) -> bool:
    """Whether a later one asks for the same money: that of the same transfer."""
    return any(known.transfer == order.transfer for known in later)


def _collected(book: Book, order: ChannelOrder) -> ChannelOrder:
    """Pay the merchant's order with what was collected, or send it back."""
    try:
        paid = book.attempt(lambda world: _paid(world, order))
    except Rejection:
        moved = book.transfer(owed_account(book), in_transit_account(book), order.amount, COLLECTED, reference=order.id)
        late = book.put(order.replace(late=True, transfer=moved.id))
        book.put(request_refund(book, late, late.amount, None).replace(transfer=moved.id))
        return late
    return book.put(book.get(ChannelOrder, order.id).replace(payment=paid.id))


def _paid(book: Book, order: ChannelOrder) -> Payment:
    waiting = require_open_order(book, order.order)
    merchant = require_active_merchant(book, waiting.merchant)
    return pay(book, waiting, merchant, (SourceUse(source=SOURCE, item=order.id),), channel=SOURCE)


def _returned(book: Book, order: ChannelOrder) -> ChannelOrder:
    moved = book.transfer(in_transit_account(book), owed_account(book), order.amount, RETURNED, reference=order.id)
    return book.put(order.replace(transfer=moved.id))


def _requested(
    book: Book,
    kind: ChannelKind,
    method: ChannelMethod,
    order: str,
    merchant: str,
    amount: int,
    *,
    original: str | None = None,
    payment: str | None = None,
) -> ChannelOrder:
    asked = ChannelOrder(
        id=book.new_id("cho"),
        kind=kind,
        method=method,
        order=order,
        merchant=merchant,
        original=original,
        payment=payment,
        amount=amount,
        asset=ASSET,
        state=ChannelState.REQUESTED,
        sends=0,
        enquiries=0,
        next_at=None,
        code=None,
        reference=None,
        fee=None,
        reason=None,
        transfer=None,
        late=False,
        on=book.today,
        at=book.now,
        by=book.actor,
        answered_at=None,
        updated_at=book.now,
    )
    return book.add(_leaving(book, asked))


def _leaving(book: Book, order: ChannelOrder) -> ChannelOrder:
    """The order's event takes it to the channel; it carries nothing but ids and the amount."""
    book.emit("channel.requested", f"channel_order:{order.id}", **_facts(order))
    return order.replace(updated_at=book.now)


def _facts(order: ChannelOrder) -> dict[str, str | int]:
    return {
        "channel_order": order.id,
        "payment_order": order.order,
        "merchant": order.merchant,
        "amount": order.amount,
    }


def _own(book: Book, name: str, head: str) -> int:
    reference = f"{name}.{ASSET.lower()}"
    found = book.find(Account, "reference", reference)
    return found[0].id if found else open_in_ledger(book, head, ASSET, floor=None, reference=reference).id
