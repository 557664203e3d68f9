"""The whole demo, filled once for all who look at it."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from canglian.app.demo.living import Living, MovedClock
from canglian.app.demo.logins import PASSWORD
from canglian.app.opening import Opened, opened
from canglian.app.server import create_app
from canglian.web.principal import Role
from tests.app.demo.street import Street, running
from tests.browser import chromium
from tests.conftest import client_of, settings_on
from tests.databases import Databases
from tests.web.entering import token_in

Visit = Callable[[Role], Awaitable[httpx.AsyncClient]]
"""Enters the demo's console as somebody of a role, who reads English."""


def _quiet(done: int, total: int) -> None:
    """Nobody watches how far a fill is."""


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo is filled; what its sandboxes have carried out lies there."""
    return tmp_path_factory.mktemp("filled")


@pytest.fixture(scope="session")
async def filled(databases: Databases, filled_folder: Path) -> AsyncIterator[str]:
    """The address of a database with the demo as it is after its first start. Nobody is connected: it is copied."""
    clock = MovedClock()
    async with databases.fresh() as url:
        async with opened(settings_on(url, filled_folder), clock=clock) as installation:
            await Living(installation, clock).fill(_quiet)
        yield url


@pytest.fixture
async def demo_database(databases: Databases, filled: str) -> AsyncIterator[str]:
    """The address of a filled demo of one's own."""
    async with databases.copy_of(filled) as url:
        yield url


@pytest.fixture(scope="session")
async def demo(databases: Databases, filled: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Opened]:
    """The demo as it is after its first start. Who looks at it leaves it as it is."""
    async with (
        databases.copy_of(filled) as url,
        opened(settings_on(url, tmp_path_factory.mktemp("demo"))) as installation,
    ):
        yield installation


@pytest.fixture
async def street(demo_database: str, filled_folder: Path, tmp_path: Path) -> AsyncIterator[Street]:
    """The demo as somebody starts it, in a process of its own, and a browser to look at it."""
    shutil.copytree(filled_folder / "data" / "sandbox", tmp_path / "sandbox")
    with running(demo_database, tmp_path) as ready:
        async with chromium() as browser:
            yield Street(ready.address, ready.sandboxes["sms"], browser)


@pytest.fixture
async def visit(demo: Opened) -> AsyncIterator[Visit]:
    """Logs in, each time another client."""
    app = create_app(demo)
    async with AsyncExitStack() as stack:

        async def enter(role: Role) -> httpx.AsyncClient:
            client = await stack.enter_async_context(client_of(app))
            token = token_in((await client.get("/console/login")).text)
            body = {"_token": token, "login": role.value, "password": PASSWORD}
            answer = await client.post("/console/login", data=body)
            assert answer.status_code == 303, answer.text
            client.cookies.set("canglian_language", "en")
            return client

        yield enter
