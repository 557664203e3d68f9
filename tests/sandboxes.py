"""The sandboxes, in a thread or as programs of their own, for tests of what the bank asks outside."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import msgspec

from canglian.app.sandboxes import NAMES, serving
from canglian.kernel.settings import Settings
from tests.serving import PATIENCE

PROGRAM = "from canglian.app.cli import main; main()"


class Sandboxes:
    """Sandboxes that run."""

    def __init__(self, folder: Path, addresses: Mapping[str, str]) -> None:
        self.folder = folder
        self.addresses = addresses

    @property
    def ports(self) -> list[int]:
        return [int(address.rsplit(":", 1)[1]) for address in self.addresses.values()]

    @property
    def settings(self) -> dict[str, str]:
        """What connects a bank, by the setting's name."""
        lines = (self.folder / "canglian.env").read_text().splitlines()
        pairs = (line.removeprefix("CANGLIAN_").partition("=") for line in lines)
        return {name.lower(): value for name, _, value in pairs}

    def connected(self, settings: Settings, **more: Any) -> Settings:
        """Settings of a bank that is connected to these."""
        return msgspec.structs.replace(settings, **{**self.settings, **more})

    def faults(self, world: str, **rates: Any) -> None:
        """Order faults."""
        answer = httpx.put(f"{self.addresses[world]}/faults", json=rates, trust_env=False, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text

    def inbox(self, mobile: str = "") -> list[dict[str, Any]]:
        """What was sent by SMS, newest first."""
        url, headers = f"{self.addresses['sms']}/inbox", {"accept": "application/json"}
        asked = httpx.post(url, data={"mobile": mobile}, headers=headers, trust_env=False, timeout=PATIENCE)
        return asked.json()["data"]

    def kept(self, world: str) -> list[dict[str, Any]]:
        """The lines of a world's journal."""
        return [msgspec.json.decode(line) for line in (self.folder / f"{world}.jsonl").read_bytes().splitlines()]


class Program(Sandboxes):
    """Sandboxes in a process of their own."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], addresses: Mapping[str, str]) -> None:
        super().__init__(folder, addresses)
        self.process = process


def start(folder: Path, *options: str, world: str = "all") -> Program:
    """Start sandboxes on free ports, or on those that an option names, as soon as nobody else happens to use them."""
    words = ["sandbox", world, "--data", str(folder), "--json", "--until-closed", *options]
    if "--port" not in options:
        words += ["--port", "0"]
    until = time.monotonic() + PATIENCE
    while True:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        if line := process.stdout.readline():
            return Program(folder, process, msgspec.json.decode(line)["addresses"])
        process.communicate()
        assert time.monotonic() < until, "the sandboxes do not start"


def kill(running: Program) -> None:
    """Kill them, whatever they do."""
    running.process.kill()
    running.process.communicate()


@contextmanager
def running(folder: Path, *options: str, world: str = "all") -> Generator[Program]:
    """Sandboxes in a process for as long as a test."""
    started = start(folder, *options, world=world)
    try:
        yield started
    finally:
        kill(started)


@contextmanager
def in_a_thread(folder: Path) -> Generator[Sandboxes]:
    """Sandboxes beside the test in its own process, which are there at once."""
    ready: Queue[Sandboxes | BaseException] = Queue()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def live() -> None:
        async with serving(NAMES, folder) as listening:
            ready.put(Sandboxes(folder, listening.addresses))
            await over.wait()

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            try:
                runner.run(live())
            except BaseException as error:
                ready.put(error)
                raise

    thread = threading.Thread(target=work, name="sandboxes")
    thread.start()
    try:
        started = ready.get()
        if isinstance(started, BaseException):
            raise started
        yield started
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(over.set)
        thread.join()


def gone(process: subprocess.Popen[str], seconds: float = PATIENCE) -> bool:
    """Whether a process ends by itself."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.05)
    return process.poll() is not None
