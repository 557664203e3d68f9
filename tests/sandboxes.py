"""The sandboxes as programs of their own, for tests of what the bank asks outside."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from canglian.kernel.settings import Settings

PROGRAM = "from canglian.app.cli import main; main()"


class Sandboxes:
    """Sandboxes that run."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], addresses: dict[str, str]) -> None:
        self.folder = folder
        self.process = process
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
        answer = httpx.put(f"{self.addresses[world]}/faults", json=rates, trust_env=False)
        assert answer.status_code == 200, answer.text

    def inbox(self, mobile: str = "") -> list[dict[str, Any]]:
        """What was sent by SMS, newest first."""
        url = f"{self.addresses['sms']}/inbox?mobile={mobile}"
        return httpx.get(url, headers={"accept": "application/json"}, trust_env=False).json()["data"]

    def kept(self, world: str) -> list[dict[str, Any]]:
        """The lines of a world's journal."""
        return [msgspec.json.decode(line) for line in (self.folder / f"{world}.jsonl").read_bytes().splitlines()]


def start(folder: Path, *options: str, world: str = "all") -> Sandboxes:
    """Start sandboxes on free ports."""
    words = ["sandbox", world, "--data", str(folder), "--json", "--until-closed", *options]
    if "--port" not in options:
        words += ["--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = msgspec.json.decode(process.stdout.readline())
    return Sandboxes(folder, process, told["addresses"])


def kill(running: Sandboxes) -> None:
    """Kill them, whatever they do."""
    running.process.kill()
    running.process.communicate()


@contextmanager
def running(folder: Path, *options: str, world: str = "all") -> Iterator[Sandboxes]:
    """Sandboxes for as long as a test."""
    started = start(folder, *options, world=world)
    try:
        yield started
    finally:
        kill(started)


def gone(process: subprocess.Popen[str], seconds: float = 10) -> bool:
    """Whether a process ends by itself."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.05)
    return process.poll() is not None
