"""Paying later: ``authorise`` sets the money of an order aside, ``capture`` takes it, in one or several parts.

The sources are asked for all of it at once, and their limits count it then. At each capture the payee is looked at
again: where it is suspended, or a source does not pay it any more, nothing is taken and all that is held is let go.
What is not captured in time is let go too, by ``release``. A source whose money is elsewhere is asked for each part,
one after the other: what was taken there is booked by ``take_captured``.
"""

from collections.abc import Sequence
from datetime import timedelta

from canglian.bank.payment.arithmetic import allot, fee_of, part, shared_out, tax_in
from canglian.bank.payment.hooks import Captured, captured
from canglian.bank.payment.model import (
    Merchant,
    MerchantState,
    OrderState,
    Payment,
    PaymentLine,
    PaymentOrder,
    PaymentState,
    SourceUse,
)
from canglian.bank.payment.paying import begun, charge, new_line, plan
from canglian.bank.payment.quoted import ended
from canglian.bank.payment.rules import policy_in_force, schedule_in_force, schedule_of
from canglian.bank.payment.sources import Capture, Paying, source_of
from canglian.ledger.book import Book


def authorise(
    book: Book, order: PaymentOrder, merchant: Merchant, uses: Sequence[SourceUse], *, channel: str
) -> Payment:
    """Set aside what an order that is open asks for. Rejects as paying it does."""
    paying = Paying(book.new_id("pay"), order, merchant, channel, later=True, uses=tuple(uses))
    for position, (use, amount) in enumerate(plan(book, paying, uses), 1):
        held = source_of(book, use.source).hold(book, paying, use, amount)
        book.add(new_line(book, paying, position, use, amount, held).replace(hold=held.hold))
    book.put(order.replace(state=OrderState.AUTHORISED, payment=paying.payment, updated_at=book.now))
    ended(book, order)
    book.emit(
        "payment.authorised",
        f"payment:{paying.payment}",
        payment=paying.payment,
        payment_order=order.id,
        merchant=merchant.id,
        number=order.number,
        amount=order.payable,
    )
    expires_at = book.now + timedelta(days=policy_in_force(book).hold_days)
    return book.add(begun(book, paying, schedule_in_force(book, merchant.fees)).replace(expires_at=expires_at))


def capture(book: Book, payment: Payment, gross: int | None, *, final: bool) -> Payment:
    """Take ``gross`` of the order's price of what is held, by default all that is left; ``final`` lets go of the rest.

    Where the payee may not be paid any more, all that is held is let go instead. A source that has to ask for it first
    leaves the payment as it is until it is answered. Rejects ``payment.not_held``, ``payment.capturing``,
    ``payment.hold_expired`` and ``payment.above_authorised``.
    """
    _refuse_unheld(book, payment)
    if is_over(book, payment):
        book.reject("payment.hold_expired", payment=payment.id)
    asked = _asked(book, payment, payment.gross - payment.gross_captured if gross is None else gross, final=final)
    merchant, lines = book.get(Merchant, payment.merchant), lines_of(book, payment)
    if not _may_be_paid(book, merchant, lines):
        return release(book, payment, "payee")
    if asked.amount and any(source_of(book, line.source).request_capture(book, asked, line) for line in lines):
        return book.put(payment.replace(capturing=asked.gross, updated_at=book.now))
    return _taken_and_let_go(book, asked, merchant, lines)


def take_captured(book: Book, asked: Capture) -> Payment:
    """Take what was captured elsewhere. Rejects ``payment.not_held`` and ``payment.above_authorised``."""
    _refuse_unheld(book, asked.payment)
    fitting = _asked(book, asked.payment, asked.gross, final=asked.final)
    if fitting.amount != asked.amount:
        book.reject("channel_order.amount", ours=fitting.amount, theirs=asked.amount, asset="CNY")
    return _taken_and_let_go(book, asked, book.get(Merchant, asked.payment.merchant), lines_of(book, asked.payment))


def is_over(book: Book, payment: Payment) -> bool:
    """Whether the time to take what is held is over."""
    return payment.expires_at is not None and payment.expires_at <= book.now


def release(book: Book, payment: Payment, cause: str, reason: str | None = None) -> Payment:
    """Let go of all that is still held; the order is closed where nothing was taken.

    ``cause`` is ``cancelled``, ``expired``, ``final`` or ``payee``. Rejects ``payment.not_held`` and, while a part of
    it is asked for elsewhere, ``payment.capturing``.
    """
    _refuse_unheld(book, payment)
    for line in lines_of(book, payment):
        if not _is_held(line):
            continue
        source_of(book, line.source).release(book, payment, line)
        if not line.captured:
            book.put(line.replace(hold=None))
    state = payment.state
    if not payment.gross_captured:
        state = PaymentState.CANCELLED
        order = book.get(PaymentOrder, payment.order)
        book.put(order.replace(state=OrderState.CLOSED, reason=reason, updated_at=book.now))
    book.emit(
        "payment.released",
        f"payment:{payment.id}",
        payment=payment.id,
        merchant=payment.merchant,
        amount=payment.amount - payment.captured,
        cause=cause,
    )
    return book.put(payment.replace(state=state, expires_at=None, updated_at=book.now))


def lines_of(book: Book, payment: Payment) -> list[PaymentLine]:
    """The lines of a payment, in the order of paying."""
    return sorted(book.find(PaymentLine, "payment", payment.id), key=lambda line: line.position)


def _refuse_unheld(book: Book, payment: Payment) -> None:
    if payment.expires_at is None:
        book.reject("payment.not_held", payment=payment.id)
    if payment.capturing:
        book.reject("payment.capturing", payment=payment.id, amount=payment.capturing, asset="CNY")


def _asked(book: Book, payment: Payment, gross: int, *, final: bool) -> Capture:
    """What a part of the price comes to. Rejects ``payment.above_authorised``."""
    left = payment.gross - payment.gross_captured
    if gross > left:
        book.reject(
            "payment.above_authorised", payment=payment.id, left=left, amount=gross, asset="CNY", field="amount"
        )
    share = payment.gross_captured + gross
    return Capture(payment, gross, part(payment.amount, share, payment.gross) - payment.captured, final)


def _taken_and_let_go(book: Book, asked: Capture, merchant: Merchant, lines: Sequence[PaymentLine]) -> Payment:
    """Take a part; the rest is let go where it was the final one, or came when the time was over."""
    captured = _take(book, asked.payment, merchant, lines, asked.payment.gross_captured + asked.gross)
    if captured.expires_at is not None and (asked.final or is_over(book, captured)):
        return release(book, captured, "final" if asked.final else "expired")
    return captured


def _is_held(line: PaymentLine) -> bool:
    """Whether something of a line is left to be taken, while its payment holds anything."""
    return line.hold is not None and line.captured < line.amount


def _may_be_paid(book: Book, merchant: Merchant, lines: Sequence[PaymentLine]) -> bool:
    held = [line for line in lines if _is_held(line)]
    return merchant.state is MerchantState.ACTIVE and all(
        source_of(book, line.source).allows(book, line, merchant) for line in held
    )


def _take(book: Book, payment: Payment, merchant: Merchant, lines: Sequence[PaymentLine], share: int) -> Payment:
    """Take what a share of the price comes to, from the sources in their order, with the fee on it."""
    total, schedule = part(payment.amount, share, payment.gross), schedule_of(book, payment)
    fee = fee_of(schedule, total)
    tax = tax_in(schedule, fee)
    taken = _taken(payment, lines, total)
    nets = allot(fee - tax - (payment.fee - payment.tax), taken)
    charged = zip(lines, taken, nets, allot(tax - payment.tax, taken), strict=True)
    whole, after = share == payment.gross, list(lines)
    for place, (line, amount, net, of_tax) in enumerate(charged):
        if amount:
            moved = source_of(book, line.source).capture(book, payment, line, amount)
            charge(book, merchant, line.asset, net, of_tax, payment.id)
            after[place] = book.put(
                line.replace(
                    captured=line.captured + amount, fee=line.fee + net + of_tax, tax=line.tax + of_tax, transfer=moved
                )
            )
    order = book.get(PaymentOrder, payment.order)
    if order.state is not OrderState.PAID:
        order = book.put(order.replace(state=OrderState.PAID, updated_at=book.now))
    book.emit(
        "payment.captured",
        f"payment:{payment.id}",
        payment=payment.id,
        payment_order=payment.order,
        merchant=payment.merchant,
        amount=total - payment.captured,
        fee=fee - payment.fee,
    )
    taken_from = book.put(
        payment.replace(
            gross_captured=share,
            captured=total,
            fee=fee,
            tax=tax,
            state=PaymentState.PAID,
            expires_at=None if whole else payment.expires_at,
            updated_at=book.now,
        )
    )
    captured(book, Captured(taken_from, order, merchant, tuple(after), tuple(taken)))
    return taken_from


def _taken(payment: Payment, lines: Sequence[PaymentLine], total: int) -> list[int]:
    """What each line gives so that ``total`` of the payment is taken: each discount its share, the first line first."""
    rooms = [line.amount - line.captured for line in lines]
    own = [0 if line.discount else room for line, room in zip(lines, rooms, strict=True)]
    discounts = [room if line.discount else 0 for line, room in zip(lines, rooms, strict=True)]
    of_discounts = [line for line in lines if line.discount]
    share = part(sum(line.amount for line in of_discounts), total, payment.amount)
    share -= sum(line.captured for line in of_discounts)
    had = [line.captured if line.discount else 0 for line in lines]
    return shared_out(total - payment.captured, own, discounts, share, had)
