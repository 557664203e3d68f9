"""What else happens in the commit in which a merchant is closed: other rooms say so at import.

    on_close(release_custody)

What a room keeps for a merchant's customers goes back to them there, so that no moment lies between.
"""

from collections.abc import Callable

from canglian.bank.payment.model import Merchant
from canglian.ledger.book import Book

React = Callable[[Book, Merchant], None]

_reacting: list[React] = []


def on_close(react: React) -> None:
    """Have this done whenever a merchant is closed."""
    _reacting.append(react)


def closed(book: Book, merchant: Merchant) -> None:
    """Do what the rooms have said; ``merchant`` is closed already."""
    for react in _reacting:
        react(book, merchant)
