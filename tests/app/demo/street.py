"""The demo in a process of its own, with people before its screens."""

import re
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec
from playwright.async_api import Browser

from tests.app.demo.screens import Desk, Phone, Screen
from tests.serving import PATIENCE, environment

PROGRAM = "from canglian.app.cli import main; main()"


class _Ready(msgspec.Struct):
    address: str
    sandboxes: dict[str, str]


class Street(NamedTuple):
    """The demo, its inbox of messages, and a browser."""

    address: str
    inbox: str
    browser: Browser

    async def desk(self, login: str) -> Desk:
        return await Desk.of(self.browser, self.address, login)

    async def phone(self, mobile: str) -> Phone:
        return await Phone.of(self.browser, self.address, self.inbox, mobile)


@contextmanager
def running(database: str, folder: Path) -> Generator[_Ready]:
    """``canglian demo`` in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = environment(database, folder, port=str(port))
    with (folder / "demo.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "demo", "--json"],
            env=given,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        yield msgspec.json.decode(process.stdout.readline(), type=_Ready)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


async def today(desk: Screen) -> date:
    """The business date that stands on top of each page of the console."""
    found = re.search(r"\d{4}-\d\d-\d\d", await desk.page.inner_text("header"))
    assert found is not None
    return date.fromisoformat(found[0])
