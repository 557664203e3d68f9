"""Why something cannot be done to a merchant, an order or a payment now, as its page says before anybody tries."""

import msgspec

from canglian.bank.payment.model import (
    Merchant,
    MerchantState,
    MerchantStore,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentState,
    StoreState,
)
from canglian.bank.purpose.custody.availability import merchant_gives_back
from canglian.bank.purpose.custody.queries import PrepaidTotals
from canglian.web.form import Message


def is_suspended(merchant: Merchant) -> bool:
    """It takes no payments."""
    return merchant.state is MerchantState.SUSPENDED


def is_active(merchant: Merchant) -> bool:
    """It takes payments."""
    return merchant.state is MerchantState.ACTIVE


def taking(merchant: Merchant) -> str | None:
    """An order is opened."""
    if merchant.state is MerchantState.CLOSED:
        return "The merchant is closed."
    return "The merchant is suspended." if is_suspended(merchant) else None


def is_not_closed(merchant: Merchant) -> bool:
    """It is not at its end."""
    return merchant.state is not MerchantState.CLOSED


class Closing(msgspec.Struct, frozen=True):
    """A merchant that may be closed, with what is left on its prepaid cards."""

    merchant: Merchant
    totals: PrepaidTotals


def may_close(shown: Closing) -> bool:
    """It is closed."""
    return is_not_closed(shown.merchant)


def closing_gives_back(shown: Closing) -> Message:
    """What goes back to the buyers of its prepaid cards."""
    return merchant_gives_back(shown.totals)


def is_store_open(store: MerchantStore) -> bool:
    """It takes orders."""
    return store.state is StoreState.OPEN


def is_store_closed(store: MerchantStore) -> bool:
    """It takes no orders."""
    return store.state is StoreState.CLOSED


def closed(order: PaymentOrder) -> str | None:
    """An order is closed."""
    return None if order.state is OrderState.OPEN else "The order is not open any more."


def is_held(payment: Payment) -> bool:
    """Money is still held for it."""
    return payment.expires_at is not None


def captured(payment: Payment) -> str | None:
    """What is held is taken, or let go."""
    return "The channel is asked for a part of it already; its answer comes first." if payment.capturing else None


def is_kept_back(payment: Payment) -> bool:
    """It is kept back to be split."""
    return payment.split_until is not None


def split(payment: Payment) -> str | None:
    """A payment is split."""
    return refunded(payment)


def refunded(payment: Payment) -> str | None:
    """A payment is refunded."""
    if payment.state is not PaymentState.PAID:
        return "Nothing was paid."
    return "All of it was refunded." if payment.gross_refunded == payment.gross_captured else None
