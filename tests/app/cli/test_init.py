"""``canglian init`` beside what is there already, and ``canglian doctor`` beside what runs."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from canglian.app.cli import doctor
from canglian.app.opening import Opened
from canglian.app.running import RunningServer, announced
from canglian.kernel.settings import Settings
from canglian.web.principal import Role
from canglian.web.system import queries
from tests.serving import end, environment, start

PROGRAM = str(Path(sys.executable).with_name("canglian"))
Init = Callable[..., dict[str, Any]]


@pytest.fixture
def init(database: str, tmp_path: Path, installation: Opened) -> Init:
    """Runs ``canglian init`` on the test's installation."""

    def run(*words: str) -> dict[str, Any]:
        done = subprocess.run(
            [PROGRAM, "init", *words, "--json"],
            env=environment(database, tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


async def test_init_twice_changes_nothing_and_says_so(init: Init, installation: Opened) -> None:
    first = init("--book", "second", "--admin", "chief")
    assert (first["changed"], bool(first["password"]), bool(first["key"])) == (True, True, True)
    before = await queries.user_by_login(installation.services.reader, "chief")
    again = init("--book", "second", "--admin", "chief", "--password", "another-long-password")
    assert (again["changed"], again["password"], again["key"]) == (False, None, None)
    assert await queries.user_by_login(installation.services.reader, "chief") == before


async def test_beside_other_books_one_is_opened_only_by_its_code(init: Init, installation: Opened) -> None:
    before = await queries.books(installation.services.reader)
    users = await queries.users(installation.services.reader)
    beside = init()
    assert (beside["changed"], beside["book"], beside["password"], beside["key"]) == (False, before[0].id, None, None)
    assert await queries.books(installation.services.reader) == before
    assert await queries.users(installation.services.reader) == users
    assert init("--book", "main2")["changed"]


async def test_a_new_book_gives_an_administrator_of_before_the_role(init: Init, installation: Opened) -> None:
    first, second = init("--book", "second", "--admin", "chief"), init("--book", "third", "--admin", "chief")
    assert (second["changed"], second["password"], bool(second["key"])) == (True, None, True)
    user = await queries.user_by_login(installation.services.reader, "chief")
    assert user is not None
    assert user.roles == dict.fromkeys(("0", str(first["book"]), str(second["book"])), Role.ADMIN.value)


@pytest.mark.usefixtures("installation")
async def test_doctor_knows_a_running_server_from_another_program(database: str, tmp_path: Path) -> None:
    process, address = start(database, tmp_path)
    port = int(address.rsplit(":", 1)[1])
    try:
        ours = await doctor.port(Settings(port=port))
        of_folder = await doctor.port(Settings(port=port + 1, data_dir=str(tmp_path)))
    finally:
        end(process)
    assert (ours.well, ours.found) == (True, f"127.0.0.1:{port} is served by Canglian")
    assert (of_folder.well, of_folder.found) == (True, f"{address} is served by Canglian from this data folder")
    after = await doctor.port(Settings(port=port, data_dir=str(tmp_path)))
    assert (after.well, after.found) == (True, f"127.0.0.1:{port} is free")


async def test_doctor_asks_the_services_of_the_server_of_its_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with announced(tmp_path, RunningServer(url, {"sms": url})):
        port, outside = await doctor.port(settings), await doctor.outside(settings)
    assert (port.well, port.found) == (False, f"{url} runs in this data folder and does not answer")
    assert (outside.well, f"sms: no answer, {url}" in outside.found) == (False, True)
    ended = await doctor.outside(settings)
    assert (ended.well, "sms: not connected" in ended.found) == (True, True)
    assert list(tmp_path.iterdir()) == []


async def test_doctor_says_that_another_program_has_the_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def refuse() -> None:
            for _ in range(2):
                other.accept()[0].close()

        threading.Thread(target=refuse, daemon=True).start()
        found = await doctor.port(Settings(port=other.getsockname()[1]))
    assert (found.well, found.found.endswith("is taken by another program")) == (False, True)
    assert found.remedy
