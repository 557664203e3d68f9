"""PostgreSQL is killed under load and started again: nothing acknowledged is lost or doubled, the engine recovers."""

import asyncio
import os
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from canglian import ledger
from canglian.kernel import Busy, Engine, Status, Unavailable
from canglian.kernel.postgres import migrate
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import PostTransfer
from tests.kernel.processes.conftest import check, set_up


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A server of this test's own, to be killed."""
    folder = Path(tempfile.mkdtemp(prefix="canglian-killed-"))
    folder.chmod(0o755)
    running = EmbeddedPostgres(folder)
    running.start()
    yield running
    running.remove()
    shutil.rmtree(folder)


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.places.data / "postmaster.pid").read_text().splitlines()[0])


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGQUIT, signal.SIGINT])
async def test_nothing_acknowledged_is_lost_or_doubled(server: EmbeddedPostgres, way: signal.Signals) -> None:
    await migrate.apply_async(server.url)
    await set_up(server.url)
    store = await PostgresStore.open(server.url)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    asked: dict[str, int] = {}
    done: dict[str, int] = {}
    unavailable = [0]
    enough = asyncio.Event()

    async def client(name: int) -> None:
        number = 0
        while not enough.is_set():
            key = f"{name}-{number}"
            number += 1
            asked[key] = 1 + number % 9
            command = PostTransfer(debit=1, credit=2 + name % 3, amount=asked[key], code="pay", reference=key)
            while True:
                try:
                    outcome = await engine.submit(1, command, actor="t", key=key)
                except (Busy, Unavailable):
                    unavailable[0] += 1
                    await asyncio.sleep(0.05)
                    continue
                if outcome.status is Status.APPLIED and outcome.result is not None:
                    done[key] = outcome.result.id
                    break
                assert isinstance(outcome.error, Unavailable), outcome
                unavailable[0] += 1
                await asyncio.sleep(0.05)

    clients = [asyncio.create_task(client(name)) for name in range(16)]
    chance = random.Random(int(way))
    for _ in range(2):
        await _until(lambda: len(done), len(done) + 150)
        await asyncio.sleep(chance.random() / 10)
        os.kill(postmaster(server), way)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(server.start)
    await _until(lambda: len(done), len(done) + 150)
    enough.set()
    await asyncio.gather(*clients)
    assert unavailable[0] > 0
    stored = await check(server.url, asked, done)
    assert stored.keys() == done.keys() == asked.keys()
    await engine.stop()
    await store.close()


BUSY = "DO $$ BEGIN FOR i IN 1..2000000000 LOOP END LOOP; END $$"


@pytest.mark.parametrize("statement", ["SELECT pg_sleep(600)", BUSY], ids=["waiting", "busy"])
@pytest.mark.parametrize("all_at_once", [False, True], ids=["postmaster", "all"])
async def test_a_killed_server_starts_again_at_once(
    server: EmbeddedPostgres, statement: str, all_at_once: bool
) -> None:
    """Whether its end is not yet complete, or one of its processes has not noticed it."""
    connection = await asyncpg.connect(server.url)
    await connection.execute("CREATE TABLE kept (number integer); INSERT INTO kept VALUES (7)")
    under_way = asyncio.create_task(connection.execute(statement))
    await asyncio.sleep(0.3)
    first = postmaster(server)
    children = [child.pid for child in psutil.Process(first).children()]
    for number in (first, *(children if all_at_once else ())):
        os.kill(number, signal.SIGKILL)
    await asyncio.to_thread(server.start)
    assert postmaster(server) != first
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await under_way
    again = await asyncpg.connect(server.url)
    assert await again.fetchval("SELECT number FROM kept") == 7
    await again.close()


async def _until(count: object, most: int) -> None:
    for _ in range(2000):
        if count() >= most:  # pyright: ignore[reportCallIssue]
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the engine did not recover")


async def test_a_full_disk_is_a_clear_error_and_passes(server: EmbeddedPostgres) -> None:
    """The table of transfers lies on a disk of its own that is full for a while."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
