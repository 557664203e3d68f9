"""Counting a code that somebody types: the count and the answer are one decision, however many are typed at once."""

from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta

from canglian.bank.reward.typed_codes.model import TypedCodes
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.ledger.book import Book

WRONG_BURST = 10
"""How many wrong codes are looked at, one after the other."""

EVERY = timedelta(minutes=1)
"""After how long one of them is forgotten."""


class CountTypedCode(Command[int], kind="reward.count_typed_code"):
    """Count a code that was typed, where it was wrong; how many seconds nobody looks at one, right ones included."""

    of: Annotated[str, Meta(pattern=r"^[0-9A-Za-z_:.@-]{1,100}\Z", description="What wrong codes are counted by.")]
    right: Annotated[bool, doc("Whether the code was right; the code itself is kept nowhere.")]

    def decide(self, book: Book) -> int:
        known = book.maybe(TypedCodes, self.of)
        forgotten_at = book.now if known is None else known.forgotten_at
        wait = seconds_left(forgotten_at, book.now)
        if wait or self.right:
            return wait
        forgotten_at = max(forgotten_at, book.now) + EVERY
        if known is None:
            book.add(TypedCodes(self.of, 1, forgotten_at))
        else:
            book.put(known.replace(wrong=known.wrong + 1, forgotten_at=forgotten_at))
        return 0


def seconds_left(forgotten_at: datetime, now: datetime) -> int:
    """For how many seconds no code is looked at; 0 where one is."""
    left = forgotten_at - (WRONG_BURST - 1) * EVERY - now
    return max(0, -(-left // timedelta(seconds=1)))


__all__ = ["CountTypedCode"]
