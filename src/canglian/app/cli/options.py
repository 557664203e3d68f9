"""Arguments and options that several verbs share, and how their texts are read."""

from typing import Annotated

import typer

import canglian.app.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.kernel.errors import Malformed

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
