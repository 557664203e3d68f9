"""The one way in which an order is paid: ``pay``.

The sources are asked in the order in which they were named, each for as much as it may give, until the order is
covered; the fee is taken from what the merchant is owed, with the tax in it, in the same commit.
"""

from collections.abc import Sequence
from datetime import timedelta

from canglian.bank.payment.accounts import OfFees, fee_account, payable_account
from canglian.bank.payment.arithmetic import allot, fee_of, tax_in
from canglian.bank.payment.hooks import Captured, captured
from canglian.bank.payment.model import (
    FeeSchedule,
    Merchant,
    OrderState,
    Payment,
    PaymentLine,
    PaymentOrder,
    PaymentState,
    SourceUse,
)
from canglian.bank.payment.quoted import ended
from canglian.bank.payment.rules import policy_in_force, schedule_in_force
from canglian.bank.payment.sources import Held, Leg, Paying, have_paid, source_of
from canglian.ledger.book import Book

FEE = "payment.fee"
TAX = "payment.tax"
FEE_BACK = "payment.fee_back"
TAX_BACK = "payment.tax_back"


def pay(
    book: Book,
    order: PaymentOrder,
    merchant: Merchant,
    uses: Sequence[SourceUse],
    *,
    channel: str,
    code: str | None = None,
) -> Payment:
    """Pay an order that is open. ``code`` is the id of the payer's code by which it is taken.

    Rejects ``payment.sources_*``, and what the sources, the limits and the ledger reject.
    """
    paying = Paying(book.new_id("pay"), order, merchant, channel, code is not None, uses=tuple(uses))
    legs = [(use, amount, _leg(book, paying, use, amount)) for use, amount in plan(book, paying, uses)]
    have_paid(book, paying, [use.source for use, _, _ in legs])
    schedule = schedule_in_force(book, merchant.fees)
    fee = fee_of(schedule, order.payable)
    tax = tax_in(schedule, fee)
    amounts = [amount for _, amount, _ in legs]
    charged = zip(legs, allot(fee - tax, amounts), allot(tax, amounts), strict=True)
    lines: list[PaymentLine] = []
    fees: dict[str, tuple[int, int]] = {}
    for position, ((use, amount, leg), of_net, of_tax) in enumerate(charged, 1):
        net, of_all = fees.get(leg.asset, (0, 0))
        fees[leg.asset] = net + of_net, of_all + of_tax
        line = new_line(book, paying, position, use, amount, leg)
        taken = line.replace(captured=amount, fee=of_net + of_tax, tax=of_tax, transfer=leg.transfer)
        lines.append(book.add(taken))
    for asset, (net, of_all) in fees.items():
        charge(book, merchant, asset, net, of_all, paying.payment)
    paid = book.put(order.replace(state=OrderState.PAID, payment=paying.payment, updated_at=book.now))
    ended(book, order)
    book.emit(
        "payment.paid",
        f"payment:{paying.payment}",
        payment=paying.payment,
        payment_order=order.id,
        merchant=merchant.id,
        number=order.number,
        amount=order.payable,
        fee=fee,
    )
    payment = book.add(
        begun(book, paying, schedule).replace(
            gross_captured=order.amount,
            captured=order.payable,
            fee=fee,
            tax=tax,
            state=PaymentState.PAID,
            code=code,
        )
    )
    captured(book, Captured(payment, paid, merchant, tuple(lines), tuple(amounts)))
    return payment


def begun(book: Book, paying: Paying, schedule: FeeSchedule) -> Payment:
    """A payment of which nothing is taken yet."""
    return Payment(
        id=paying.payment,
        order=paying.order.id,
        merchant=paying.merchant.id,
        gross=paying.order.amount,
        amount=paying.order.payable,
        gross_captured=0,
        captured=0,
        gross_refunded=0,
        refunded=0,
        refunds=0,
        fee=0,
        tax=0,
        schedule=f"{schedule.code}:{schedule.version}",
        state=PaymentState.AUTHORISED,
        channel=paying.channel,
        code=None,
        on=book.today,
        at=book.now,
        by=book.actor,
        expires_at=None,
        updated_at=book.now,
        split_until=book.today + timedelta(days=policy_in_force(book).split_days) if paying.order.split else None,
    )


def plan(book: Book, paying: Paying, uses: Sequence[SourceUse]) -> list[tuple[SourceUse, int]]:
    """Which source gives how much, in the order of paying; a source that is not needed gives nothing.

    The last source is asked for all that is left, so that it says itself what it lacks. Rejects
    ``payment.sources_twice`` and ``payment.sources_short``.
    """
    if len({(use.source, use.item) for use in uses}) < len(uses):
        book.reject("payment.sources_twice", field="sources")
    left, planned = paying.order.payable, list[tuple[SourceUse, int]]()
    for use in uses:
        if not left:
            break
        most = left if use.most is None else min(left, use.most)
        if use is not uses[-1]:
            most = min(most, source_of(book, use.source).available(book, paying, use))
        if most:
            planned.append((use, most))
            left -= most
    if left:
        book.reject("payment.sources_short", payment_order=paying.order.id, left=left, asset="CNY", field="sources")
    return planned


def _leg(book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
    return source_of(book, use.source).pay(book, paying, use, amount)


def charge(book: Book, merchant: Merchant, asset: str, net: int, tax: int, payment: str) -> None:
    """Take a fee from what the merchant is owed: the income of the bank, and the tax on it."""
    payable = payable_account(book, merchant, asset)
    if net:
        book.transfer(payable, fee_account(book, OfFees.INCOME, asset), net, FEE, reference=payment)
    if tax:
        book.transfer(payable, fee_account(book, OfFees.TAX, asset), tax, TAX, reference=payment)


def new_line(book: Book, paying: Paying, position: int, use: SourceUse, amount: int, given: Leg | Held) -> PaymentLine:
    """A line of which nothing is taken yet."""
    return PaymentLine(
        id=book.new_id("pln"),
        payment=paying.payment,
        position=position,
        source=use.source,
        item=use.item,
        holder=given.holder,
        discount=source_of(book, use.source).discount,
        asset=given.asset,
        amount=amount,
        captured=0,
        refunded=0,
        fee=0,
        tax=0,
        fee_refunded=0,
        tax_refunded=0,
        transfer=None,
        hold=None,
    )
