"""``canglian point-scheme``, ``points``, ``point-lot`` and ``point-exchange``."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from canglian.bank.purpose.importing import wallets_by_numbers
from canglian.bank.purpose.queries import wallets_by_number
from canglian.bank.reward.points import importing
from canglian.bank.reward.points.actions import EXCHANGES, LOTS, MEMBERS, SCHEMES
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts
from canglian.web.cli.progress import steps


async def import_(
    context: BookContext,
    scheme: Annotated[str, typer.Argument(help="The scheme's id.")],
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns wallet (number or id) and points.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays on record.")],
    outcomes: Annotated[
        Path | None, typer.Option("--outcomes", help="Where the outcome of every line goes, as CSV.")
    ] = None,
) -> Answer:
    """Award points to the people of a file; run again after a crash, it goes on where it stopped, none twice."""
    services = context.services
    find = wallets_by_numbers(
        lambda number: WALLET_NUMBERS.index(services.keyring, number),
        lambda indexes: wallets_by_number(context.reader, context.book, indexes),
    )
    with steps(f"awarding {file.name}") as progress:
        summary = await importing.import_awards(
            services.engine,
            context.book,
            scheme,
            reason,
            file,
            find,
            actor=context.actor,
            outcomes=outcomes,
            report=progress.reach,
        )
    counts = {"awarded": summary.awarded, "awarded before": summary.repeated, "refused": summary.refused}
    shown: list[tuple[str, Any]] = [("lines", f"{summary.lines:,}"), *((name, f"{n:,}") for name, n in counts.items())]
    headline = "Everybody has their points." if summary.ok else "Not every line got its points."
    answer = {**msgspec.to_builtins(summary), "ok": summary.ok}
    return Answer(answer, facts([*shown, ("outcomes in", outcomes)], headline), 0 if summary.ok else 1)


import_.__name__ = "import"

NOUNS = {
    "point-scheme": Noun(resource=SCHEMES),
    "points": Noun(resource=MEMBERS, verbs=(import_,)),
    "point-lot": Noun(resource=LOTS),
    "point-exchange": Noun(resource=EXCHANGES),
}
