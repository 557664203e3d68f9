"""``canglian sandbox``: worlds outside the bank, to try it with."""

import enum
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from canglian.app.cli.failing import report_error
from canglian.app.cli.verb import Json
from canglian.app.sandbox import faults
from canglian.app.sandbox.running import WORLDS, run
from canglian.kernel.errors import CanglianError
from canglian.web.cli.output import print_ready
from canglian.web.signing import ED25519, HMAC

app = typer.Typer(help="Run worlds outside the bank, to try it with: identity, sms, rail.")

PORT = 8101
PAGES = {"sms": "/inbox", "rail": "/accounts"}
"""Where a person looks in a world."""


class WorldName(enum.StrEnum):
    """What may be run."""

    IDENTITY = "identity"
    SMS = "sms"
    RAIL = "rail"
    ALL = "all"


class Algorithm(enum.StrEnum):
    """What keys may be of."""

    ED25519 = ED25519
    HMAC = HMAC


@app.command()
def main(
    world: Annotated[WorldName, typer.Argument(metavar="[WORLD]", help="identity, sms, rail or all.")] = WorldName.ALL,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            "-p",
            min=0,
            max=65000,
            help="The first port, the others follow; 0 takes free ones. Default: 8101.",
        ),
    ] = None,
    data: Annotated[Path, typer.Option("--data", help="The folder that keeps what happened, and the keys.")] = Path(
        ".canglian/sandbox"
    ),
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="NAME=RATE",
            help="What goes wrong, how often: slow, error, silent, lost, duplicate, forged, out_of_order. "
            "May be repeated; PUT /faults changes it later.",
        ),
    ] = None,
    slow_seconds: Annotated[float, typer.Option("--slow-seconds", min=0, help="How slow slow is.")] = 2.0,
    algorithm: Annotated[Algorithm, typer.Option("--algorithm", help="Of keys that are made now.")] = Algorithm.ED25519,
    until_closed: Annotated[
        bool, typer.Option("--until-closed", hidden=True, help="End when standard input is closed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run sandboxes on this machine until interrupted. The settings that connect a bank stand in their folder."""
    names = list(WORLDS) if world is WorldName.ALL else [world.value]

    def ready(addresses: Mapping[str, str], environment: Path) -> None:
        if as_json:
            print_ready({"addresses": addresses, "environment": str(environment)})
            return
        lines = [f"{name:9} {address}{PAGES.get(name, '/')}" for name, address in addresses.items()]
        sys.stdout.write("\n".join([*lines, f"connect   set -a; . {environment}; set +a; canglian serve", ""]))
        sys.stdout.flush()

    try:
        ordered = faults.read(fault or [], slow_seconds)
        uvloop.run(
            run(
                names,
                data,
                ready,
                port=PORT + list(WORLDS).index(names[0]) if port is None else port,
                faults=ordered,
                algorithm=algorithm.value,
                until_closed=until_closed,
            )
        )
    except CanglianError as error:
        raise typer.Exit(report_error(error, as_json=as_json)) from None
