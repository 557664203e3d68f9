"""Several processes on one book: in order, exactly once, and none of them waits for a dead one."""

import asyncio
import time
from collections.abc import Callable

from canglian import ledger
from canglian.kernel import Engine
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import PostTransfer
from tests.kernel.processes.conftest import Worker, check

COUNT = 240


def reported(workers: list[Worker]) -> tuple[dict[str, int], dict[str, int]]:
    asked = {key: int(amount) for worker in workers for key, amount in worker.lines("ask")}
    done = {key: int(transfer) for worker in workers for key, transfer in worker.lines("done")}
    return asked, done


async def test_three_processes_post_to_one_book_exactly_once(bank: str, start: Callable[..., Worker]) -> None:
    workers = [start(bank, "post", name, str(COUNT)) for name in "abc"]
    for worker in workers:
        await asyncio.to_thread(worker.wait)
    asked, done = reported(workers)
    assert len(done) == 3 * COUNT
    assert await check(bank, asked, done) == asked


async def test_the_same_keys_sent_to_three_processes_count_once(bank: str, start: Callable[..., Worker]) -> None:
    workers = [start(bank, "post", "same", "120") for _ in range(3)]
    for worker in workers:
        await asyncio.to_thread(worker.wait)
    for worker in workers[1:]:
        assert sorted(worker.lines("done")) == sorted(workers[0].lines("done"))
    asked, done = reported(workers)
    assert await check(bank, asked, done) == asked


async def test_a_killed_process_that_holds_the_row_blocks_nobody(bank: str, start: Callable[..., Worker]) -> None:
    holder = start(bank, "hold")
    while not holder.lines("holding"):
        await asyncio.sleep(0.02)
    store = await PostgresStore.open(bank)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    waiting = asyncio.create_task(engine.submit(1, PostTransfer(debit=1, credit=2, amount=5, code="pay"), actor="t"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    began = time.monotonic()
    holder.kill()
    assert (await waiting).unwrap().id == 1
    assert time.monotonic() - began < 2
    await engine.stop()
    await store.close()


async def test_a_process_that_hangs_with_the_row_loses_it(bank: str, start: Callable[..., Worker]) -> None:
    holder = start(bank, "hold")
    while not holder.lines("holding"):
        await asyncio.sleep(0.02)
    store = await PostgresStore.open(bank)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    began = time.monotonic()
    moved = await engine.submit(1, PostTransfer(debit=1, credit=2, amount=5, code="pay"), actor="t")
    assert moved.unwrap().id == 1
    assert time.monotonic() - began < 15
    await engine.stop()
    await store.close()


async def test_processes_killed_at_work_lose_and_double_nothing(bank: str, start: Callable[..., Worker]) -> None:
    workers: list[Worker] = []
    survivor = start(bank, "post", "survivor", "300")
    for round_ in range(3):
        victim = start(bank, "endless", f"victim{round_}")
        workers.append(victim)
        while len(victim.lines("done")) < 60:
            await asyncio.sleep(0.02)
        victim.kill()
    await asyncio.to_thread(survivor.wait)
    asked, done = reported([survivor, *workers])
    stored = await check(bank, asked, done)
    assert sum(key.startswith("survivor") for key in stored) == 300
