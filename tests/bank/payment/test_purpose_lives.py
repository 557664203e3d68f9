"""Random lives of contracts, grants, holds and prepaid cards: each fen is where it is said to be at every commit."""

import random
from typing import Any

import pytest

from canglian.bank.approval import Book
from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from tests.bank.payment.market import Market
from tests.bank.payment.purpose_life import Life
from tests.lives import seeds

STEPS = 250


class Stored(Market):
    """A market on a database, with the book that an installation has."""

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5, 6, 7, 8]))
async def test_money_is_conserved_at_every_commit(seed: int) -> None:
    branch = Market()
    await branch.open()
    life = Life(branch, random.Random(seed))
    await life.begin()
    happened = 0
    for _ in range(STEPS):
        happened += await life.step()
        await branch.require_conserved()
    await branch.engine.stop()
    assert happened > STEPS // 8


@pytest.mark.parametrize("cache", [500_000, 2])
async def test_a_life_replays_from_its_log(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    branch: Any = Stored(store)
    branch.engine._limits["cache_max"] = cache
    await branch.open()
    life = Life(branch, random.Random(11))
    await life.begin()
    happened = sum([await life.step() for _ in range(120)])
    await branch.engine.stop()
    assert happened > 15
    assert (await verify(Reader(store.pool), 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    for table in ("purpose_template", "purpose_contract", "purpose_grant", "purpose_movement", "prepaid_offer"):
        assert replayed.rows[table] > 0, table
