"""Merchants that are expected to join a campaign: rooms above say which, so that an estimate counts them.

A campaign that merchants join is taken by those of its list; before it runs, nobody has joined yet::

    on_expected(invited_merchants)
"""

from collections.abc import Awaitable, Callable

from canglian.kernel.postgres.reader import Reader

Find = Callable[[Reader, int, str], Awaitable[set[str]]]
"""Which merchants of a book are expected in a campaign, by its id."""

_finds: list[Find] = []


def on_expected(find: Find) -> None:
    """Say which merchants are expected in a campaign."""
    _finds.append(find)


async def expected(reader: Reader, book: int, campaign: str) -> set[str]:
    """The merchants that are expected in a campaign."""
    found: set[str] = set()
    for find in _finds:
        found |= await find(reader, book, campaign)
    return found
