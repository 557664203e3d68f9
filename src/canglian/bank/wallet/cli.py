"""``canglian wallet``: wallets and their statements, and taking on people whom a partner or a village has verified."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from canglian.bank.approval import Book
from canglian.bank.deposit.statements.command_line import (
    AskedForm,
    AskedLanguage,
    File,
    First,
    Language,
    Last,
    write_statement,
)
from canglian.bank.deposit.statements.files import Form
from canglian.bank.wallet import onboarding, statements
from canglian.bank.wallet.actions import WALLETS
from canglian.bank.wallet.queries import wallets
from canglian.kernel import Engine
from canglian.ledger.importing import beside
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts
from canglian.web.cli.progress import steps


async def onboard(
    context: BookContext,
    file: Annotated[Path, typer.Argument(help="A CSV file; docs/reference/onboarding.md describes it.")],
    outcomes: Annotated[
        Path | None, typer.Option("--outcomes", help="Where the outcome of every line goes, as CSV.")
    ] = None,
    product: Annotated[
        str, typer.Option("--product", help="Which wallet: wallet.ewallet, or wallet.ecny2 beside a deposit account.")
    ] = "wallet.ewallet",
    within: Annotated[
        str | None, typer.Option("--within", help="The village or partner that these people belong to.")
    ] = None,
) -> Answer:
    """Open an account and a wallet for everybody in a file; run again after a crash, it goes on where it stopped."""
    services = context.services
    engine = Engine(services.store, Book, audited=services.audited, cache_max=onboarding.CACHE_MAX)
    try:
        with steps(f"taking on {file.name}") as progress:
            summary = await onboarding.onboard(
                engine,
                services.keyring,
                context.book,
                file,
                msgspec.convert({"product": product, "within": within}, onboarding.Asked),
                actor=context.actor,
                outcomes=outcomes,
                report=progress.reach,
            )
    finally:
        await engine.stop()
    return Answer({**msgspec.to_builtins(summary), "ok": summary.ok}, _shown(summary, outcomes), 0 if summary.ok else 1)


async def statement(
    context: BookContext,
    wallet: Annotated[str, typer.Argument(metavar="WALLET", help="The wallet's id.")],
    file: File = None,
    form: AskedForm = Form.PDF,
    first: First = None,
    last: Last = None,
    language: AskedLanguage = Language.CHINESE,
) -> Answer | None:
    """Write the statement of a period of a wallet into a file; its holder is masked."""
    found = await wallets.wallet(context.reader, context.book, wallet)
    subject = await statements.masked(context.reader, context.book, found)
    return await write_statement(context, subject, file, form, first, last, language)


def _shown(summary: onboarding.Summary, outcomes: Path | None) -> Any:
    return facts(
        [
            ("lines", f"{summary.lines:,}"),
            ("beside them", beside(summary)),
            ("opened", f"{summary.opened:,}"),
            ("refused", f"{summary.refused:,}"),
            ("malformed", f"{summary.malformed:,}"),
            ("done before", f"{summary.repeated:,}"),
            ("outcomes in", outcomes),
        ],
        "Everybody was taken on." if summary.ok else "Not everybody was taken on.",
    )


NOUNS = {"wallet": Noun(resource=WALLETS, verbs=(onboard, statement))}
