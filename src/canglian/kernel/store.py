"""What a store does for the engine. PostgreSQL and the in-memory store behave alike; one test suite runs on both."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from itertools import chain
from typing import Any, Protocol

import msgspec

from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.records import Batch, BookState, CommandLine

SMALL_ROWS = 1024
"""How many rows, new and changed, a batch may have to be a small one."""


class Rows:
    """Some entities of one type, and, from when it is asked for, the same in the binary form of ``kernel.encoding``."""

    def __init__(self, kind: type[Entity], book: int, things: list[Any]) -> None:
        self.things = things
        self._kind = kind
        self._book = book

    @cached_property
    def encoded(self) -> bytes:
        """Without COPY's header and trailer."""
        return encode(self._kind, self._book, self.things)


class Change(msgspec.Struct, frozen=True):
    """One batch, ready to be committed: the book's row before and after, its new rows and its changed ones."""

    before: BookState
    after: BookState
    batch: Batch
    new: dict[type[Entity], Rows]
    changed: dict[type[Entity], Rows]

    @property
    def is_small(self) -> bool:
        """Whether a batch is cheaper to write at once than piece by piece."""
        return sum(len(rows.things) for rows in self._rows()) <= SMALL_ROWS

    def encode(self) -> None:
        """Encode all rows now, so that the commit of a large batch has nothing left to do but to send."""
        for rows in self._rows():
            _ = rows.encoded

    def _rows(self) -> Iterable[Rows]:
        return chain(self.new.values(), self.changed.values())


class Moved(Exception):
    """Another process has written to the book since: nothing was committed."""


class Overtaken(Moved):
    """The batch of this process that it builds on did not land."""


class Repeated(Exception):
    """A command with one of the batch's idempotency keys is in the log already: nothing was committed."""


class Lost(Exception):
    """The database went away before the commit was asked for: nothing was committed."""


class Exhausted(Lost):
    """The database is there but cannot: a full disk, no memory, a lock that does not come. Nothing was committed."""


class OutcomeUnknown(Exception):
    """The database went away while it committed: look the batch up by its number."""


class Locked(Protocol):
    """A book whose row this process holds."""

    @property
    def state(self) -> BookState:
        """The row, as locked."""
        ...

    async def commit(self, change: Change) -> None:
        """Write the change and let go of the row."""
        ...


class Store(Protocol):
    """Where books live."""

    async def found(self, state: BookState) -> None:
        """Create the book's row, unless it is there."""
        ...

    async def state(self, book: int) -> BookState:
        """The book's row; NotFound ``book.not_found``."""
        ...

    async def load(self, book: int, entity: type[Entity], keys: list[Any]) -> dict[Any, Any]:
        """The entities with these ids, by id; absent ones are left out."""
        ...

    async def find(self, book: int, entity: type[Entity], index: str, keys: list[Any]) -> dict[Any, list[Any]]:
        """The entities whose declared index has one of these keys, by key."""
        ...

    async def known(self, book: int, keys: Iterable[str]) -> dict[str, CommandLine]:
        """The logged commands with these idempotency keys, by key."""
        ...

    async def batch(self, book: int, number: int) -> Batch | None:
        """A committed batch."""
        ...

    async def commit(self, change: Change) -> None:
        """Write a batch if the book is still at ``change.before``; raise Moved, Repeated, Lost or OutcomeUnknown.

        It may be called while the batch before it is on its way: rows are sent ahead, and the commit waits for it.
        """
        ...

    def lock(self, book: int) -> AbstractAsyncContextManager[Locked]:
        """Hold the book's row while deciding; leaving without a commit changes nothing."""
        ...
