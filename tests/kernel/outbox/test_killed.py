"""A dispatcher that is killed between sending and recording: the next one goes on, nothing lacks, the order holds."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.book import Book
from canglian.kernel.outbox import add_receiver
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from tests.kernel.outbox.conftest import KEYRING, Ear, Heard
from tests.kernel.toy import MakeBox

ROOT = Path(__file__).parents[3]
EVENTS = 60


@asynccontextmanager
async def sender(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kernel.outbox.sender", url, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_killed_dispatcher_loses_nothing_and_repeats_only_under_the_same_id(
    toy_database: str, ear: Ear
) -> None:
    store = await PostgresStore.open(toy_database)
    engine = Engine(store)
    await engine.found(1, date(2026, 1, 5))
    await add_receiver(engine, KEYRING, 1, actor="user:ann", name="shop", url=ear.url)
    for number in range(EVENTS):
        await engine.execute(1, MakeBox(holds=number), actor="t")

    kill_at = iter((20, 45))
    due = next(kill_at)
    running: list[asyncio.subprocess.Process] = []

    async def answer(heard: Heard) -> int:
        nonlocal due
        if heard.number == due:
            due = next(kill_at, 0)
            running[-1].kill()  # the message has come, its answer will not
        return 204

    ear.answer = answer
    for _ in range(3):
        async with sender(toy_database) as process:
            running.append(process)
            while process.returncode is None and (not ear.heard or ear.heard[-1].number < EVENTS + 1):
                await asyncio.sleep(0.02)
            if process.returncode is None:
                await asyncio.sleep(0.5)  # until the last run is recorded

    numbers = ear.numbers
    assert sorted(set(numbers)) == list(range(2, EVENTS + 2))
    first_of_each = list(dict.fromkeys(numbers))
    assert first_of_each == sorted(first_of_each)
    assert len(numbers) > EVENTS, "the two kills must have caused repetitions"
    ids = {heard.number: heard.id for heard in ear.heard}
    assert all(heard.id == ids[heard.number] for heard in ear.heard)
    await engine.stop()
    assert (await verify(Reader(store.pool), 1)).broken is None
    assert (await replay(store, 1, Book)).differences == []
    await store.close()
