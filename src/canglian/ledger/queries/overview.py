"""What the first page shows: how busy the book is, with what, and where its money stands.

It reads the newest transfers up to a bound, so it costs the same on a book of any size.
"""

from datetime import datetime, timedelta

import msgspec

from canglian.kernel.postgres.reader import Reader

NEWEST = 100_000
"""How many of the newest transfers are looked at."""


class Rate(msgspec.Struct, frozen=True):
    """So many postings within the time that begins at ``at``."""

    at: datetime
    count: int


class Volume(msgspec.Struct, frozen=True):
    """What moved under one code in one asset."""

    code: str
    asset: str
    count: int
    amount: int


class Counts(msgspec.Struct, frozen=True):
    """How much there is of everything."""

    accounts: int
    transfers: int
    pending_holds: int
    refused_today: int
    commands: int


async def rates(reader: Reader, book: int, until: datetime, buckets: int = 60, seconds: int = 60) -> list[Rate]:
    """Postings in each of the last so many stretches of time, oldest first, empty ones too."""
    start = until - timedelta(seconds=buckets * seconds)
    rows = await reader.rows(
        "SELECT floor(extract(epoch FROM booked_at - $2) / $3)::bigint AS bucket, count(*) FROM transfer "
        f"WHERE book = $1 AND id > {_floor()} AND booked_at >= $2 GROUP BY bucket",
        book,
        start,
        seconds,
    )
    counted = {row[0]: row[1] for row in rows}
    return [Rate(start + timedelta(seconds=n * seconds), counted.get(n, 0)) for n in range(buckets)]


async def volumes(reader: Reader, book: int, days: int = 30) -> list[Volume]:
    """What moved by code in the last so many business days, the largest first."""
    rows = await reader.rows(
        f"SELECT code, asset, count(*), sum(amount) FROM transfer WHERE book = $1 AND id > {_floor()} "
        "AND date > (SELECT today FROM book WHERE book = $1) - $2::integer "
        "GROUP BY code, asset ORDER BY 4 DESC LIMIT 20",
        book,
        days,
    )
    return [Volume(code, asset, count, int(amount)) for code, asset, count, amount in rows]


async def counts(reader: Reader, book: int) -> Counts:
    """How much there is of everything."""
    row = await reader.row(
        "SELECT coalesce((counters->>'account')::bigint, 0), coalesce((counters->>'transfer')::bigint, 0), "
        "(SELECT count(*) FROM hold h WHERE h.book = $1 AND h.state = 'pending'), "
        "(SELECT count(*) FROM command c WHERE c.book = $1 AND c.number > book.commands - 10000 "
        "AND c.status = 'rejected' AND c.at >= date_trunc('day', now(), 'Asia/Shanghai')), commands "
        "FROM book WHERE book = $1",
        book,
    )
    return Counts(*row) if row is not None else Counts(0, 0, 0, 0, 0)


def _floor() -> str:
    return f"(SELECT coalesce((counters->>'transfer')::bigint, 0) - {NEWEST} FROM book WHERE book = $1)"
