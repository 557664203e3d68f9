"""The command line: ``canglian <noun> <verb>``.

Every command takes ``--json`` and then prints one JSON document on stdout; people get tables. Progress and
errors go to stderr; an error says what to do next, and under ``--json`` is a JSON object with a stable code.

Exit codes:

    0    done
    1    refused by a rule, or a check or bar that does not hold
    2    the command itself is wrong: an unknown option, an argument that cannot be read
    3    something that it needs is away: the database, a full queue; trying again may help
    70   a fault of ours
    130  interrupted

One file a noun. This module knows only their names, so that ``canglian --help`` and completion stay quick.
"""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from canglian import __version__
from canglian.app.cli.nouns import Nouns

app = typer.Typer(
    name="canglian",
    cls=Nouns,
    help="Scenario finance on one exact ledger.",
    epilog="Exit codes: 0 done, 1 refused or a bar missed, 2 usage, 3 unavailable (try again), 70 our fault.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"canglian {__version__}")
        raise typer.Exit


@app.callback()
def canglian(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Scenario finance on one exact ledger."""


def main() -> None:
    """The entry point of the program ``canglian``. What a terminal cannot encode is escaped: no fault, no loss."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()
