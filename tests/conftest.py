"""Fixtures that every test may use: a PostgreSQL server for the session, and a fresh migrated database for a test."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import settings

from canglian.app.opening import Opened, opened
from canglian.app.server import create_app
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.settings import Settings
from canglian.web.principal import Role
from canglian.web.system.access import create_key
from tests.databases import Databases
from tests.folders import open_folder

pytest_plugins = ["tests.pace", "tests.scheduling", "tests.statements_sent"]

settings.register_profile("canglian", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("canglian")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that the server of a database may enter."""
    with open_folder() as made:
        yield made


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty PostgreSQL server that lives as long as the test session."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"))
    yield server.start()
    server.remove()


@pytest.fixture(scope="session")
async def databases(postgres_url: str) -> AsyncIterator[Databases]:
    """What gives databases on that server."""
    made = await Databases.of(postgres_url)
    yield made
    await made.close()


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[str]:
    """The address of a migrated, empty database, whose schema is left alone."""
    async with databases.empty() as url:
        yield url


@pytest.fixture
async def fresh_database(databases: Databases) -> AsyncIterator[str]:
    """The address of a fresh, migrated database, to be done with as one likes."""
    async with databases.fresh() as url:
        yield url


def settings_on(database: str, folder: Path) -> Settings:
    """Settings on a database, with keys for tests."""
    key = base64.b64encode(b"k" * 32).decode()
    return Settings(database_url=database, data_dir=str(folder / "data"), encryption_keys=f"1:{key}", index_key=key)


@pytest.fixture
def configuration(database: str, tmp_path: Path) -> Settings:
    """Settings on a fresh database, with keys of their own."""
    return settings_on(database, tmp_path)


@pytest.fixture
async def installation(configuration: Settings) -> AsyncIterator[Opened]:
    """An installation with one open book, number 1, called ``main``."""
    async with opened(configuration) as running:
        await running.open_book("main", "总行", actor="test")
        yield running


class Caller:
    """An HTTP client with an API key of one role in one book."""

    def __init__(self, client: httpx.AsyncClient, key: str | None) -> None:
        self.client = client
        self.key = key

    async def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        headers |= more.pop("headers", {})
        content = more.pop("content", None)
        if body is not None:
            content, headers = msgspec.json.encode(body), {"content-type": "application/json", **headers}
        return await self.client.request(method, path, content=content, headers=headers, **more)


def client_of(app: Any) -> httpx.AsyncClient:
    """A client of an application in this process."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://canglian.test")


@pytest.fixture
async def http(installation: Opened) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application."""
    async with client_of(create_app(installation)) as client:
        yield client


@pytest.fixture
def caller(http: httpx.AsyncClient, installation: Opened) -> Callable[..., Awaitable[Caller]]:
    """Makes a caller with a role in a book."""

    async def make(role: Role = Role.ADMIN, book: int = 1, **more: Any) -> Caller:
        _, secret = await create_key(installation.services, name="test", of_book=book, role=role, actor="test", **more)
        return Caller(http, secret)

    return make


@pytest.fixture
async def call(caller: Callable[..., Awaitable[Caller]]) -> Caller:
    """A caller that may do everything in book 1."""
    return await caller()
