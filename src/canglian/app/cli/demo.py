"""``canglian demo``: a branch to look at, filled once and served."""

import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import typer
import uvloop

from canglian.app.cli.failing import report_error
from canglian.app.cli.serve import HostOption, PortOption, check_port, configured
from canglian.app.cli.verb import Json
from canglian.app.demo import Filling
from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.demo.worlds import beside
from canglian.app.opening import Opened, opened
from canglian.app.rooms import rooms
from canglian.app.sandboxes import NAMES, world
from canglian.app.server import serve
from canglian.kernel.errors import CanglianError
from canglian.kernel.settings import Settings
from canglian.web.cli.output import print_ready
from canglian.web.cli.progress import steps
from canglian.web.principal import Role
from canglian.web.system import queries

app = typer.Typer(help="Fill a demo branch once and serve it.")

Addresses = dict[str, str]

CODE = "xincheng"
NAME = "新城支行"


@app.command()
def main(
    port: PortOption = None,
    host: HostOption = None,
    sandboxes: Annotated[
        bool, typer.Option("--sandboxes/--no-sandboxes", help=f"Run the worlds outside beside it: {', '.join(NAMES)}.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Fill a demo branch once and serve it; everything in it is made up."""
    try:
        settings = configured(port, host)
        check_port(settings)
        uvloop.run(_run(settings, _ready_in_json if as_json else _ready, sandboxes=sandboxes))
    except CanglianError as error:
        raise typer.Exit(report_error(error, as_json=as_json)) from None


async def _run(settings: Settings, ready: Callable[[Addresses, str], None], *, sandboxes: bool) -> None:
    async with opened(settings, migrate=True) as installation:
        await fill(installation)
    async with _beside(settings, sandboxes=sandboxes) as (connected, addresses):
        await serve(connected, lambda _, address: ready(addresses, address))


@asynccontextmanager
async def _beside(settings: Settings, *, sandboxes: bool) -> AsyncGenerator[tuple[Settings, Addresses]]:
    if not sandboxes:
        yield settings, {}
        return
    async with beside(settings) as started:
        yield started


async def fill(installation: Opened) -> None:
    """The demo book, its contents and its logins, each made once."""
    services = installation.services
    profile = await queries.book(services.reader, CODE)
    if profile is None:
        profile = await installation.open_book(CODE, NAME, actor="system:demo", key="demo:book")
    await make_logins(services, profile.id)
    filling = Filling(services.engine, services.store, profile.id)
    if not await filling.is_done():
        with steps("filling the demo branch") as progress:
            await filling.run(progress.reach)
    for room in rooms():
        if room.demo is not None:
            await room.demo(services, profile.id)


def _ready_in_json(sandboxes: Addresses, address: str) -> None:
    logins = [role.value for role in Role]
    print_ready({"address": address, "logins": logins, "password": PASSWORD, "sandboxes": sandboxes, "notes": _notes()})


def _notes() -> list[str]:
    return [note for room in rooms() for note in room.demo_notes]


def _ready(sandboxes: Addresses, address: str) -> None:
    logins = "admin, operator, approver, auditor or viewer"
    sys.stdout.write(f"Canglian demo: {address}  log in as {logins} with the password {PASSWORD}\n")
    for note in _notes():
        sys.stdout.write(f"  {note}\n")
    for name, where in sandboxes.items():
        sys.stdout.write(f"  {name:8} {where}{world(name).front}\n")
    sys.stdout.flush()
