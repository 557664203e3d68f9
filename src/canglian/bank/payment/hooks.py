"""What rooms above do in the commit in which a payment is captured or refunded: they say so at import.

    on_captured(earn_points)
    on_refunded(take_points_back)

``pay`` and each part that is taken of an authorised payment capture; a quote captures and refunds too, and is undone.
What a room rejects there refuses the whole payment or refund. A room that reads much has it loaded by ``book.require``
before it changes anything.
"""

from collections.abc import Callable

import msgspec

from canglian.bank.payment.model import Merchant, Payment, PaymentLine, PaymentOrder, Refund
from canglian.ledger.book import Book


class Captured(msgspec.Struct, frozen=True):
    """A payment of which something was taken just now: what is as it is after that, the lines in the order of paying.

    ``taken`` is what of each line was taken now, in fen.
    """

    payment: Payment
    order: PaymentOrder
    merchant: Merchant
    lines: tuple[PaymentLine, ...]
    taken: tuple[int, ...]


class Refunded(msgspec.Struct, frozen=True):
    """A payment of which something was given back just now, with all its lines as they are after that."""

    payment: Payment
    merchant: Merchant
    refund: Refund
    lines: tuple[PaymentLine, ...]


ReactToCapture = Callable[[Book, Captured], None]
ReactToRefund = Callable[[Book, Refunded], None]

_capturing: list[ReactToCapture] = []
_refunding: list[ReactToRefund] = []


def on_captured(react: ReactToCapture) -> None:
    """Have this done whenever something of a payment is taken."""
    _capturing.append(react)


def on_refunded(react: ReactToRefund) -> None:
    """Have this done whenever something of a payment is given back."""
    _refunding.append(react)


def captured(book: Book, what: Captured) -> None:
    """Do what the rooms have said."""
    for react in _capturing:
        react(book, what)


def refunded(book: Book, what: Refunded) -> None:
    """Do what the rooms have said."""
    for react in _refunding:
        react(book, what)
