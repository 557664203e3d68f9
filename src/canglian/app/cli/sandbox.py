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
from canglian.app.sandboxes import NAMES, run, world
from canglian.kernel.errors import CanglianError
from canglian.web.cli.output import print_ready
from canglian.web.sandbox import faults
from canglian.web.signing_keys import ED25519, HMAC

app = typer.Typer(help=f"Run worlds outside the bank, to try it with: {', '.join(NAMES)}.")

PORT = 8101
ALL = "all"


class Algorithm(enum.StrEnum):
    """What keys may be of."""

    ED25519 = ED25519
    HMAC = HMAC


def _known(name: str) -> str:
    if name not in (*NAMES, ALL):
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, (*NAMES, ALL)))}.")
    return name


def _names(typed: str) -> list[str]:
    return [name for name in (*NAMES, ALL) if name.startswith(typed)]


World = Annotated[
    str,
    typer.Argument(metavar="[WORLD]", help=f"{', '.join(NAMES)} or {ALL}.", callback=_known, autocompletion=_names),
]


@app.command()
def main(
    name: World = ALL,
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
    names = NAMES if name == ALL else (name,)

    def ready(addresses: Mapping[str, str], environment: Path) -> None:
        if as_json:
            print_ready({"addresses": addresses, "environment": str(environment)})
            return
        lines = [f"{started:9} {address}{world(started).front}" for started, address in addresses.items()]
        sys.stdout.write("\n".join([*lines, f"connect   set -a; . {environment}; set +a; canglian serve", ""]))
        sys.stdout.flush()

    try:
        ordered = faults.read(fault or [], slow_seconds)
        uvloop.run(
            run(
                names,
                data,
                ready,
                port=PORT + NAMES.index(names[0]) if port is None else port,
                faults=ordered,
                algorithm=algorithm.value,
                until_closed=until_closed,
            )
        )
    except CanglianError as error:
        raise typer.Exit(report_error(error, as_json=as_json)) from None
