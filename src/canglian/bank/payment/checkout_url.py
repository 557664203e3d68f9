"""The address of the page on which anybody may pay an order."""

from canglian.bank.payment.model import PaymentOrder
from canglian.kernel.settings import Settings


def hosted_path(book: int, code: str) -> str:
    """The page of an order on this server, by its book and the digits of its code."""
    return f"/m/order/{book}/{code}"


def checkout_url(settings: Settings, book: int, order: PaymentOrder) -> str:
    """The whole address of that page, as the world reaches this server."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return base.rstrip("/") + hosted_path(book, order.code)
