"""The embedded server: shut to strangers, durable, gentle to folders that are not its own, and nobody's orphan."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from canglian.kernel.errors import Unavailable
from canglian.kernel.postgres.embedded import EmbeddedPostgres

USER = """
import sys
import time
from pathlib import Path
from canglian.kernel.postgres.embedded import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1])).start()
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "data")
    yield server
    server.remove()


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.places.data / "postmaster.pid").read_text().splitlines()[0])


async def test_a_folder_that_was_moved_starts_where_it_is_now(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder / "first"), EmbeddedPostgres(folder / "second")
    connection = await asyncpg.connect(first.start())
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    await connection.close()
    first.stop()
    (folder / "first").rename(folder / "second")
    connection = await asyncpg.connect(second.start())
    found = await connection.fetchval("SELECT value FROM kept")
    await connection.close()
    second.remove()
    assert found == 7


async def test_it_is_durable_and_shut_to_strangers(embedded: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(embedded.start())
    settings = {
        name: await connection.fetchval(f"SHOW {name}")
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses")
    }
    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
    }
    rules = await connection.fetch("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert [rule[0] for rule in rules] == ["scram-sha-256"]
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(embedded.url.replace(embedded.places.password.read_text().strip(), "guessed"))
    for place, mode in (
        (embedded.places.home, 0o700),
        (embedded.places.sockets, 0o700),
        (embedded.places.data, 0o700),
        (embedded.places.password, 0o600),
    ):
        assert stat.S_IMODE(place.stat().st_mode) == mode, place


def test_no_folder_that_is_not_its_own_changes_its_mode_or_owner(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    seen = [*private.parents, private]
    before = [(place, place.stat().st_mode, place.stat().st_uid) for place in seen]
    server = EmbeddedPostgres(private / "data")
    try:
        server.start()
        assert [(place, place.stat().st_mode, place.stat().st_uid) for place in seen] == before
        assert psutil.Process(postmaster(server)).uids().effective != 0
    finally:
        server.remove()


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_two_users_share_it_and_the_last_one_stops_it(embedded: EmbeddedPostgres, tmp_path: Path) -> None:
    other = EmbeddedPostgres(tmp_path / "data")
    assert embedded.start() == other.start()
    first = postmaster(embedded)
    embedded.stop()
    connection = await asyncpg.connect(other.url)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
    assert postmaster(other) == first
    server = psutil.Process(first)
    other.stop()
    assert not other.is_running()
    while not is_gone(server):  # its files go before it does
        await asyncio.sleep(0.01)


async def test_it_ends_with_a_user_that_was_killed_and_keeps_what_was_written(
    embedded: EmbeddedPostgres, tmp_path: Path
) -> None:
    user = subprocess.Popen([sys.executable, "-c", USER, str(tmp_path / "data")], stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    try:
        assert user.stdout.readline() == "started\n"
        connection = await asyncpg.connect(embedded.url)
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        await connection.close()
        server = psutil.Process(postmaster(embedded))
        user.send_signal(signal.SIGKILL)
        user.wait()
        server.wait(timeout=120)
    finally:
        user.kill()
        user.wait()
        user.stdout.close()
    connection = await asyncpg.connect(embedded.start())
    assert await connection.fetchval("SELECT seven FROM kept") == 7
    await connection.close()


def test_data_of_another_version_is_left_alone(embedded: EmbeddedPostgres) -> None:
    embedded.start()
    embedded.stop()
    version = embedded.places.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(Unavailable, match=r"database\.other_version"):
        embedded.start()
    assert version.read_text() == "17\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reaches every folder; it has a place of its own")
def test_without_root_it_lives_in_the_data_folder(embedded: EmbeddedPostgres, tmp_path: Path) -> None:
    assert embedded.places.home == tmp_path / "data" / "postgres"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user and another place")
def test_root_has_a_place_that_the_unprivileged_user_reaches(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    server = EmbeddedPostgres(shut)
    assert server.places.home.parent == Path("/var/lib/canglian")
    assert (shut / "postgres.place").read_text().strip() == str(server.places.home)
    assert server.places.user is not None


def test_a_socket_path_is_never_too_long(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90)
    server = EmbeddedPostgres(deep)
    assert len(str(server.places.sockets / ".s.PGSQL.5432")) < 107
