"""What the jobs of interest have to do, by accounts in the ledger. Every list has a bound.

The tables are those of the entities: each kind of account keeps its own interest.
"""

from datetime import date, timedelta

import msgspec

from canglian.bank.deposit.model.interest import FinishedDay, UnsettledInterest
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import quoted


class Chunk(msgspec.Struct, frozen=True):
    """Accounts that a day of interest is due on, by number, and what those that moved since had at its end."""

    accounts: list[int]
    moved: list[tuple[int, int]]


async def accruing(reader: Reader, book: int, kind: type[UnsettledInterest], day: date, after: int, most: int) -> Chunk:
    """The next accounts, by number after ``after``, whose interest has every day before ``day`` and not that one."""
    sql = (
        "SELECT i.account, CASE WHEN b.date > $3 THEN coalesce((SELECT m.credits - m.debits FROM balance_mark m "
        "WHERE m.book = $1 AND m.account = i.account AND m.date <= $3 "
        "ORDER BY m.date DESC, m.transfer DESC LIMIT 1), 0) "
        "+ coalesce((SELECT sum(l.credits - l.debits)::bigint FROM backdated_entry l WHERE l.book = $1 "
        f"AND l.account = i.account AND l.date <= $3 AND l.until > $3), 0) END FROM {quoted(kind.__table__)} i "
        "JOIN balance b ON b.book = $1 AND b.account = i.account "
        "WHERE i.book = $1 AND i.account > $2 AND NOT i.closed AND i.until = $4 ORDER BY i.account LIMIT $5"
    )
    rows = await reader.rows(sql, book, after, day, day - timedelta(days=1), most)
    return Chunk([row[0] for row in rows], [(row[0], row[1]) for row in rows if row[1] is not None])


async def settling(
    reader: Reader, book: int, kind: type[UnsettledInterest], day: date, after: int, most: int
) -> list[int]:
    """The next accounts, by number after ``after``, that are to be paid their interest until ``day``."""
    sql = (
        f"SELECT account FROM {quoted(kind.__table__)} WHERE book = $1 AND account > $2 AND NOT closed "
        "AND until = $3 AND settled_on < $3 ORDER BY account LIMIT $4"
    )
    return [row[0] for row in await reader.rows(sql, book, after, day, most)]


async def first_open_day(
    reader: Reader, book: int, kind: type[UnsettledInterest], finished: type[FinishedDay]
) -> date | None:
    """The first day that is not in the interest of every account; None where the book has no account that bears any."""
    last = await reader.value(f"SELECT max(date) FROM {quoted(finished.__table__)} WHERE book = $1", book)
    if last is not None:
        return last + timedelta(days=1)
    sql = f"SELECT min(until) FROM {quoted(kind.__table__)} WHERE book = $1 AND NOT closed"
    until = await reader.value(sql, book)
    return None if until is None else until + timedelta(days=1)


async def is_settled_on(reader: Reader, book: int, day: date) -> bool:
    """Whether interest is settled on a day, by the figures in force on it."""
    sql = (
        "SELECT settlement_day = $3 AND settlement_months @> to_jsonb($4::int) FROM deposit_policy WHERE book = $1 "
        "AND effective_from <= $2 ORDER BY effective_from DESC LIMIT 1"
    )
    return bool(await reader.value(sql, book, day, day.day, day.month))
