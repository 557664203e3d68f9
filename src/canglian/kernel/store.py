"""What a store does for the engine. PostgreSQL and the in-memory store behave alike; one test suite runs on both."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.records import Batch, BookState, CommandLine

SMALL_ROWS = 1024
"""How many rows, new and changed, a batch may have to be a small one."""


class Rows(msgspec.Struct, frozen=True):
    """Some entities of one type, and the same in the binary form of ``kernel.encoding``."""

    things: list[Any]
    encoded: bytes


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
        return sum(len(rows.things) for part in (self.new, self.changed) for rows in part.values()) <= SMALL_ROWS


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
