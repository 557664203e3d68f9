"""``canglian audit``: prove that nothing in the log was changed, and that the stored state is what it leads to."""

from typing import Annotated

import msgspec
import typer

import canglian.kernel.outbox  # noqa: F401  # pyright: ignore[reportUnusedImport] - its commands are replayed too
from canglian.app.cli.verb import verb
from canglian.app.opening import BOOK_CLASS, CliContext
from canglian.kernel.auditing import replay as replay_book
from canglian.kernel.auditing import verify as verify_book
from canglian.ledger import AUDITED
from canglian.web.cli.output import Answer, facts, table
from canglian.web.cli.progress import steps

app = typer.Typer(help="Prove the audit chain and replay the command log.", no_args_is_help=True)


@app.command()
@verb
async def verify(context: CliContext) -> Answer:
    """Compute the chain of hashes again; exit code 1 where a link does not fit."""
    with steps("verifying") as progress:
        found = await verify_book(context.reader, context.book, AUDITED, progress.reach)
    broken = found.broken
    view = facts(
        [
            ("batches", f"{found.batches:,}"),
            ("commands", f"{found.commands:,}"),
            ("rows", ", ".join(f"{count:,} {name}" for name, count in found.rows.items())),
            ("newest link", found.hash),
            ("broken at", None if broken is None else f"batch {broken.batch}: {broken.kind}"),
            ("expected", None if broken is None else broken.expected),
            ("found", None if broken is None else broken.found),
        ],
        "The chain holds." if found.holds else "The chain is BROKEN.",
    )
    return Answer({**msgspec.to_builtins(found), "holds": found.holds}, view, 0 if found.holds else 1)


@app.command()
@verb
async def replay(
    context: CliContext,
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many differences are listed.")] = 100,
) -> Answer:
    """Decide the whole command log again in memory and compare; exit code 1 where the stored state differs."""
    with steps("replaying") as progress:
        store = context.opened.services.store
        found = await replay_book(store, context.book, BOOK_CLASS, progress.reach, differences_max=most)
    title = f"{found.commands:,} commands replayed: " + (
        "the stored state is what they lead to." if found.holds else f"{found.differing:,} rows DIFFER."
    )
    rows = [
        (difference.entity, difference.key, difference.field or "(the row)", difference.stored, difference.replayed)
        for difference in found.differences
    ]
    view = facts(
        [
            ("applied", f"{found.applied:,}"),
            ("rejected", f"{found.rejected:,}"),
            ("rows compared", ", ".join(f"{count:,} {name}" for name, count in found.rows.items())),
        ],
        title,
    )
    if rows:
        view = table(["entity", "key", "field", "stored", "replayed"], rows)
    return Answer({**msgspec.to_builtins(found), "holds": found.holds}, view, 0 if found.holds else 1)
