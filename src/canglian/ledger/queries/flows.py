"""Money that came into the branch and left it, by business date."""

from datetime import date

from canglian.kernel.postgres.reader import Reader
from canglian.ledger.chart import EDGE
from canglian.ledger.queries.transfers import Flow

# What an account moved before the first day lies before its last mark of an earlier one.
_SUMS = """
SELECT t.date, count(*), sum(t.amount)::bigint FROM account e
JOIN transfer t ON t.book = $1 AND t.{come} = e.id AND t.id > coalesce((
    SELECT m.transfer FROM balance_mark m WHERE m.book = $1 AND m.account = e.id AND m.date < $2
    ORDER BY m.date DESC, m.transfer DESC LIMIT 1), 0)
JOIN account o ON o.book = $1 AND o.id = t.{go}
WHERE e.book = $1 AND e.head = ANY($4) AND e.asset = 'CNY' AND o.head <> ALL($4) AND t.date BETWEEN $2 AND $3
GROUP BY t.date
"""


async def flows(reader: Reader, book: int, flow: Flow, first: date, last: date) -> dict[date, tuple[int, int]]:
    """How many movements of yuan there were and how much they moved, by day; days without any are left out."""
    come, go = ("debit", "credit") if flow is Flow.IN else ("credit", "debit")
    rows = await reader.rows(_SUMS.format(come=come, go=go), book, first, last, list(EDGE))
    return {day: (count, amount) for day, count, amount in rows}
