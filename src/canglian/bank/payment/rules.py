"""The figures in force, and what has to be so before money moves."""

from datetime import date, datetime
from typing import Final

from canglian.bank.payment.model import (
    FeeSchedule,
    Merchant,
    MerchantState,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentPolicy,
    PaymentState,
)
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

RULES = "payment"
BEGINNING = date(2000, 1, 1)
"""From when the first version of the figures applies."""

SYSTEM = "system:payment"
STANDARD = "standard"
"""The schedule of merchants that have no other."""


def first_schedules(at: datetime) -> list[FeeSchedule]:
    """The schedules of fees that a book begins with: shops, and public services that pay nothing."""

    def schedule(code: str, name: str, rate_bps: int) -> FeeSchedule:
        return FeeSchedule(
            code=code,
            version=1,
            name=name,
            rate_bps=rate_bps,
            large_from=None,
            large_rate_bps=None,
            fee_min=0,
            fee_max=None,
            tax_bps=600,
            refundable=True,
            effective_from=BEGINNING,
            note="",
            created_at=at,
            created_by=SYSTEM,
        )

    return [schedule(STANDARD, "标准商户", 38), schedule("public", "公共服务", 0)]


def first_policy(at: datetime) -> PaymentPolicy:
    """The bounds that a book begins with."""
    return PaymentPolicy(
        effective_from=BEGINNING,
        rules=RULES,
        order_minutes=30,
        order_days_max=7,
        refund_days=365,
        refunds_max=50,
        hold_days=30,
        split_share_max_bps=3_000,
        split_days=30,
        note="",
        added_at=at,
        added_by=SYSTEM,
    )


SCHEDULES: Final = Versioned(
    FeeSchedule, "code", lambda book, code: [found for found in first_schedules(book.now) if found.code == code]
)
POLICIES: Final = Versioned(PaymentPolicy, "rules", lambda book, rules: [first_policy(book.now)])


def schedule_in_force(book: Book, code: str) -> FeeSchedule:
    """The version of a schedule in force on the business date. Rejects ``fee_schedule.not_found``."""
    return SCHEDULES.get(book, code)


def schedule_of(book: Book, payment: Payment) -> FeeSchedule:
    """The version of the schedule by which the fee of a payment was counted."""
    code, _, version = payment.schedule.rpartition(":")
    return next(found for found in SCHEDULES.of(book, code) if found.version == int(version))


def policy_in_force(book: Book) -> PaymentPolicy:
    """The bounds in force on the business date; a book begins with ``first_policy``."""
    return POLICIES.on(book, RULES, book.today) or first_policy(book.now)


def require_active_merchant(book: Book, identity: str) -> Merchant:
    """A merchant that takes payments. Rejects ``merchant.not_found``, ``.suspended`` and ``.closed``."""
    merchant = book.get(Merchant, identity)
    if merchant.state is not MerchantState.ACTIVE:
        book.reject(f"merchant.{merchant.state.value}", merchant=identity)
    return merchant


def require_open_order(book: Book, identity: str) -> PaymentOrder:
    """An order that can be paid now. Rejects ``payment_order.*``."""
    order = book.get(PaymentOrder, identity)
    if order.state is not OrderState.OPEN:
        book.reject(f"payment_order.{order.state.value}", payment_order=order.id)
    if order.expires_at <= book.now:
        book.reject("payment_order.expired", payment_order=order.id)
    return order


def require_captured(book: Book, identity: str) -> Payment:
    """A payment of which something was taken. Rejects ``payment.not_found`` and ``payment.not_paid``."""
    payment = book.get(Payment, identity)
    if payment.state is not PaymentState.PAID:
        book.reject("payment.not_paid", payment=payment.id, state=payment.state.value)
    return payment
