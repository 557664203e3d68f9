"""What rooms above take off an order where its payer has shown a code for it: they say so at import.

    pays_with(Coupons())

The payer chooses nothing there, so the room chooses: what takes most off, in the order of paying.
"""

from collections.abc import Sequence
from typing import Protocol

from canglian.bank.payment.model import Merchant, PaymentOrder, SourceUse
from canglian.kernel.book import FindKey
from canglian.kernel.command import Read
from canglian.ledger.book import Book


class OfPayers(Protocol):
    """What a room has of payers, by their wallets."""

    def finds(self, wallets: Sequence[str]) -> list[FindKey]:
        """By which look-ups it is found."""
        ...

    def reads(self, book: Book, wallets: Sequence[str], order: PaymentOrder | None) -> list[Read]:
        """What choosing reads, as far as what is loaded says; no order where it is about to be opened."""
        ...

    def known(self, book: Book, wallets: Sequence[str]) -> list[SourceUse]:
        """All that might be chosen, as far as it is loaded."""
        ...

    def uses(self, book: Book, order: PaymentOrder, merchant: Merchant, wallets: Sequence[str]) -> list[SourceUse]:
        """What takes most off an order."""
        ...


_rooms: list[OfPayers] = []


def pays_with(room: OfPayers) -> None:
    """Have this taken off whatever is paid by a code."""
    _rooms.append(room)


def finds_of(wallets: Sequence[str]) -> list[FindKey]:
    """By which look-ups all of it is found."""
    return [find for room in _rooms for find in room.finds(wallets)]


def reads_of(book: Book, wallets: Sequence[str], order: PaymentOrder | None) -> list[Read]:
    """What choosing reads, as far as what is loaded says."""
    return [read for room in _rooms for read in room.reads(book, wallets, order)]


def known_of(book: Book, wallets: Sequence[str]) -> list[SourceUse]:
    """All that might be chosen, as far as it is loaded."""
    return [use for room in _rooms for use in room.known(book, wallets)]


def taken_off(book: Book, order: PaymentOrder, merchant: Merchant, wallets: Sequence[str]) -> tuple[SourceUse, ...]:
    """What takes most off an order of the payers of some wallets."""
    return tuple(use for room in _rooms for use in room.uses(book, order, merchant, wallets))
