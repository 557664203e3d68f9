"""What a merchant took on a business date, and over the days before."""

from datetime import date, timedelta

import msgspec

from canglian.kernel.postgres.reader import Reader


class Sales(msgspec.Struct, frozen=True):
    """What was paid on a date, and what went back then, whenever it had been paid. All in fen."""

    on: date
    payments: int = 0
    paid: int = 0
    fees: int = 0
    refunds: int = 0
    refunded: int = 0
    fees_back: int = 0

    @property
    def net(self) -> int:
        """What is left for the merchant."""
        return self.paid - self.fees - self.refunded + self.fees_back


async def sales(reader: Reader, book: int, merchant: str, first: date, last: date) -> list[Sales]:
    """The days on which something was paid or went back, the newest first."""
    sql = (
        'SELECT s."on", sum(s.payments)::bigint, sum(s.paid)::bigint, sum(s.fees)::bigint, sum(s.refunds)::bigint, '
        "sum(s.refunded)::bigint, sum(s.fees_back)::bigint FROM ("
        'SELECT p."on", 1 AS payments, p.captured AS paid, p.fee AS fees, 0 AS refunds, 0 AS refunded, 0 AS fees_back '
        "FROM payment p WHERE p.book = $1 AND p.merchant = $2 AND p.state = 'paid' "
        'AND p."on" >= $3 AND p."on" <= $4 '
        'UNION ALL SELECT r."on", 0, 0, 0, 1, r.amount, r.fee '
        'FROM refund r WHERE r.book = $1 AND r.merchant = $2 AND r."on" >= $3 AND r."on" <= $4'
        ') s GROUP BY s."on" ORDER BY s."on" DESC'
    )
    return [Sales(*row) for row in await reader.rows(sql, book, merchant, first, last)]


async def on_day(reader: Reader, book: int, merchant: str, day: date) -> Sales:
    """What was taken on a date; nothing where there was nothing."""
    found = await sales(reader, book, merchant, day, day)
    return found[0] if found else Sales(day)


async def last_days(reader: Reader, book: int, merchant: str, today: date, days: int) -> list[Sales]:
    """The days up to a date on which there was anything, the newest first."""
    return await sales(reader, book, merchant, today - timedelta(days=days - 1), today)
