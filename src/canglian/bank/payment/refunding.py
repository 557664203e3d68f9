"""The one way in which a payment is given back: ``refund``.

A refund is asked for in the order's price, and gives back what that share of the price was paid with: all refunds so
far, rounded together, less what went back before. Of others' money (coupons, points) each goes back in its share, or
as its source says what it still takes off what is kept; the payer's own in the reverse order of paying.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from canglian.bank.payment.accounts import OfFees, fee_account, payable_account
from canglian.bank.payment.arithmetic import filled, part, shared_out
from canglian.bank.payment.hooks import Refunded, refunded
from canglian.bank.payment.model import FeeSchedule, Merchant, Payment, PaymentLine, Refund, RefundLine
from canglian.bank.payment.paying import FEE_BACK, TAX_BACK
from canglian.bank.payment.rules import policy_in_force, schedule_of
from canglian.bank.payment.sources import keeps_of, source_of
from canglian.bank.payment.splitting import take_back
from canglian.ledger.book import Book


def refund(book: Book, payment: Payment, gross: int, *, number: str, reason: str, channel: str) -> Refund:
    """Give back ``gross`` of the order's price. Rejects ``refund.*``, and what the sources and the ledger reject."""
    _refuse(book, payment, gross)
    merchant = book.get(Merchant, payment.merchant)
    lines = sorted(book.find(PaymentLine, "payment", payment.id), key=lambda line: line.position)
    share = payment.gross_refunded + gross
    total = part(payment.amount, share, payment.gross)
    identity, schedule = book.new_id("rfd"), schedule_of(book, payment)
    fee = tax = position = 0
    lines_after = {line.id: line for line in lines}
    backs = shares(lines, total, taken_back(book, payment, lines, total))
    for line, upto in zip(reversed(lines), reversed(backs), strict=True):
        if upto == line.refunded:
            continue
        position += 1
        whole = upto - line.refunded == line.captured and (total == payment.captured or not line.discount)
        source = source_of(book, line.source)
        given = source.refund(book, payment, line, merchant, upto - line.refunded, whole=whole)
        book.add(
            RefundLine(
                identity,
                position,
                line.id,
                line.source,
                line.item,
                line.holder,
                line.asset,
                upto - line.refunded,
                given,
            )
        )
        given_back = _after(schedule, line, upto)
        of_fee, of_tax = given_back.fee_refunded - line.fee_refunded, given_back.tax_refunded - line.tax_refunded
        _return_fee(book, merchant, line.asset, of_fee - of_tax, of_tax, payment.id)
        lines_after[line.id] = book.put(given_back)
        fee, tax = fee + of_fee, tax + of_tax
    amount = total - payment.refunded
    after = payment.replace(gross_refunded=share, refunded=total, refunds=payment.refunds + 1, updated_at=book.now)
    book.put(after)
    take_back(book, after, identity)
    book.emit(
        "payment.refunded",
        f"payment:{payment.id}",
        payment=payment.id,
        refund=identity,
        merchant=merchant.id,
        number=number,
        amount=amount,
    )
    made = book.add(
        Refund(
            id=identity,
            payment=payment.id,
            merchant=merchant.id,
            number=number,
            gross=gross,
            amount=amount,
            fee=fee,
            tax=tax,
            reason=reason,
            channel=channel,
            on=book.today,
            at=book.now,
            by=book.actor,
        )
    )
    refunded(book, Refunded(after, merchant, made, tuple(lines_after.values())))
    return made


def taken_back(book: Book, payment: Payment, lines: Sequence[PaymentLine], total: int) -> dict[str, int]:
    """How much is given back of discounts whose sources say what they still take off what is kept; by their lines.

    Each is asked with what those before it leave of the price.
    """
    left, stated = payment.captured - total, dict[str, int]()
    for line in lines:
        if not line.discount:
            continue
        keeps = keeps_of(line.source)
        kept = None if keeps is None else keeps(book, payment, line, left)
        if kept is None:
            left -= line.captured - part(line.captured, total, payment.captured)
        else:
            kept = max(0, min(kept, line.captured, left))
            stated[line.id] = line.captured - kept
            left -= kept
    return stated


def shares(lines: Sequence[PaymentLine], total: int, stated: Mapping[str, int] | None = None) -> list[int]:
    """How much of each line is given back where ``total`` of the payment is: never less than before.

    Of discounts that are ``stated`` goes back what is stated of them, as far as the total has room for it. Each other
    discount gets its share of the total, whatever is stated of others: what they give up is the payer's own, which goes
    to the last line first.
    """
    stated = stated or {}
    backwards = lines[::-1]
    captured = sum(line.captured for line in lines)
    rooms = [line.captured - line.refunded for line in backwards]
    more = total - sum(line.refunded for line in lines)
    wished = [max(0, stated.get(line.id, 0) - line.refunded) for line in backwards]
    first = filled(more, wished)
    own = [0 if line.discount else room for line, room in zip(backwards, rooms, strict=True)]
    others = [line.discount and line.id not in stated for line in backwards]
    discounts = [room if is_other else 0 for is_other, room in zip(others, rooms, strict=True)]
    had = [line.refunded if is_other else 0 for is_other, line in zip(others, backwards, strict=True)]
    share = part(sum(discounts) + sum(had), total, captured) - sum(had)
    parts = shared_out(more - sum(first), own, discounts, share, had)
    return [line.refunded + taken + given for line, taken, given in zip(backwards, first, parts, strict=True)][::-1]


def _refuse(book: Book, payment: Payment, gross: int) -> None:
    policy = policy_in_force(book)
    left = payment.gross_captured - payment.gross_refunded
    if gross > left:
        book.reject("refund.above_payment", payment=payment.id, left=left, amount=gross, asset="CNY", field="amount")
    if payment.refunds >= policy.refunds_max:
        book.reject("refund.too_many", payment=payment.id, most=policy.refunds_max)
    last = payment.on + timedelta(days=policy.refund_days)
    if book.today > last:
        book.reject("refund.too_late", payment=payment.id, last=last.isoformat())


def _after(schedule: FeeSchedule, line: PaymentLine, refunded: int) -> PaymentLine:
    """A line of which so much was given back, with the fee that goes back with it."""
    if not schedule.refundable:
        return line.replace(refunded=refunded)
    net = max(part(line.fee - line.tax, refunded, line.captured), line.fee_refunded - line.tax_refunded)
    tax = max(part(line.tax, refunded, line.captured), line.tax_refunded)
    return line.replace(refunded=refunded, fee_refunded=net + tax, tax_refunded=tax)


def _return_fee(book: Book, merchant: Merchant, asset: str, net: int, tax: int, payment: str) -> None:
    payable = payable_account(book, merchant, asset)
    if net:
        book.transfer(fee_account(book, OfFees.INCOME, asset), payable, net, FEE_BACK, reference=payment)
    if tax:
        book.transfer(fee_account(book, OfFees.TAX, asset), payable, tax, TAX_BACK, reference=payment)
