"""The sandboxes beside the demo branch: programs of their own, which end with it however it ends."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec

from canglian.app.sandboxes import HOST, NAMES, public_settings
from canglian.kernel.errors import Unavailable
from canglian.kernel.folders import only_one_in
from canglian.kernel.settings import Settings
from canglian.web.outside import connections
from canglian.web.sandbox import keys

START_SECONDS = 60
PROGRAM = "from canglian.app.cli import main; main()"


class _Started(msgspec.Struct):
    addresses: dict[str, str]
    environment: str


@contextlib.asynccontextmanager
async def beside(settings: Settings) -> AsyncGenerator[tuple[Settings, dict[str, str]]]:
    """Settings that connect to sandboxes which run meanwhile, and their addresses by name.

    Nothing is started where a service is connected already. Raises Unavailable ``sandbox.not_started``, and Conflict
    ``folder.in_use`` where the sandboxes of another demo keep their books in the same data folder.
    """
    if connections(settings):
        yield settings, {}
        return
    folder = Path(settings.data_dir) / "sandbox"
    for name in NAMES:
        with only_one_in(folder, name):
            pass  # as the sandboxes are about to do: whoever starts a second demo is told why it does not start
    words = ["sandbox", "all", "--data", str(folder), "--json", "--until-closed", "--port", str(_first(settings.port))]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        started = await _started(process)
        pairs = {name: keys.pair(folder, name) for name in started.addresses}
        made: dict[str, Any] = {**keys.settings(pairs, started.addresses, public_settings(started.addresses))}
        if settings.port:
            made |= {
                f"{name}_callback_url": f"http://{settings.host}:{settings.port}/outside/{name}"
                for name in started.addresses
                if hasattr(settings, f"{name}_callback_url")
            }
        yield msgspec.structs.replace(settings, **made), started.addresses
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _started(process: asyncio.subprocess.Process) -> _Started:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            return msgspec.json.decode(await process.stdout.readline(), type=_Started)
    except (TimeoutError, msgspec.DecodeError):
        raise Unavailable("sandbox.not_started") from None


def _first(port: int) -> int:
    """The ports after the demo's own where they are free, else any."""
    ports = range(port + 1, port + 1 + len(NAMES))
    return port + 1 if port and all(_is_free(candidate) for candidate in ports) else 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
