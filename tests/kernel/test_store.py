"""What both stores promise the engine, asked directly; and that PostgreSQL answers as memory does."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from canglian.kernel import Command, Engine, MemoryStore, NotFound, audit
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.records import BookState, CommandLine, Event
from canglian.kernel.store import Change, Moved
from tests.kernel.toy import Box, CountOwned, Draw, Fill, Give, MakeBox

TODAY = date(2026, 1, 5)


class Recording:
    """Keeps the changes that an engine commits."""

    def __init__(self, store: MemoryStore | PostgresStore) -> None:
        self.changes: list[Change] = []
        commit = store.commit

        async def kept(change: Change) -> None:
            self.changes.append(change)
            await commit(change)

        store.commit = kept  # pyright: ignore[reportAttributeAccessIssue]
        self.commit = commit


async def test_a_change_built_on_another_batch_of_the_same_number_is_refused(
    store: MemoryStore | PostgresStore,
) -> None:
    recording = Recording(store)
    engine = Engine(store)
    await engine.found(1, TODAY)
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await engine.execute(1, MakeBox(name="b"), actor="x")
    await engine.stop()
    (last,) = recording.changes[1:]
    state = await store.state(1)
    after = msgspec.structs.replace(last.after, sequence=3, commands=3, hash=b"3" * 32)
    foreign = msgspec.structs.replace(last, before=msgspec.structs.replace(state, hash=b"f" * 32), after=after)
    with pytest.raises(Moved):
        await recording.commit(foreign)
    assert await store.state(1) == state


async def test_leaving_a_lock_without_a_commit_changes_nothing(store: MemoryStore | PostgresStore) -> None:
    state = BookState(1, 0, 0, 0, TODAY, b"s", bytes(32), {"box": 7})
    await store.found(state)
    async with store.lock(1) as held:
        assert held.state == state
    assert await store.state(1) == state
    await store.found(BookState(1, 9, 9, 9, TODAY, b"t", bytes(32), {}))
    assert await store.state(1) == state


async def test_locking_an_unknown_book_holds_nothing_back(store: MemoryStore | PostgresStore) -> None:
    await store.found(BookState(1, 0, 0, 0, TODAY, b"s", bytes(32), {}))
    for _ in range(12):  # more than there are connections
        with pytest.raises(NotFound):
            async with store.lock(99):
                pass
    async with store.lock(1) as held:
        assert held.state.book == 1


async def test_books_do_not_see_each_other(store: MemoryStore | PostgresStore) -> None:
    engine = Engine(store)
    for book in (1, 2):
        await engine.found(book, TODAY)
        await engine.execute(book, MakeBox(name="a", holds=book), actor="x", key="k")
    assert [(await store.load(book, Box, ["a"]))["a"].holds for book in (1, 2)] == [1, 2]
    assert [len((await store.find(book, Box, "owner", ["ann"]))["ann"]) for book in (1, 2)] == [1, 1]
    assert (await store.known(2, ["x/k", "x/q"])).keys() == {"x/k"}
    assert (await store.batch(2, 1)) is not None
    assert (await store.batch(2, 2)) is None
    await engine.stop()


async def test_every_link_of_the_chain_follows_from_the_stored_rows(store: MemoryStore | PostgresStore) -> None:
    engine = Engine(store)
    await engine.found(1, TODAY)
    for number in range(5):
        await engine.submit(1, MakeBox(name=f"b{number % 4}"), actor="x", key=f"k{number}", request_id="r")
    await engine.stop()
    state = await store.state(1)
    previous = audit.GENESIS
    for number in range(1, state.sequence + 1):
        batch = await store.batch(1, number)
        assert batch is not None
        commands = await store.load(1, CommandLine, list(range(batch.first_command, batch.last_command + 1)))
        events = await store.load(1, Event, list(range(1, state.events + 1)))
        lines = [commands[n] for n in sorted(commands)]
        emitted = [events[n] for n in sorted(events) if events[n].command in commands]
        rows = [encode(kind, 1, things) for kind, things in ((CommandLine, lines), (Event, emitted)) if things]
        assert audit.link(previous, batch.replace(hash=b""), rows) == batch.hash
        previous = batch.hash
    assert previous == state.hash


@pytest.mark.parametrize("seed", range(8))
async def test_memory_and_postgres_decide_alike(toy_database: str, seed: int) -> None:
    """The same random commands, batch by batch, give the same outcomes, rows and hashes."""
    chance = random.Random(seed)
    now = [0]

    def clock() -> datetime:
        return datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=now[0])

    postgres = await PostgresStore.open(toy_database)
    engines = [Engine(store, clock=clock, cache_max=6) for store in (MemoryStore(), postgres)]
    for engine in engines:
        await engine.found(1, TODAY, seed=b"one")
    for step in range(40):
        now[0] = step
        command = _random_command(chance)
        key = chance.choice([None, f"k{chance.randrange(8)}"])
        dry_run = chance.random() < 0.2
        first, other = [await engine.submit(1, command, actor="x", key=key, dry_run=dry_run) for engine in engines]
        assert (first.status, first.command, first.result, first.replayed) == (
            other.status, other.command, other.result, other.replayed,
        )  # fmt: skip
        assert (first.error and (first.error.code, first.error.fields)) == (
            other.error and (other.error.code, other.error.fields)
        )
    states = [await engine.store.state(1) for engine in engines]
    assert states[0] == states[1]
    names = [f"b{number}" for number in range(8)]
    boxes = [await engine.store.load(1, Box, names) for engine in engines]
    assert boxes[0] == boxes[1]
    assert boxes[0]
    for engine in engines:
        await engine.stop()
    await postgres.close()


def _random_command(chance: random.Random) -> Command[Any]:
    name, owner = f"b{chance.randrange(8)}", chance.choice(["ann", "bob"])
    return chance.choice(
        [
            MakeBox(name=name, owner=owner, holds=chance.randrange(60)),
            MakeBox(owner=owner),
            Fill(box=name, amount=chance.randrange(60)),
            Give(box=name, to=owner),
            CountOwned(owner=owner),
            Draw(),
        ]
    )


async def test_a_created_thing_is_there_for_every_reader_at_once(toy_database: str) -> None:
    store = await PostgresStore.open(toy_database)
    engine = Engine(store)
    await engine.found(1, TODAY)
    reader = await asyncpg.connect(toy_database)
    for number in range(30):
        await engine.execute(1, MakeBox(name=f"b{number}"), actor="x")
        assert await reader.fetchval("SELECT holds FROM box WHERE book = 1 AND id = $1", f"b{number}") == 0
    await reader.close()
    await engine.stop()
    await store.close()
