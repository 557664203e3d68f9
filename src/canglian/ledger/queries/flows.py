"""Money that came into the branch and left it, by business date; and what moved some accounts last."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

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


# Each account's newest on either side by its index; more of them are never read.
_MOVEMENTS = """
SELECT m.id, held.account, m.amount, m.asset, m.code, m.booked_at FROM unnest($2::bigint[]) AS held(account)
CROSS JOIN LATERAL (
    (SELECT t.id, -t.amount AS amount, t.asset, t.code, t.booked_at FROM transfer t
     WHERE t.book = $1 AND t.debit = held.account ORDER BY t.id DESC LIMIT $3)
    UNION ALL
    (SELECT t.id, t.amount, t.asset, t.code, t.booked_at FROM transfer t
     WHERE t.book = $1 AND t.credit = held.account ORDER BY t.id DESC LIMIT $3)
) AS m ORDER BY m.id DESC, held.account LIMIT $3
"""


class Movement(msgspec.Struct, frozen=True):
    """A transfer as one of its accounts has it: what came in, or with a minus what went out."""

    transfer: int
    account: int
    amount: int
    asset: str
    code: str
    booked_at: datetime


async def movements(reader: Reader, book: int, accounts: Sequence[int], limit: int = 10) -> list[Movement]:
    """What moved any of these accounts last, newest first; between two of them it stands there twice."""
    rows = await reader.rows(_MOVEMENTS, book, list(accounts), limit) if accounts else []
    return [Movement(*row) for row in rows]


async def flows(reader: Reader, book: int, flow: Flow, first: date, last: date) -> dict[date, tuple[int, int]]:
    """How many movements of yuan there were and how much they moved, by day; days without any are left out."""
    come, go = ("debit", "credit") if flow is Flow.IN else ("credit", "debit")
    rows = await reader.rows(_SUMS.format(come=come, go=go), book, first, last, list(EDGE))
    return {day: (count, amount) for day, count, amount in rows}
