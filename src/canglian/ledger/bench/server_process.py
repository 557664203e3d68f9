"""A server in a process of its own, which says where it listens: the product, or a rival of it."""

import re
import subprocess
import sys
import time
from pathlib import Path

import psutil

START_SECONDS = 60

_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


class ServerProcess:
    """A server process and the port that it listens on. What it says is in ``log``."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                env=environment,
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.port = self._wait()

    @property
    def resident_bytes(self) -> int:
        """The memory of the process."""
        return psutil.Process(self.process.pid).memory_info().rss

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, without a chance to finish anything."""
        self.process.kill()
        self.process.wait()

    def _wait(self) -> int:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            found = _ADDRESS.search(self.log.read_text())
            if found is not None:
                return int(found[1])
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the server did not start: {self.log.read_text()[-2000:]}")
