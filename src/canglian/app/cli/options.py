"""Arguments and options that several verbs share, and how their texts are read."""

from datetime import UTC, date, datetime, time
from typing import Annotated

import typer

import canglian.app.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.kernel.errors import Malformed
from canglian.kernel.values import SHANGHAI

AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account, by number or reference.")]
AmountArgument = Annotated[str, typer.Argument(metavar="AMOUNT", help="The amount, such as 12.50.")]
Fen = Annotated[bool, typer.Option("--fen", help="Amounts are whole minor units (fen), not yuan.")]
Key = Annotated[
    str | None,
    typer.Option("--key", help="Idempotency key: the same key and request is done once, however often you ask."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Decide, show the outcome, change nothing.")]
Code = Annotated[str, typer.Option("--code", help="What it is for, such as shop.payment.")]
ReferenceOption = Annotated[str | None, typer.Option("--reference", help="Your own reference.")]
Meta = Annotated[
    list[str] | None,
    typer.Option("--meta", metavar="NAME=VALUE", help="A text to keep with it; may be repeated."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="How many rows.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Go on after this row: the cursor of the last answer.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="WHEN", help="A date (2026-11-23) or an instant, instead of now."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer every question with yes.")]


def metadata(pairs: list[str] | None) -> dict[str, str] | None:
    """``["shop=12"]`` as ``{"shop": "12"}``; None for nothing. Rejects ``cli.metadata_invalid``."""
    if not pairs:
        return None
    read: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise Malformed("cli.metadata_invalid", text=pair)
        read[name] = value
    return read


def instant(text: str | None) -> datetime | None:
    """An instant, or the end of a day in Shanghai. Rejects ``cli.instant_invalid``."""
    if text is None:
        return None
    when = _read(text)
    if isinstance(when, datetime):
        return when
    return datetime.combine(when, time.max, SHANGHAI).astimezone(UTC)


def day(text: str | None) -> date | None:
    """A date. Rejects ``cli.instant_invalid``."""
    when = None if text is None else _read(text)
    return when.astimezone(SHANGHAI).date() if isinstance(when, datetime) else when


def _read(text: str) -> date | datetime:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("cli.instant_invalid", text=text) from None
    return (when if when.tzinfo is not None else when.replace(tzinfo=SHANGHAI)).astimezone(UTC)
