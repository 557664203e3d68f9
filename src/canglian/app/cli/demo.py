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
from canglian.app.demo import Living, MovedClock
from canglian.app.demo.logins import PASSWORD
from canglian.app.demo.worlds import beside
from canglian.app.opening import opened
from canglian.app.rooms import rooms
from canglian.app.sandboxes import NAMES, world
from canglian.app.server import serve
from canglian.kernel.errors import CanglianError
from canglian.kernel.settings import Settings
from canglian.web.cli.output import print_ready
from canglian.web.cli.progress import steps
from canglian.web.principal import Role

app = typer.Typer(help="Fill a demo branch once and serve it.")

Addresses = dict[str, str]


@app.command()
def main(
    port: PortOption = None,
    host: HostOption = None,
    sandboxes: Annotated[
        bool, typer.Option("--sandboxes/--no-sandboxes", help=f"Run the worlds outside beside it: {', '.join(NAMES)}.")
    ] = True,
    year: Annotated[
        bool, typer.Option("--year", help="A further branch, too, that has lived a whole year of campaigns.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fill a demo branch once and serve it; everything in it is made up."""
    try:
        settings = configured(port, host)
        check_port(settings)
        uvloop.run(_run(settings, _ready_in_json if as_json else _ready, sandboxes=sandboxes, year=year))
    except CanglianError as error:
        raise typer.Exit(report_error(error, as_json=as_json)) from None


async def _run(settings: Settings, ready: Callable[[Addresses, str], None], *, sandboxes: bool, year: bool) -> None:
    clock = MovedClock()
    async with opened(settings, migrate=True, clock=clock) as installation:
        with steps("filling the demo branch") as progress:
            await Living(installation, clock).fill(progress.reach)
        if year:
            with steps("living a year of campaigns") as progress:
                await Living(installation, clock).live_year(progress.reach)
    async with _beside(settings, sandboxes=sandboxes) as (connected, addresses):
        await serve(connected, lambda _, address: ready(addresses, address))


@asynccontextmanager
async def _beside(settings: Settings, *, sandboxes: bool) -> AsyncGenerator[tuple[Settings, Addresses]]:
    if not sandboxes:
        yield settings, {}
        return
    async with beside(settings) as started:
        yield started


def _ready_in_json(sandboxes: Addresses, address: str) -> None:
    logins = [role.value for role in Role]
    print_ready({"address": address, "logins": logins, "password": PASSWORD, "sandboxes": sandboxes, "notes": _notes()})


def _notes() -> list[str]:
    return [note for room in rooms() for note in room.demo_notes]


def _ready(sandboxes: Addresses, address: str) -> None:
    logins = "admin, operator, approver, auditor, viewer or visitor"
    sys.stdout.write(f"Canglian demo: {address}  log in as {logins} with the password {PASSWORD}\n")
    for note in _notes():
        sys.stdout.write(f"  {note}\n")
    for name, where in sandboxes.items():
        sys.stdout.write(f"  {name:8} {where}{world(name).front}\n")
    sys.stdout.flush()
