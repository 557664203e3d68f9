"""When a merchant gets what it is owed: a settlement above this room says so at import.

when_paid_out(next_payout)
"""

from collections.abc import Awaitable, Callable
from datetime import date

import msgspec

from canglian.bank.payment.model import Merchant
from canglian.kernel.postgres.reader import Reader


class NextPayout(msgspec.Struct, frozen=True):
    """The next payout of a merchant: on which day, and how much as things stand; None where that is not known yet."""

    on: date
    amount: int | None = None


Ask = Callable[[Reader, int, Merchant], Awaitable[NextPayout | None]]

_asked: list[Ask] = []


def when_paid_out(ask: Ask) -> None:
    """Have this asked for the next payout of a merchant."""
    _asked.append(ask)


async def next_payout(reader: Reader, book: int, merchant: Merchant) -> NextPayout | None:
    """The next payout of a merchant; None where nobody knows of any."""
    for ask in _asked:
        found = await ask(reader, book, merchant)
        if found is not None:
            return found
    return None
