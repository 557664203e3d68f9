"""Orders for which a room above has quoted discounts that it keeps for them: what happens when such an order ends.

    on_order_end(let_go)

What is kept for an order is let go in the commit in which that is paid, authorised, closed, or expires. An order that
nobody has quoted asks nothing.
"""

from collections.abc import Callable

from canglian.bank.payment.model import PaymentOrder
from canglian.ledger.book import Book

React = Callable[[Book, PaymentOrder], None]

_reacting: list[React] = []


def on_order_end(react: React) -> None:
    """Have this done whenever an order ends for which something was quoted; it is as it was before."""
    _reacting.append(react)


def quote(book: Book, order: PaymentOrder, identity: str | None) -> PaymentOrder:
    """An order for which discounts are kept by a quote, or by none any more."""
    return book.put(order.replace(quote=identity, updated_at=book.now))


def ended(book: Book, order: PaymentOrder) -> None:
    """Let go of what is kept for an order that ends in this decision."""
    if order.quote is not None:
        for react in _reacting:
            react(book, order)
