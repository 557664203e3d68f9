"""Figures by version: what counts is never changed; a change is a new version, in force from a business date on.

In force on a day is the version with the latest effective date that has come, the later version where two have the
same. A book that has none yet begins with the first ones, written into it so that they can be seen and dated.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from canglian.kernel.book import Book, FindKey
from canglian.kernel.entity import Entity


class Dated(Protocol):
    """A version: it has a date, and a number where two may have the same date."""

    @property
    def effective_from(self) -> date: ...


D = TypeVar("D", bound=Dated)
E = TypeVar("E", bound=Entity)


def in_force(versions: Iterable[D], day: date) -> D | None:
    """Of the versions of one thing the one that is in force on a day; None before the first."""
    return max((version for version in versions if version.effective_from <= day), key=_age, default=None)


def next_version(versions: Iterable[Any]) -> int:
    """The number of the version after these."""
    return max((version.version for version in versions), default=0) + 1


def effective_date(book: Book, kind: type[Entity], asked: date | None, **more: str) -> date:
    """From when a new version is in force: the date asked for, or the business date.

    Rejects ``<table>.effective_past`` for a date that is over.
    """
    if asked is not None and asked < book.today:
        book.reject(
            f"{kind.__noun__}.effective_past", today=book.today.isoformat(), effective_from=asked.isoformat(), **more
        )
    return asked or book.today


def refuse_past(book: Book, kind: type[Entity], effective_from: date) -> None:
    """Refuse a version whose date is over. Rejects ``<table>.in_past``."""
    if effective_from < book.today:
        day, today = effective_from.isoformat(), book.today.isoformat()
        book.reject(f"{kind.__noun__}.in_past", effective_from=day, today=today, field="effective_from")


class Versioned(Generic[E]):
    """The versions of one kind, found by an index, with those that a book begins with."""

    def __init__(self, kind: type[E], index: str, first: Callable[[Book, str], Iterable[E]]) -> None:
        self.kind = kind
        self._index = index
        self._first = first

    def search(self, key: str) -> FindKey:
        """What a decision looks up for the versions of one thing, to have it loaded with others (``Book.require``)."""
        return self.kind, self._index, key

    def of(self, book: Book, key: str) -> list[E]:
        """All versions of one thing."""
        return book.find(self.kind, self._index, key) or [book.add(version) for version in self._first(book, key)]

    def on(self, book: Book, key: str, day: date) -> E | None:
        """The version of one thing that is in force on a day."""
        versions: list[Any] = self.of(book, key)
        if len(versions) == 1 and versions[0].effective_from <= day:
            return versions[0]
        return in_force(versions, day)

    def get(self, book: Book, key: str, day: date | None = None) -> E:
        """The version of one thing that is in force on a day, by default the business date.

        Rejects ``<table>.not_found``.
        """
        found = self.on(book, key, day or book.today)
        if found is None:
            noun = self.kind.__noun__
            book.reject(f"{noun}.not_found", **{noun: key})
        return found

    def add(self, book: Book, key: str, effective_from: date, figures: dict[str, Any]) -> E:
        """Add a version that is known by its date alone.

        Rejects ``<table>.in_past`` and ``<table>.exists``; emits ``<table>.added``.
        """
        noun, day = self.kind.__noun__, effective_from.isoformat()
        refuse_past(book, self.kind, effective_from)
        if book.maybe(self.kind, effective_from) is not None:
            book.reject(f"{noun}.exists", **{noun: day}, field="effective_from")
        self.of(book, key)  # a book that has no figures yet gets those that apply until then
        book.emit(f"{noun}.added", f"{noun}:{day}", effective_from=day)
        return book.add(self.kind(**{**figures, "added_at": book.now, "added_by": book.actor}))


def _age(version: Any) -> tuple[date, int]:
    return version.effective_from, getattr(version, "version", 0)
