"""``canglian doctor``: check everything that Canglian needs, with a remedy for each fault."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import psutil
import typer
from rich.text import Text

from canglian.app.cli.verb import verb
from canglian.app.opening import database_url
from canglian.app.rooms import packages
from canglian.app.running import running_servers
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import CanglianError
from canglian.kernel.folders import private_folder
from canglian.kernel.postgres import distribute, migrate
from canglian.kernel.settings import Settings
from canglian.web.cli.output import Answer, table
from canglian.web.console.pages import manifest
from canglian.web.outside import SERVICES, connections

app = typer.Typer(help="Check everything that Canglian needs, with a remedy for each fault.")

FREE_BYTES_LEAST = 2 * 2**30
MEMORY_BYTES_LEAST = 2**30


class Finding(msgspec.Struct, frozen=True):
    """What one check found; ``remedy`` says what to do where it is not well."""

    check: str
    well: bool
    found: str
    remedy: str = ""


Check = Callable[[Settings], Awaitable[Finding]]


@app.command()
@verb
async def main(settings: Settings) -> Answer:
    """Check the machine, the configuration and the database; exit code 1 if anything is wrong."""
    findings = [await _careful(check, settings) for check in _CHECKS]
    rows: list[list[Any]] = [
        [Text("ok", style="green"), finding.check, finding.found, ""]
        if finding.well
        else [Text("FAULT", style="red"), finding.check, finding.found, finding.remedy]
        for finding in findings
    ]
    data = {"well": all(finding.well for finding in findings), "checks": msgspec.to_builtins(findings)}
    return Answer(data, table(["", "check", "found", "remedy"], rows), 0 if data["well"] else 1)


async def _careful(check: Check, settings: Settings) -> Finding:
    try:
        return await check(settings)
    except CanglianError as error:
        return Finding(check.__name__.strip("_"), well=False, found=str(error), remedy="See docs/reference/errors.md.")


async def python(_: Settings) -> Finding:
    """The interpreter."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", sys.version_info >= (3, 11), version, "Use Python 3.11 or later.")


async def memory(_: Settings) -> Finding:
    """What is free."""
    free = psutil.virtual_memory().available
    return Finding("memory", free > MEMORY_BYTES_LEAST, f"{free / 2**30:.1f} GiB free", "Free 1 GiB of memory.")


async def data_folder(settings: Settings) -> Finding:
    """Room, and the right to write."""
    return await asyncio.to_thread(_folder, Path(settings.data_dir))


def _folder(folder: Path) -> Finding:
    folder = folder.resolve()
    private_folder(folder)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        return Finding("data folder", well=False, found=str(problem), remedy=f"Make {folder} writable.")
    if folder.stat().st_mode & 0o007:
        found = f"{folder} is open to every user of this machine"
        return Finding("data folder", well=False, found=found, remedy=f"chmod o= {folder}")
    free = shutil.disk_usage(folder).free
    return Finding(
        "data folder", free > FREE_BYTES_LEAST, f"{folder}, {free / 2**30:.1f} GiB free", "Free 2 GiB of disk."
    )


async def keys(settings: Settings) -> Finding:
    """The encryption keys."""
    ring = Keyring.from_settings(settings)
    well = ring.open(ring.seal("x", "doctor"), "doctor") == "x"
    return Finding("encryption keys", well, "seal and open", "Set CANGLIAN_ENCRYPTION_KEYS.")


async def database(settings: Settings) -> Finding:
    """The server, its version and what makes it durable."""
    url, embedded = database_url(settings)
    try:
        connection: Any = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as problem:
        return Finding("database", well=False, found=str(problem), remedy="Start it, or correct CANGLIAN_DATABASE_URL.")
    try:
        version = connection.get_server_version()
        off = [name for name in ("fsync", "full_page_writes") if await connection.fetchval(f"SHOW {name}") != "on"]
    finally:
        await connection.close()
        if embedded is not None:
            embedded.stop()
    kind = "external" if embedded is None else "embedded"
    if version.major < 15:
        return Finding("database", False, f"PostgreSQL {version.major}", "Use PostgreSQL 15 or later.")
    if off:
        return Finding("database", False, f"{', '.join(off)} off", "Switch it on, or lose money in a power cut.")
    return Finding("database", True, f"{kind} PostgreSQL {version.major}.{version.minor}, durable")


async def schema(settings: Settings) -> Finding:
    """The migrations."""
    url, embedded = database_url(settings)
    try:
        missing = await migrate.pending_async(url, packages())
    finally:
        if embedded is not None:
            embedded.stop()
    found = f"{len(missing)} migrations missing" if missing else "up to date"
    return Finding("schema", not missing, found, "Run canglian migrate.")


async def nodes(settings: Settings) -> Finding:
    """Whether the tables are distributed, and whether every node answers and is durable."""
    url, embedded = database_url(settings)
    try:
        found = await distribute.inspect(url)
    finally:
        if embedded is not None:
            embedded.stop()
    if found is None:
        return Finding("nodes", well=True, found="one: the server has no Citus")
    for faults, what, remedy in (
        ([node.address for node in found.nodes if not node.answers], "do not answer", "Start them; their books wait."),
        (
            [node.address for node in found.nodes if node.answers and not node.durable],
            "have fsync or full_page_writes off",
            "Switch them on, or lose money in a power cut.",
        ),
        (found.missing, "are not distributed", "Run canglian migrate --distribute."),
        (found.local, "have a local copy that nothing reads", "Run canglian migrate."),
    ):
        if faults and (found.nodes or found.distributed):
            return Finding("nodes", well=False, found=f"{', '.join(faults)} {what}", remedy=remedy)
    many = f"{len(found.nodes)} workers answer" if found.nodes else "no worker"
    return Finding("nodes", well=True, found=f"Citus {found.version}, {many}")


async def port(settings: Settings) -> Finding:
    """Whether it can be listened on, or a server of this data folder listens already."""
    if servers := running_servers(Path(settings.data_dir)):
        silent = [server.address for server in servers if not await _is_ours(server.address)]
        if silent:
            found = f"{', '.join(silent)} runs in this data folder and does not answer"
            return Finding("port", well=False, found=found, remedy="See its log; end it and start it again.")
        found = f"{', '.join(server.address for server in servers)} is served by Canglian from this data folder"
        return Finding("port", well=True, found=found)
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - asked, not listened on
    where = f"{settings.host}:{settings.port}"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        if probe.connect_ex((host, settings.port)) != 0:
            return Finding("port", well=True, found=f"{where} is free")
    if await _is_ours(f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"):
        return Finding("port", well=True, found=f"{where} is served by Canglian")
    remedy = "Stop the other program, or choose another port in CANGLIAN_PORT."
    return Finding("port", well=False, found=f"{where} is taken by another program", remedy=remedy)


async def _is_ours(address: str) -> bool:
    """Whether a Canglian answers at an address, on this machine where that is any."""
    address = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        try:
            answer = await client.get(f"{address}/livez")
        except httpx.HTTPError:
            return False
    return answer.status_code == 200 and "request-id" in answer.headers


async def assets(_: Settings) -> Finding:
    """What the console looks like."""
    built = bool(manifest())
    return Finding("console assets", built, "built" if built else "not built", "Run make assets, or install the wheel.")


async def user(_: Settings) -> Finding:
    """Who runs it."""
    root = os.geteuid() == 0
    return Finding("user", well=True, found="root: PostgreSQL runs as an unprivileged user" if root else "unprivileged")


async def outside(settings: Settings) -> Finding:
    """Which services outside are connected, by the configuration or by a server of this data folder, and whether they
    answer."""
    addresses = {service: connection.url for service, connection in connections(settings).items()}
    for server in running_servers(Path(settings.data_dir)):
        addresses |= server.services
    found: dict[str, str] = dict.fromkeys(SERVICES, "not connected")
    well = True
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for service, url in addresses.items():
            try:
                await client.head(url)
                found[service] = f"connected, {url}"
            except httpx.HTTPError:
                found[service] = f"no answer, {url}"
                well = False
    states = "; ".join(f"{service}: {state}" for service, state in found.items())
    return Finding(
        "services outside", well, states, "Start what does not answer (canglian sandbox), or correct its address."
    )


_CHECKS: tuple[Check, ...] = (python, memory, user, data_folder, keys, database, schema, nodes, assets, port, outside)
