"""Where the accounts and wallets are that have limits: rooms above register how theirs are found.

    held_by("deposit", Source(one=…, of_party=…))

A subject is ``<prefix>:<id>``. With a source, screens and the API show the limits of a subject by its name alone, and
all those of a party.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from canglian.bank.limit.standing import Asked
from canglian.kernel.postgres.reader import Reader


@dataclass(frozen=True)
class Source:
    """``one`` gives a subject by its whole name, None where there is none; ``of_party`` all those of a party that are
    still open. What they give has the product, the level of the holder, the party, the balance and a title to show.
    ``family`` is that of the message ids of its products' names."""

    one: Callable[[Reader, int, str], Awaitable[Asked | None]]
    of_party: Callable[[Reader, int, str], Awaitable[list[Asked]]]
    family: str = "code"


SOURCES: Final[dict[str, Source]] = {}
"""By the prefix of their subjects."""


def held_by(prefix: str, source: Source) -> None:
    """Say how the subjects with a prefix are found; once."""
    if SOURCES.setdefault(prefix, source) is not source:
        raise AssertionError(f"{prefix} has two sources")


def word_of(subject: str | None, product: str) -> str:
    """The message id of the name of a subject's product; the code itself where nobody knows the subject."""
    source = SOURCES.get((subject or "").partition(":")[0])
    return product if source is None else f"{source.family}.{product}"


async def holding(reader: Reader, book: int, subject: str) -> Asked | None:
    """A subject, where its room says what it is."""
    source = SOURCES.get(subject.partition(":")[0])
    return None if source is None else await source.one(reader, book, subject)


async def holdings(reader: Reader, book: int, party: str) -> list[Asked]:
    """All accounts and wallets of a party, room by room."""
    return [subject for source in SOURCES.values() for subject in await source.of_party(reader, book, party)]
