"""Running the worlds of the rooms: each on a port of its own, all in one process, until interrupted."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from canglian.app.rooms import sandboxes
from canglian.kernel.errors import Conflict
from canglian.kernel.folders import only_one_in
from canglian.web.sandbox import keys
from canglian.web.sandbox.faults import Faults
from canglian.web.sandbox.world import World
from canglian.web.signing_keys import ED25519

HOST = "127.0.0.1"

NAMES = tuple(sandboxes())
"""The worlds that there are."""

Ready = Callable[[Mapping[str, str], Path], None]
"""Called with the addresses by world, and the file of settings that connects a bank to them."""


def world(name: str) -> type[World]:
    """A world by its name, imported with its module."""
    return import_module(sandboxes()[name]).WORLD


def public_settings(names: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """The settings that connect a bank to worlds that everybody may ask, by name; of others there are none."""
    return {name: found for name in names if (found := world(name).public) is not None}


async def run(
    names: Sequence[str],
    folder: Path,
    ready: Ready,
    *,
    port: int = 0,
    faults: Faults | None = None,
    algorithm: str = ED25519,
    until_closed: bool = False,
) -> None:
    """Serve worlds on loopback, on ``port`` and those after it, or on free ones where it is 0.

    With ``until_closed`` they end when standard input is closed. Raises Conflict ``cli.port_taken`` and
    ``folder.in_use``.
    """
    async with serving(names, folder, port=port, faults=faults, algorithm=algorithm) as running:
        with _ended_by_signals(running.servers, until_closed=until_closed):
            ready(running.addresses, running.environment)
            await asyncio.gather(*running.tasks)


class Running(msgspec.Struct, frozen=True):
    """Worlds that listen."""

    addresses: Mapping[str, str]
    environment: Path
    servers: "list[_Server]"
    tasks: list[asyncio.Task[None]]


@contextlib.asynccontextmanager
async def serving(
    names: Sequence[str], folder: Path, *, port: int = 0, faults: Faults | None = None, algorithm: str = ED25519
) -> AsyncGenerator[Running]:
    """Worlds for as long as the context lasts. Raises Conflict ``cli.port_taken`` and ``folder.in_use``."""
    with contextlib.ExitStack() as alone:
        for name in names:
            alone.enter_context(only_one_in(folder, name))
        async with _serving(names, folder, port=port, faults=faults, algorithm=algorithm) as running:
            yield running


@contextlib.asynccontextmanager
async def _serving(
    names: Sequence[str], folder: Path, *, port: int, faults: Faults | None, algorithm: str
) -> AsyncGenerator[Running]:
    pairs = {name: keys.pair(folder, name, algorithm) for name in names}
    with contextlib.ExitStack() as stack:
        sockets = {name: stack.enter_context(_bound(port + n if port else 0)) for n, name in enumerate(names)}
        addresses = {name: "http://{}:{}".format(*socket.getsockname()[:2]) for name, socket in sockets.items()}
        environment = keys.write_environment(folder, keys.settings(pairs, addresses, public_settings(names)))
        async with contextlib.AsyncExitStack() as living:
            servers: list[_Server] = []
            for name in names:
                started = world(name)(folder, pairs[name], faults)
                await living.enter_async_context(_alive(started))
                servers.append(_Server(_config(started)))
            tasks = [
                asyncio.create_task(server.serve([sockets[name]])) for name, server in zip(names, servers, strict=True)
            ]
            await asyncio.gather(*(server.listening.wait() for server in servers))
            try:
                yield Running(addresses, environment, servers, tasks)
            finally:
                for server in servers:
                    server.should_exit = True
                await asyncio.gather(*tasks)


@contextlib.asynccontextmanager
async def _alive(world: World) -> AsyncGenerator[None]:
    await world.begin()
    try:
        yield
    finally:
        await world.end()


def _config(world: World) -> uvicorn.Config:
    return uvicorn.Config(
        world,  # pyright: ignore[reportArgumentType] - an ASGI application
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=1,
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are for all servers together."""
        yield


@contextlib.contextmanager
def _bound(port: int) -> Generator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            raise Conflict("cli.port_taken", host=HOST, port=port) from None
        yield listener


@contextlib.contextmanager
def _ended_by_signals(servers: Sequence[_Server], *, until_closed: bool) -> Generator[None]:
    loop = asyncio.get_running_loop()

    def end(*_: Any) -> None:
        for server in servers:
            server.should_exit = True

    def read() -> None:
        if not sys.stdin.buffer.raw.read(1024):  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
            loop.remove_reader(sys.stdin)
            end()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    if until_closed:
        loop.add_reader(sys.stdin, read)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        if until_closed:
            loop.remove_reader(sys.stdin)
