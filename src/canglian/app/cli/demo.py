"""``canglian demo``: a branch to look at, filled once and served."""

import sys

import typer
import uvloop

from canglian.app.cli.failing import tell
from canglian.app.cli.progress import steps
from canglian.app.cli.serve import HostOption, PortOption, check_port, configured
from canglian.app.demo import Filling
from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import Opened, opened
from canglian.app.server import serve
from canglian.kernel.errors import CanglianError
from canglian.kernel.settings import Settings
from canglian.web.house import queries

app = typer.Typer(help="Fill a demo branch once and serve it.")

CODE = "xincheng"
NAME = "新城支行"


@app.command()
def main(port: PortOption = None, host: HostOption = None) -> None:
    """Fill a demo branch once and serve it; everything in it is made up."""
    try:
        settings = configured(port, host)
        check_port(settings)
        uvloop.run(_run(settings))
    except CanglianError as error:
        raise typer.Exit(tell(error, as_json=False)) from None


async def _run(settings: Settings) -> None:
    async with opened(settings, migrate=True) as installation:
        await fill(installation)
    await serve(settings, _ready)


async def fill(installation: Opened) -> None:
    """The demo book, its contents and its logins, each made once."""
    services = installation.services
    profile = await queries.book(services.reader, CODE)
    if profile is None:
        profile = await installation.open_book(CODE, NAME, actor="system:demo", key="demo:book")
    await make_logins(services, profile.id)
    filling = Filling(services.engine, services.store, profile.id)
    if await filling.is_done():
        return
    with steps("filling the demo branch") as progress:
        await filling.run(progress.reach)


def _ready(_installation: Opened, address: str) -> None:
    logins = "admin, operator, approver, auditor or viewer"
    sys.stdout.write(f"Canglian demo: {address}  log in as {logins} with the password {PASSWORD}\n")
    sys.stdout.flush()
