"""What is killed, how, and how it is started again."""

import enum
import random
from contextlib import suppress
from pathlib import Path

import psutil

from canglian.app.bench.serving import serve
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.ledger.bench.server_process import ServerProcess

CLIENTS = "postgres: canglian"
"""How PostgreSQL's processes that serve a connection name themselves."""


class Way(enum.StrEnum):
    """What is killed. PostgreSQL starts again by itself after the loss of one backend."""

    SERVER = "server"
    POSTMASTER = "postmaster"
    POSTGRES = "postgres"
    BACKEND = "backend"
    EVERYTHING = "everything"

    @property
    def ends_server(self) -> bool:
        """Whether the server has to be started again; else it has to recover by itself."""
        return self in (Way.SERVER, Way.EVERYTHING)


class Victim:
    """A server, and the PostgreSQL that it shares with this process."""

    def __init__(self, postgres: EmbeddedPostgres, environment: dict[str, str], folder: Path) -> None:
        self.postgres = postgres
        self._environment = environment
        self._folder = folder
        self.server = self._serve()

    def kill(self, way: Way, chance: random.Random) -> None:
        """SIGKILL, and nothing else."""
        if way.ends_server:
            self.server.process.kill()
        if way is Way.BACKEND:
            serving = [child for child in self._postmaster().children() if _name(child).startswith(CLIENTS)]
            _kill([chance.choice(serving)])
        elif way is not Way.SERVER:
            postmaster = self._postmaster()
            _kill([postmaster, *([] if way is Way.POSTMASTER else postmaster.children(recursive=True))])

    def restore(self, way: Way) -> None:
        """Start again what does not start by itself. A server starts its own PostgreSQL."""
        if way.ends_server:
            self.restart()
        elif way is not Way.BACKEND:
            self.postgres.start()

    def restart(self) -> None:
        """Start the server anew, whatever became of the last one."""
        self.server.kill()
        self.server = self._serve()

    def stop(self) -> None:
        """End the server."""
        self.server.stop()

    def _serve(self) -> ServerProcess:
        return serve(self._environment, self._folder)

    def _postmaster(self) -> psutil.Process:
        text = (self.postgres.places.data / "postmaster.pid").read_text()
        return psutil.Process(int(text.splitlines()[0]))


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _name(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""
