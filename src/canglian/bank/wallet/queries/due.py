"""What the job of interest has to do, by wallets' accounts in the ledger."""

from datetime import date, timedelta

from canglian.bank.deposit.queries.due import Chunk
from canglian.kernel.postgres.reader import Reader

_CHUNK = (
    "SELECT i.account, CASE WHEN b.date > $3 THEN coalesce((SELECT m.credits - m.debits FROM balance_mark m "
    "WHERE m.book = i.book AND m.account = i.account AND m.date <= $3 ORDER BY m.date DESC, m.transfer DESC LIMIT 1), "
    "0) END FROM wallet_interest i JOIN balance b ON b.book = i.book AND b.account = i.account "
    "WHERE i.book = $1 AND i.account > $2 AND NOT i.closed AND i.until = $4 ORDER BY i.account LIMIT $5"
)
_SETTLING = (
    "SELECT account FROM wallet_interest WHERE book = $1 AND account > $2 AND NOT closed AND until = $3 "
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
    """The first day that is not in the interest of every wallet; None where the book has none that bears any."""
    last = await reader.value("SELECT max(date) FROM wallet_interest_day WHERE book = $1", book)
    if last is not None:
        return last + timedelta(days=1)
    until = await reader.value("SELECT min(until) FROM wallet_interest WHERE book = $1 AND NOT closed", book)
    return None if until is None else until + timedelta(days=1)
