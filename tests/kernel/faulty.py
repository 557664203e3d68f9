"""A store that fails on demand, in each of the ways in which a database may."""

from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from canglian.kernel import MemoryStore
from canglian.kernel.records import CommandLine
from canglian.kernel.store import Change, Exhausted, Locked, Lost, Moved, OutcomeUnknown, Overtaken


class FaultyStore(MemoryStore):
    """``faults`` is what the next commits do, in order; then they work.

    ``lost``, ``exhausted``, ``moved`` and ``overtaken`` commit nothing; ``unknown`` says so and commits nothing,
    ``unknown-landed`` says so and commits; ``refused`` is a row that the tables do not take. ``away`` counts reads
    that fail. ``locks_away`` counts locks that fail.
    """

    def __init__(self) -> None:
        super().__init__()
        self.faults: deque[str] = deque()
        self.away = 0
        self.locks_away = 0
        self.commits = 0
        self.before_commit: Callable[[], None] | None = None
        self.after_known: Callable[[], None] | None = None

    def write(self, change: Change) -> None:
        if self.before_commit is not None:
            self.before_commit, hook = None, self.before_commit
            hook()
        fault = self.faults.popleft() if self.faults else ""
        if fault in ("", "unknown-landed"):
            self.commits += 1
            super().write(change)
        if fault:
            raise {
                "lost": Lost("gone"),
                "exhausted": Exhausted("disk full"),
                "moved": Moved(),
                "overtaken": Overtaken(),
                "refused": RuntimeError("a row that no table takes"),
            }.get(fault, OutcomeUnknown("gone at commit"))

    async def state(self, book: int) -> Any:
        self._fail()
        return await super().state(book)

    async def load(self, book: int, entity: Any, keys: list[Any]) -> dict[Any, Any]:
        self._fail()
        return await super().load(book, entity, keys)

    async def known(self, book: int, keys: Iterable[str]) -> dict[str, CommandLine]:
        found = await super().known(book, keys)
        if self.after_known is not None:
            self.after_known, hook = None, self.after_known
            hook()
        return found

    @asynccontextmanager
    async def lock(self, book: int) -> AsyncGenerator[Locked]:
        if self.locks_away:
            self.locks_away -= 1
            raise Lost("gone")
        async with super().lock(book) as held:
            yield held

    def _fail(self) -> None:
        if self.away:
            self.away -= 1
            raise Lost("gone")
