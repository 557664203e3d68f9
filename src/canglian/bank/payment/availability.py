"""Why something cannot be done to a merchant, an order or a payment now, as its page says before anybody tries."""

from canglian.bank.payment.model import Merchant, MerchantState, OrderState, Payment, PaymentOrder, PaymentState


def is_suspended(merchant: Merchant) -> bool:
    """It takes no payments."""
    return merchant.state is MerchantState.SUSPENDED


def is_active(merchant: Merchant) -> bool:
    """It takes payments."""
    return merchant.state is MerchantState.ACTIVE


def taking(merchant: Merchant) -> str | None:
    """An order is opened."""
    return "The merchant is suspended." if is_suspended(merchant) else None


def closed(order: PaymentOrder) -> str | None:
    """An order is closed."""
    return None if order.state is OrderState.OPEN else "The order is not open any more."


def is_held(payment: Payment) -> bool:
    """Money is still held for it."""
    return payment.expires_at is not None


def refunded(payment: Payment) -> str | None:
    """A payment is refunded."""
    if payment.state is not PaymentState.PAID:
        return "Nothing was paid."
    return "All of it was refunded." if payment.gross_refunded == payment.gross_captured else None
