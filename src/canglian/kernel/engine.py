"""The book engine: everything that changes, changes through it.

    engine = Engine(store, Book)
    outcome = await engine.submit(1, PostTransfer(...), actor="key:shop", key="order-88")
    transfer = outcome.unwrap()

An outcome is returned only after the commit that made it true.
"""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from canglian.kernel.audit import GENESIS
from canglian.kernel.book import Book
from canglian.kernel.command import Command, Outcome, Status
from canglian.kernel.deciding import Ticket
from canglian.kernel.entity import E, Record
from canglian.kernel.errors import Busy, CanglianError
from canglian.kernel.known import checked_key
from canglian.kernel.lane import Lane, unavailable
from canglian.kernel.records import AUDITED, BookState
from canglian.kernel.store import Lost, Store
from canglian.kernel.values import utc_now

R = TypeVar("R")


class Engine:
    """All books of this process, each with a lane of its own."""

    def __init__(
        self,
        store: Store,
        book_type: type[Book] = Book,
        *,
        audited: tuple[type[Record], ...] = (),
        clock: Callable[[], datetime] = utc_now,
        batch_max: int = 8192,
        queue_max: int = 20_000,
        cache_max: int = 500_000,
    ) -> None:
        self.store = store
        self._book_type = book_type
        self._audited = (*AUDITED, *audited)
        self.clock = clock
        self._limits = {"batch_max": batch_max, "queue_max": queue_max, "cache_max": cache_max}
        self._lanes: dict[int, Lane] = {}
        self._opening: dict[int, asyncio.Lock] = {}
        self._stopping = False

    async def found(self, book: int, today: date, seed: bytes | None = None) -> None:
        """Give a book its row, unless it has one. ``seed`` defaults to a hash of the book's number."""
        seed = seed or hashlib.sha256(b"canglian book %d" % book).digest()
        try:
            await self.store.found(BookState(book, 0, 0, 0, today, seed, GENESIS, {}))
        except Lost as lost:
            raise unavailable(lost) from None

    async def submit(
        self,
        book: int,
        command: Command[R],
        *,
        actor: str,
        key: str | None = None,
        scope: str | None = None,
        dry_run: bool = False,
        request_id: str | None = None,
        role: str | None = None,
    ) -> Outcome[R]:
        """Ask a book for something and wait until it is committed.

        What a field's own check refuses is refused here, and stands in no log.

        ``key`` makes it happen once: within ``scope`` (the sender, by default the actor) the same key and command
        answer the first outcome again; the same key with another command is the Conflict
        ``idempotency.key_reused``, unless the first was refused: then it is free for a corrected one. ``dry_run``
        decides and throws the effects away. ``role`` is what the sender is in this book, which may refuse it the
        command (``Book.admit``); the system itself has none. Raises Busy when the line is full, Unavailable when the
        database is away, NotFound ``book.not_found``.
        """
        try:
            command.check()
        except CanglianError as refused:
            return Outcome(Status.REJECTED, 0, None, refused)
        lane = self._lanes.get(book) or await self._open(book)
        stored = None if key is None else checked_key(key, scope or actor)
        return await lane.submit(Ticket(command, actor, stored, dry_run, request_id, role))

    async def execute(self, book: int, command: Command[R], *, actor: str, key: str | None = None) -> R:
        """The result of ``submit``, or its error raised."""
        return (await self.submit(book, command, actor=actor, key=key)).unwrap()

    def known(self, book: int, entity: type[E], key: Any) -> E | None:
        """An entity as this process has it in memory, or None: for what of it never changes."""
        lane = self._lanes.get(book)
        return None if lane is None else lane.known(entity, key)

    def has_answered(self, book: int, key: str, scope: str) -> bool:
        """Whether this process has answered a sender's command with this key lately: it is answered alike again."""
        lane = self._lanes.get(book)
        return lane is not None and lane.has_answered(checked_key(key, scope))

    async def stop(self) -> None:
        """Finish every batch in hand and every queued command, then take no more."""
        self._stopping = True
        await asyncio.gather(*(lane.stop() for lane in self._lanes.values()))
        self._lanes.clear()

    async def _open(self, book: int) -> Lane:
        """The lane of a book: whoever comes first looks whether there is such a book, the others wait for that."""
        async with self._opening.setdefault(book, asyncio.Lock()):
            if book not in self._lanes:
                try:
                    await self.store.state(book)
                except Lost as lost:
                    raise unavailable(lost) from None
                finally:
                    self._opening.pop(book, None)
                if self._stopping:
                    raise Busy("engine.stopping", retry_after=2)
                self._lanes[book] = Lane(self.store, book, self._book_type, self._audited, self.clock, **self._limits)
        return self._lanes[book]
