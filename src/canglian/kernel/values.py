"""Value types that every floor shares: amounts, assets, book numbers, instants and text limits.

An amount is an integer in the minor unit of its asset (fen for ``CNY``); it travels with an asset code such as
``CNY``, ``ECNY`` or ``PTS:xincheng``. Instants are aware datetimes in UTC. A business date is the book's own.
"""

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from canglian.kernel.fields import PRINTABLE, Field, PlainText, Unit, impersonal, visible
from canglian.kernel.hidden import NO_CHARACTERS

AMOUNT_MAX = 10**15
"""The largest single amount, in minor units: ten trillion yuan. Balances stay far inside a BIGINT."""

BOUND_MAX = 10**18
"""The largest floor or ceiling of a balance, in minor units; balances stay far inside a BIGINT."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Instants outside these are mistakes, and beyond what every time zone can say."""

SHANGHAI = ZoneInfo("Asia/Shanghai")

Amount = Annotated[
    int,
    Meta(gt=0, le=AMOUNT_MAX, description="A positive integer in the minor unit (fen)."),
    Field(label="Amount", help="In yuan, such as 12.50.", unit=Unit.MONEY),
]
Bound = Annotated[int, Meta(ge=-BOUND_MAX, le=BOUND_MAX, description="A bound of the balance in the minor unit.")]
Number = Annotated[int, Meta(gt=0, le=2**62, description="A small number handed out by the book in order.")]
AssetCode = Annotated[str, Meta(pattern=r"^[A-Z]{3,8}(:[a-z0-9_-]{1,32})?\Z", description="CNY, ECNY or PTS:xincheng.")]
Code = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z", max_length=48, description="What it is for: fee.monthly")
]
Name = PlainText
OwnReference = Annotated[
    str,
    Meta(pattern=PRINTABLE, min_length=1, max_length=120, description="The caller's own reference."),
    Field(check=visible),
]
"""A number that a program of the caller made: it may look like anything, a card's number too."""

Reference = Annotated[OwnReference, Field(check=impersonal)]
"""A reference that people may type: it holds no number of a person."""
MetadataKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]+\Z", max_length=40)]
MetadataValue = Annotated[str, Meta(pattern=r"^[^\x00]*\Z", max_length=500), Field(check=visible)]
Metadata = Annotated[
    dict[MetadataKey, MetadataValue], Meta(max_length=20, description="Up to 20 texts by name, searchable.")
]
BookNumber = Annotated[int, Meta(ge=0, le=2**31 - 1)]

REPLACEMENT = "\ufffd"
"""What stands in a file for a character that the file cannot carry."""

_UNWRITABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff{NO_CHARACTERS}]")


def writable(text: str, replacement: str) -> str:
    """A text as files carry it: control characters (but tabs and ends of lines), surrogates and code points that stand
    for no character are replaced."""
    return text if text.isascii() and text.isprintable() else _UNWRITABLE.sub(replacement, text)


SYSTEM_BOOK: int = 0
"""The book of the installation itself: its books, users, keys and sessions."""


def utc_now() -> datetime:
    """The wall clock, for edges and the engine only; a decision uses its book's."""
    return datetime.now(UTC)
