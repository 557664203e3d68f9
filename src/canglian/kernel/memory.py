"""A book in memory: the same behaviour as PostgreSQL, for tests, replays and simulations."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from canglian.kernel.entity import Entity
from canglian.kernel.errors import NotFound
from canglian.kernel.records import Batch, BookState, CommandLine
from canglian.kernel.store import Change, Moved, Repeated


class MemoryStore:
    """Keeps every row in dictionaries; a commit is one assignment away from being seen."""

    def __init__(self) -> None:
        self.states: dict[int, BookState] = {}
        self.rows: dict[int, defaultdict[type[Entity], dict[Any, Any]]] = {}
        self.keys: dict[int, dict[str, CommandLine]] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def found(self, state: BookState) -> None:
        if state.book not in self.states:
            self.states[state.book] = state
            self.rows[state.book] = defaultdict(dict)
            self.keys[state.book] = {}

    async def state(self, book: int) -> BookState:
        if book not in self.states:
            raise NotFound("book.not_found", book=book)
        return self.states[book]

    async def load(self, book: int, entity: type[Entity], keys: list[Any]) -> dict[Any, Any]:
        table = self.rows[book][entity]
        return {key: table[key] for key in keys if key in table}

    async def find(self, book: int, entity: type[Entity], index: str, keys: list[Any]) -> dict[Any, list[Any]]:
        key_of = entity.__index_of__[index]
        wanted: dict[Any, list[Any]] = {key: [] for key in keys}
        for row in self.rows[book][entity].values():
            if (key := key_of(row)) in wanted:
                wanted[key].append(row)
        return wanted

    async def known(self, book: int, keys: Iterable[str]) -> dict[str, CommandLine]:
        table = self.keys[book]
        return {key: table[key] for key in keys if key in table}

    async def batch(self, book: int, number: int) -> Batch | None:
        return self.rows[book][Batch].get(number)

    async def commit(self, change: Change) -> None:
        async with self._locks[change.before.book]:
            self.write(change)

    @asynccontextmanager
    async def lock(self, book: int) -> AsyncGenerator["_Held"]:
        async with self._locks[book]:
            yield _Held(self, await self.state(book))

    def write(self, change: Change) -> None:
        """Take a batch in, whole or not at all; Moved if the book is not where the batch begins."""
        book = change.before.book
        if self.states[book].hash != change.before.hash:
            raise Moved
        rows = self.rows[book]
        self._check(book, change)
        for kind, written in (*change.new.items(), *change.changed.items()):
            rows[kind].update((kind.__id__(thing), thing) for thing in written.things)
        for line in change.new[CommandLine].things:
            if line.key is not None:
                self.keys[book][line.key] = line
        self.states[book] = change.after

    def _check(self, book: int, change: Change) -> None:
        """What the keys of a table refuse: a new row whose id is taken, a changed one that is not there."""
        for kind, written in change.new.items():
            table = self.rows[book][kind]
            if any(kind.__id__(thing) in table for thing in written.things):
                raise RuntimeError(f"{kind.__table__}: a new row has the id of another")
        for kind, written in change.changed.items():
            table = self.rows[book][kind]
            if any(kind.__id__(thing) not in table for thing in written.things):
                raise RuntimeError(f"{kind.__table__}: a changed row is not there")
        if any(line.key in self.keys[book] for line in change.new[CommandLine].things if line.key is not None):
            raise Repeated


class _Held:
    def __init__(self, store: MemoryStore, state: BookState) -> None:
        self.state = state
        self._store = store

    async def commit(self, change: Change) -> None:
        self._store.write(change)
