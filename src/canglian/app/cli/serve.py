"""``canglian serve``: the API and the console, in one process."""

import socket
from typing import Annotated

import msgspec
import typer
import uvloop

from canglian.app.cli.failing import report_error
from canglian.app.cli.verb import Json
from canglian.app.opening import Opened
from canglian.app.server import serve
from canglian.kernel.errors import CanglianError, Conflict
from canglian.kernel.settings import Settings, load
from canglian.web.cli.output import console, print_ready

app = typer.Typer(help="Serve the API and the console.")

PortOption = Annotated[int | None, typer.Option("--port", "-p", envvar="PORT", help="The port; 0 takes a free one.")]
HostOption = Annotated[str | None, typer.Option("--host", help="The address to listen on.")]


@app.command()
def main(
    port: PortOption = None,
    host: HostOption = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the schema up to date first.")] = False,
    as_json: Json = False,
) -> None:
    """Serve the API and the console until interrupted."""

    def ready(_installation: Opened, address: str) -> None:
        if as_json:
            print_ready({"address": address})
        else:
            console(stderr=True).print(f"Canglian serves on {address}")

    try:
        settings = configured(port, host)
        check_port(settings)
        uvloop.run(serve(settings, ready, migrate=migrate))
    except CanglianError as error:
        raise typer.Exit(report_error(error, as_json=as_json)) from None


def configured(port: int | None, host: str | None) -> Settings:
    """The configuration, with what the command line says instead."""
    settings = load().settings
    if port is not None:
        settings = msgspec.structs.replace(settings, port=port)
    return settings if host is None else msgspec.structs.replace(settings, host=host)


def check_port(settings: Settings) -> None:
    """Refuse a taken port before anything is started: ``cli.port_taken``."""
    if settings.port == 0:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            raise Conflict("cli.port_taken", host=settings.host, port=settings.port) from None
