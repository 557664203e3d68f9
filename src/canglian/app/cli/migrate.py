"""``canglian migrate``: bring the database to this version's schema; spread it over Citus."""

from typing import Annotated

import typer

from canglian.app.cli.verb import verb
from canglian.app.opening import database_url
from canglian.app.rooms import packages
from canglian.kernel.postgres import distribute, migrate
from canglian.kernel.settings import Settings
from canglian.web.cli.output import Answer, console, table

app = typer.Typer(help="Bring the database to this version's schema.")


@app.command()
@verb
async def main(
    settings: Settings,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is missing; exit code 1 if anything is.")
    ] = False,
    spread: Annotated[
        bool, typer.Option("--distribute", help="Distribute every table by book; the server needs Citus.")
    ] = False,
) -> Answer:
    """Apply the migrations that are missing."""
    url, embedded = database_url(settings)
    try:
        if check:
            names = await migrate.pending_async(url, packages())
            return Answer({"pending": names}, table(["missing"], [[n] for n in names]), 1 if names else 0)
        names = await migrate.apply_async(url, packages(), _say)
        tables = await distribute.distribute(url, _say) if spread else []
    finally:
        if embedded is not None:
            embedded.stop()
    rows = [["applied", name] for name in names] + [["distributed", name] for name in tables]
    return Answer({"applied": names, "distributed": tables}, table(["", "what"], rows))


def _say(done: str) -> None:
    """Progress, on stderr: a large database takes a while."""
    console(stderr=True).print(done, highlight=False)
