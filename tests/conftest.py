"""Fixtures that every test may use: a PostgreSQL server for the session, and a fresh migrated database for a test."""

import base64
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from canglian.app.opening import Opened, opened
from canglian.kernel.postgres import migrate
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.settings import Settings

settings.register_profile("canglian", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("canglian")

_TEMPLATE = "template_canglian"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty PostgreSQL server that lives as long as the test session."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"))
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
async def template_database(postgres_url: str) -> str:
    """A database with all migrations applied, to be copied."""
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {_TEMPLATE}")
    await connection.close()
    await migrate.apply_async(_renamed(postgres_url, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture
async def database(postgres_url: str, template_database: str) -> AsyncIterator[str]:
    """The address of a fresh, migrated database."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    yield _renamed(postgres_url, name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


def _renamed(url: str, name: str) -> str:
    start, _, rest = url.partition("/canglian?")
    return f"{start}/{name}?{rest}"


@pytest.fixture
def configuration(database: str, tmp_path: Path) -> Settings:
    """Settings on a fresh database, with keys of their own."""
    key = base64.b64encode(b"k" * 32).decode()
    return Settings(database_url=database, data_dir=str(tmp_path / "data"), encryption_keys=f"1:{key}", index_key=key)


@pytest.fixture
async def installation(configuration: Settings) -> AsyncIterator[Opened]:
    """An installation with one open book, number 1, called ``main``."""
    async with opened(configuration) as running:
        await running.open_book("main", "总行", actor="test")
        yield running
