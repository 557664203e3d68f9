"""A statement as a file from the command line: ``canglian deposit statement``, ``canglian wallet statement``."""

import enum
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.statements.files import Form, statement_file
from canglian.bank.deposit.statements.gathering import Subject, of_deposit
from canglian.kernel.queries.observing import book_figures
from canglian.web.cli import BookContext
from canglian.web.cli.dates import day
from canglian.web.cli.output import Answer, facts

_STDOUT = Path("-")


class Language(enum.StrEnum):
    """The languages of a statement."""

    CHINESE = "zh"
    ENGLISH = "en"


File = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="Where to, - for the standard output; by default a file that says its period."),
]
AskedForm = Annotated[
    Form,
    typer.Option(
        "--format", help="PDF with a code that anybody checks or ISO 20022, of 10,000 entries at most, or CSV of all."
    ),
]
First = Annotated[str | None, typer.Option("--from", help="The first business date; by default that of the month.")]
Last = Annotated[str | None, typer.Option("--to", help="The last business date; by default today.")]
AskedLanguage = Annotated[Language, typer.Option("--language", help="The language of the statement.")]


async def statement(
    context: BookContext,
    deposit: Annotated[str, typer.Argument(metavar="DEPOSIT", help="The deposit account's id.")],
    file: File = None,
    form: AskedForm = Form.PDF,
    first: First = None,
    last: Last = None,
    language: AskedLanguage = Language.CHINESE,
) -> Answer | None:
    """Write the statement of a period of a deposit account into a file; its holder is masked."""
    subject = of_deposit(await accounts.account(context.reader, context.book, deposit))
    return await write_statement(context, subject, file, form, first, last, language)


async def write_statement(
    context: BookContext,
    subject: Subject,
    file: Path | None,
    form: Form,
    first: str | None,
    last: str | None,
    language: Language,
) -> Answer | None:
    """Write a statement; say where, unless it is the standard output.

    Rejects as ``statement_file`` does, ``cli.instant_invalid``.
    """
    until = day(last) or (await book_figures(context.reader, context.book)).today
    since = day(first) or until.replace(day=1)
    made = await statement_file(context.services, context.book, subject, since, until, form, language.value)
    path = file or Path(made.name)
    if path == _STDOUT:
        async for part in made.parts():
            sys.stdout.buffer.write(part)
        sys.stdout.flush()
        return None
    size = 0
    with path.open("wb") as written:
        async for part in made.parts():
            size += written.write(part)
    data: dict[str, Any] = {"file": str(path), "format": form.value, "from": str(since), "to": str(until)}
    return Answer({**data, "bytes": size}, facts(data.items(), "Wrote the statement."))
