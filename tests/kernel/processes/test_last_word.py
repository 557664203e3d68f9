"""A dying server's last word reaches the driver before the socket closes: for us, the database is away."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from canglian import ledger
from canglian.kernel import Engine, Status, Unavailable
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import OpenBook
from tests.serving import PATIENCE

SOCKET = ".s.PGSQL.5432"
_FIELDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0"
LAST_WORD = b"E" + (len(_FIELDS) + 4).to_bytes(4, "big") + _FIELDS


class Between:
    """Stands between the driver and a server, and can speak for a server that dies."""

    def __init__(self, real: str) -> None:
        self._real = real
        self._clients: list[asyncio.StreamWriter] = []
        self._pumps: set[asyncio.Task[None]] = set()

    async def serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(self._real)
        self._clients.append(answers)
        for source, drain in ((client, to_server), (from_server, answers)):
            self._pumps.add(asyncio.create_task(self._pump(source, drain)))

    async def _pump(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            drain.write(data)
        drain.close()

    def speak(self) -> None:
        """Say the last word on every connection, and keep it open."""
        for client in self._clients:
            client.write(LAST_WORD)

    async def end(self) -> None:
        """Close all connections."""
        for client in self._clients:
            client.close()
        self._clients.clear()
        await asyncio.wait_for(asyncio.gather(*self._pumps), PATIENCE)
        self._pumps.clear()


@pytest.fixture
async def between(database: str) -> AsyncIterator[tuple[Between, str]]:
    """Such a one, and the address that leads through it."""
    start, _, host = database.partition("?host=")
    folder = Path(tempfile.mkdtemp(prefix="canglian-between-"))
    proxy = Between(str(Path(unquote(host)) / SOCKET))
    listener = await asyncio.start_unix_server(proxy.serve, folder / SOCKET)
    yield proxy, f"{start}?host={quote(str(folder), safe='')}"
    await proxy.end()
    listener.close()
    shutil.rmtree(folder)


async def test_the_database_is_away_until_the_connection_is_gone(between: tuple[Between, str]) -> None:
    proxy, url = between
    store = await PostgresStore.open(url)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    await engine.found(1, date(2026, 1, 5))
    await engine.execute(1, OpenBook(), actor="t", key="open")
    reader = Reader(store.pool)
    proxy.speak()
    await asyncio.sleep(0.1)  # until it is heard
    with pytest.raises(Unavailable, match=r"database\.away"):
        await reader.value("SELECT sequence FROM book WHERE book = $1", 1)
    outcome = await engine.submit(1, OpenBook(), actor="t", key="again")
    assert outcome.status is Status.FAILED
    assert isinstance(outcome.error, Unavailable)
    await proxy.end()
    assert await reader.value("SELECT sequence FROM book WHERE book = $1", 1) == 1
    repeated = await engine.submit(1, OpenBook(), actor="t", key="open")
    assert (repeated.status, repeated.replayed) == (Status.APPLIED, True)
    await engine.stop()
    await store.close()
