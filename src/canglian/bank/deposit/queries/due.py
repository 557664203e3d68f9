"""What the jobs of this room have to do. Every list has a bound; the next turn finds the rest."""

from datetime import date, datetime

from canglian.kernel.postgres.reader import Reader

DUE_MAX = 500


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
