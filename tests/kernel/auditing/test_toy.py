"""Chance, new ids, failures, dry runs, several engines: whatever the engine can log, a replay decides alike."""

import asyncio
import random
from datetime import date

from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.book import Book
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from tests.kernel.toy import Break, Chain, CountOwned, Draw, Fill, Give, Heavy, MakeBox


async def _work(engine: Engine, chance: random.Random) -> None:
    """Two hundred commands of every kind, some of them refused, broken, repeated or only tried."""
    made = [f"{chance.choice('abcdef')}{chance.randrange(9)}" for _ in range(30)]
    waiting = []
    for number in range(200):
        box, other = chance.choice(made), chance.choice(made)
        command = chance.choice(
            [
                MakeBox(name=box, owner=chance.choice(["ann", "bob"])),
                MakeBox(),
                Fill(box=box, amount=chance.randrange(40)),
                Give(box=box, to=chance.choice(["ann", "bob"])),
                CountOwned(owner="ann"),
                Chain(boxes=[box, other]),
                Draw(),
                Break(box=box),
                Heavy(box=box, times=50),
            ]
        )
        key = f"k{number % 60}" if chance.random() < 0.3 else None
        waiting.append(engine.submit(1, command, actor="t", key=key, dry_run=chance.random() < 0.1))
        if chance.random() < 0.2:
            await asyncio.gather(*waiting, return_exceptions=True)
            waiting.clear()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_two_engines_and_a_small_cache_leave_a_book_that_verifies_and_replays(toy_database: str) -> None:
    stores = [await PostgresStore.open(toy_database) for _ in range(2)]
    engines = [Engine(store, batch_max=60, cache_max=5) for store in stores]
    await engines[0].found(1, date(2026, 1, 5))
    await asyncio.gather(*(_work(engine, random.Random(seed)) for seed, engine in enumerate(engines)))
    for engine in engines:
        await engine.stop()
    state = await stores[0].state(1)
    verified = await verify(Reader(stores[0].pool), 1)
    assert verified.broken is None
    assert verified.commands == state.commands > 200
    replayed = await replay(stores[0], 1, Book)
    assert replayed.differences == []
    failed = replayed.commands - replayed.applied - replayed.rejected
    assert replayed.applied > 50
    assert replayed.rejected > 10
    assert failed > 3
    for store in stores:
        await store.close()
