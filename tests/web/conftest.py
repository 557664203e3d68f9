"""What tests of the web floor share."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import Opened
from tests.serving import Served, end, start
from tests.web.entering import Enter, token_in


@pytest.fixture
def serve_at(database: str, tmp_path: Path) -> Iterator[Callable[[str], Served]]:
    """Starts a server process on the test's database, to be reached with a key."""
    running: list[subprocess.Popen[str]] = []

    def serve(key: str) -> Served:
        process, address = start(database, tmp_path, failures_burst="100000")
        running.append(process)
        return Served(address, key)

    yield serve
    for process in running:
        end(process)


@pytest.fixture
def enter(http: httpx.AsyncClient, installation: Opened) -> Enter:
    """Logs somebody in to the console."""

    async def log_in(login: str) -> httpx.AsyncClient:
        await make_logins(installation.services, 1)
        token = token_in((await http.get("/console/login")).text)
        answer = await http.post("/console/login", data={"_token": token, "login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return http

    return log_in
