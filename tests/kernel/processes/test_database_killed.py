"""PostgreSQL is killed under load and started again: nothing acknowledged is lost or doubled, the engine recovers."""

import asyncio
import os
import pwd
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from canglian import ledger
from canglian.app.rooms import packages
from canglian.kernel import Busy, Engine, Outcome, Status, Unavailable
from canglian.kernel.postgres import migrate
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import Line, PostTransfer, PostTransfers
from tests.kernel.processes.conftest import check, check_chain, set_up


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 2 MiB of its own; it is there before the server, and until after it."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    place = folder / "small"
    place.mkdir()
    owner = pwd.getpwnam(EmbeddedPostgres(folder).places.user or "")
    options = f"size=2m,mode=700,uid={owner.pw_uid},gid={owner.pw_gid}"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test's own, to be killed."""
    running = EmbeddedPostgres(folder)
    running.start()
    yield running
    running.remove()


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.places.data / "postmaster.pid").read_text().splitlines()[0])


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGQUIT, signal.SIGINT])
async def test_nothing_acknowledged_is_lost_or_doubled(server: EmbeddedPostgres, way: signal.Signals) -> None:
    await migrate.apply_async(server.url, packages())
    await set_up(server.url)
    store = await PostgresStore.open(server.url)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    asked: dict[str, int] = {}
    done: dict[str, int] = {}
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
                    await asyncio.sleep(0.05)
                    continue
                if outcome.status is Status.APPLIED and outcome.result is not None:
                    done[key] = outcome.result.id
                    break
                assert isinstance(outcome.error, Unavailable), outcome
                await asyncio.sleep(0.05)

    clients = [asyncio.create_task(client(name)) for name in range(16)]
    chance = random.Random(int(way))
    for _ in range(2):
        await _until(lambda: len(done), len(done) + 150)
        await asyncio.sleep(chance.random() / 10)
        before = postmaster(server)
        os.kill(before, way)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(server.start)
        assert postmaster(server) != before
    await _until(lambda: len(done), len(done) + 150)
    enough.set()
    await asyncio.gather(*clients)
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


async def test_a_full_disk_is_a_clear_error_and_passes(small_disk: Path, server: EmbeddedPostgres) -> None:
    """The table of transfers lies on a disk of its own that is full for a while."""
    await migrate.apply_async(server.url, packages())
    await set_up(server.url)
    connection = await asyncpg.connect(server.url)
    await connection.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
    await connection.execute("ALTER TABLE transfer SET TABLESPACE small")
    store = await PostgresStore.open(server.url)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)

    async def post(number: int) -> Outcome[Any]:
        lines = [Line(debit=1, credit=2, amount=1, code="pay", reference=f"{number}-{n}") for n in range(500)]
        return await engine.submit(1, PostTransfers(lines=lines), actor="t", key=f"bulk-{number}")

    async def stored() -> tuple[int, ...]:
        row = await connection.fetchrow(
            "SELECT count(*), (SELECT sequence FROM book WHERE book = 1), (SELECT max(number) FROM command "
            "WHERE book = 1), (SELECT debits FROM balance WHERE book = 1 AND account = 1) FROM transfer"
        )
        return tuple(row)

    done, before, outcome = 0, await stored(), await post(0)
    while outcome.status is Status.APPLIED:
        done, before = done + 1, await stored()
        assert before[::3] == (500 * done, 500 * done)
        assert done < 100, "2 MiB are full by then"
        outcome = await post(done)
    assert done > 0
    assert outcome.status is Status.FAILED
    assert isinstance(outcome.error, Unavailable)
    assert (outcome.error.code, outcome.error.fields) == ("database.exhausted", {"problem": "disk full"})
    assert await stored() == before
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    for number in range(done, done + 3):
        assert (await post(number)).status is Status.APPLIED
    assert (await stored())[::3] == (500 * (done + 3), 500 * (done + 3))
    await engine.stop()
    await store.close()
    await connection.close()
    await check_chain(server.url)
