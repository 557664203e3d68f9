"""Payments of a time that is over, read in parts by their ids, which are ordered by time; and merchants as offers see
them."""

from collections.abc import AsyncIterator
from datetime import datetime

from canglian.bank.reward.estimating.estimator import Paid, Shop
from canglian.kernel.book import least_id
from canglian.kernel.postgres.reader import Reader

TOGETHER = 5_000
"""How many payments are read at once: no more are held at any time."""


async def payments(reader: Reader, book: int, since: datetime, until: datetime) -> AsyncIterator[list[Paid]]:
    """Payments that were taken and not given back whole, the earliest first. The payer is who paid their own money."""
    sql = (
        "SELECT p.id, p.at, p.merchant, p.amount, o.region, o.goods, l.holder "
        'FROM (SELECT id, at, merchant, amount, "order" FROM payment WHERE book = $1 AND id > $2 AND id < $3 '
        "AND state = 'paid' AND gross_refunded < gross ORDER BY id LIMIT $4) p "
        'JOIN payment_order o ON o.book = $1 AND o.id = p."order" '
        "LEFT JOIN LATERAL (SELECT holder FROM payment_line WHERE book = $1 AND payment = p.id AND NOT discount "
        "ORDER BY id LIMIT 1) l ON true ORDER BY p.id"
    )
    after, end = least_id("pay", since), least_id("pay", until)
    while True:
        rows = await reader.rows(sql, book, after, end, TOGETHER)
        if not rows:
            return
        yield [Paid(row[0], row[1], row[2], row[3], row[4], row[5], row[6]) for row in rows]
        after = rows[-1][0]


async def shops(reader: Reader, book: int) -> dict[str, Shop]:
    """All merchants, by their ids."""
    sql = (
        "SELECT id, name, category, region, lists, accounts FROM merchant WHERE book = $1 AND id > $2 "
        "ORDER BY id LIMIT $3"
    )
    found: dict[str, Shop] = {}
    after = ""
    while rows := await reader.rows(sql, book, after, TOGETHER):
        found |= {row[0]: Shop(row[1], row[2], row[3], tuple(row[4]), frozenset(row[5])) for row in rows}
        after = rows[-1][0]
    return found
