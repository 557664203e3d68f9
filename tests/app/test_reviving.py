"""The embedded PostgreSQL of a running server is killed: the server starts it again and loses nothing."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from canglian.app.opening import opened
from canglian.app.reviving import kept_up
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.settings import Settings
from canglian.web.principal import Role
from canglian.web.system.access import create_key
from tests.serving import client_of, end, start


@pytest.fixture
async def key(configuration: Settings, tmp_path: Path) -> AsyncIterator[str]:
    """A key to an installation on an embedded server of its own, whose data lies in ``tmp_path``."""
    settings = msgspec.structs.replace(configuration, database_url=None, data_dir=str(tmp_path))
    async with opened(settings, migrate=True) as installation:
        await installation.open_book("main", "总行", actor="test")
        _, key = await create_key(installation.services, name="t", of_book=1, role=Role.ADMIN, actor="test")
    yield key
    EmbeddedPostgres(tmp_path).remove()


def postmaster(embedded: EmbeddedPostgres) -> int:
    return int((embedded.places.data / "postmaster.pid").read_text().splitlines()[0])


async def test_a_killed_database_is_started_again_and_nothing_is_lost(key: str, tmp_path: Path) -> None:
    embedded = EmbeddedPostgres(tmp_path)
    process, address = start("", tmp_path)
    account = {"asset": "CNY", "head": "2011"}
    opened_accounts: list[int] = []
    try:
        async with client_of(address, key) as client:
            for _ in range(2):
                before = postmaster(embedded)
                os.kill(before, signal.SIGKILL)
                for _ in range(300):
                    answer = await client.post("/v1/accounts", json=account)
                    if answer.status_code == 201:  # a connection may outlive its server for a moment
                        opened_accounts.append(answer.json()["id"])
                        if postmaster(embedded) != before:
                            break
                    else:
                        assert answer.status_code == 503, answer.text
                        assert answer.json()["code"] in ("database.away", "database.away_reading"), answer.text
                    await asyncio.sleep(0.1)
                assert postmaster(embedded) != before
            assert (await client.get("/readyz")).json()["status"] == "ready"
            listed = (await client.get("/v1/accounts")).json()["data"]
        assert len(opened_accounts) >= 2
        assert opened_accounts == [account["id"] for account in listed]
    finally:
        end(process)


async def test_data_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    embedded = EmbeddedPostgres(tmp_path)
    embedded.start()
    try:
        assert embedded.revive() is False
        shutil.move(embedded.places.data, embedded.places.home / "aside")
        os.kill(int((embedded.places.home / "aside" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)
        assert embedded.revive() is False
        assert not embedded.places.data.exists()
    finally:
        embedded.remove()
    assert embedded.revive() is False, "nobody uses it any more"


async def test_an_external_database_is_its_operators() -> None:
    async with kept_up(None):
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "database"]
