"""What the jobs of this room have to do. Every list has a bound; the next turn finds the rest."""

from datetime import date, datetime, timedelta

import msgspec

from canglian.kernel.postgres.reader import Reader

DUE_MAX = 500


class Chunk(msgspec.Struct, frozen=True):
    """Accounts that a day of interest is due on, by number, and what those that moved since had at its end."""

    accounts: list[int]
    moved: list[tuple[int, int]]


_CHUNK = (
    "SELECT i.account, CASE WHEN b.date > $3 THEN coalesce((SELECT m.credits - m.debits FROM balance_mark m "
    "WHERE m.book = i.book AND m.account = i.account AND m.date <= $3 ORDER BY m.date DESC, m.transfer DESC LIMIT 1), "
    "0) END FROM deposit_interest i JOIN balance b ON b.book = i.book AND b.account = i.account "
    "WHERE i.book = $1 AND i.account > $2 AND NOT i.closed AND i.until = $4 ORDER BY i.account LIMIT $5"
)
_SETTLING = (
    "SELECT account FROM deposit_interest WHERE book = $1 AND account > $2 AND NOT closed AND until = $3 "
    "AND settled_on < $3 ORDER BY account LIMIT $4"
)


async def accruing(reader: Reader, book: int, day: date, after: int, most: int) -> Chunk:
    """The next accounts, by number after ``after``, whose interest has every day before ``day`` and not that one."""
    rows = await reader.rows(_CHUNK, book, after, day, day - timedelta(days=1), most)
    return Chunk([row[0] for row in rows], [(row[0], row[1]) for row in rows if row[1] is not None])


async def settling(reader: Reader, book: int, day: date, after: int, most: int) -> list[int]:
    """The next accounts, by number after ``after``, that are to be paid their interest until ``day``."""
    return [row[0] for row in await reader.rows(_SETTLING, book, after, day, most)]


async def first_open_day(reader: Reader, book: int) -> date | None:
    """The first day that is not in the interest of every account; None where the book has no account."""
    last = await reader.value("SELECT max(date) FROM interest_day WHERE book = $1", book)
    if last is not None:
        return last + timedelta(days=1)
    until = await reader.value("SELECT min(until) FROM deposit_interest WHERE book = $1 AND NOT closed", book)
    return None if until is None else until + timedelta(days=1)


async def falling_dormant(reader: Reader, book: int, today: date) -> list[str]:
    """Accounts that had no movement within their time."""
    sql = (
        "SELECT id FROM deposit_account WHERE book = $1 AND dormant_on <= $2 AND dormant_on IS NOT NULL "
        f"AND state = 'active' AND moved_on IS NULL ORDER BY dormant_on, id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, today)]


async def thawing(reader: Reader, book: int, today: date) -> list[str]:
    """Freezes whose last day is over."""
    sql = (
        "SELECT id FROM account_freeze WHERE book = $1 AND until < $2 AND until IS NOT NULL AND lifted_at IS NULL "
        f"ORDER BY until, id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, today)]


async def lapsing(reader: Reader, book: int, now: datetime) -> list[str]:
    """Bindings whose time has passed."""
    sql = (
        "SELECT id FROM bound_account WHERE book = $1 AND expires_at <= $2 "
        f"AND state IN ('checking', 'checked', 'confirming') ORDER BY expires_at, id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, now)]


async def missing_in_file(reader: Reader, book: int, day: date, after: str, most: int) -> list[str]:
    """Orders of a day that are not known to have failed and stand in no file, by id after ``after``."""
    sql = (
        "SELECT id FROM rail_order WHERE book = $1 AND requested_on = $2 AND id > $3 AND filed_on IS NULL "
        "AND state <> 'failed' ORDER BY id LIMIT $4"
    )
    return [row[0] for row in await reader.rows(sql, book, day, after, most)]


async def is_settled_on(reader: Reader, book: int, day: date) -> bool:
    """Whether interest is settled on a day, by the figures in force on it."""
    sql = (
        "SELECT settlement_day = $3 AND settlement_months @> to_jsonb($4::int) FROM deposit_policy WHERE book = $1 "
        "AND effective_from <= $2 ORDER BY effective_from DESC LIMIT 1"
    )
    return bool(await reader.value(sql, book, day, day.day, day.month))
