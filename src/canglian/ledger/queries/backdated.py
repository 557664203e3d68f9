"""What the marks of an account do not know: transfers that carry an earlier business date than others booked before."""

from datetime import date

import msgspec

from canglian.kernel.postgres.reader import Reader

Day = date  # the field of the same name would hide the type

SPANS_MAX = 4000
"""The most pairs of a date and the date from which marks count it that a course takes in."""


class Crossing(msgspec.Struct, frozen=True):
    """The backdated entries of an account that a period and the order of booking disagree about, by number.

    ``earlier`` were booked in it and belong before it; ``later`` were booked after it and belong in it. The values are
    debits less credits.
    """

    earlier: dict[int, int]
    later: dict[int, int]

    def net_after(self, transfer: int) -> int:
        """What the balance after an entry booked in its turn lacks: what was booked later and belongs before."""
        return sum(net for number, net in self.earlier.items() if number > transfer)

    def later_after(self, transfer: int) -> int:
        """What comes after an entry, of those that were booked after the period."""
        return sum(net for number, net in self.later.items() if number > transfer)


async def crossing(reader: Reader, book: int, account: int, first: date | None, last: date | None) -> Crossing:
    """Those of a period of business dates; None is open on that side."""
    earlier, later = date.min if first is None else first, date.max if last is None else last
    rows = await reader.rows(
        "SELECT transfer, date < $3, debits - credits FROM backdated_entry WHERE book = $1 AND account = $2 "
        "AND ((date < $3 AND until >= $3) OR (date >= $3 AND date <= $4 AND until > $4)) ORDER BY transfer",
        book,
        account,
        earlier,
        later,
    )
    return Crossing({row[0]: row[2] for row in rows if row[1]}, {row[0]: row[2] for row in rows if not row[1]})


class Span(msgspec.Struct, frozen=True):
    """What was backdated to a date, and from which date on the account's marks count it: debits less credits."""

    date: Day
    until: Day
    net: int

    def counts_on(self, day: Day) -> bool:
        """Whether the figures of a day lack it."""
        return self.date <= day < self.until


async def spans(reader: Reader, book: int, account: int, since: date) -> list[Span]:
    """What the marks of a date from ``since`` on lack, oldest first."""
    rows = await reader.rows(
        "SELECT date, until, sum(debits - credits)::bigint FROM backdated_entry WHERE book = $1 AND account = $2 "
        f"AND until > $3 GROUP BY date, until ORDER BY date, until LIMIT {SPANS_MAX}",
        book,
        account,
        since,
    )
    return [Span(*row) for row in rows]
