"""Whom this room takes for a payee that may sell: the room above that keeps merchants says so."""

from collections.abc import Callable

from canglian.ledger.book import Book

_ASKED: list[Callable[[Book, str], object]] = []


def on_payee(ask: Callable[[Book, str], object]) -> None:
    """Have ``ask`` look at a payee that is named; it rejects what is none, or takes no payments."""
    _ASKED.append(ask)


def require_payee(book: Book, payee: str) -> None:
    """Rejects what the rooms above do for a payee that they do not know, or that takes no payments."""
    for ask in _ASKED:
        ask(book, payee)
