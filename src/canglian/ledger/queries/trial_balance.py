"""The trial balance: every head of every asset, now or at the end of a past business date."""

from datetime import date
from typing import Annotated, Any

import msgspec

from canglian.kernel.errors import Malformed
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader


class TrialLine(msgspec.Struct, frozen=True):
    """One head in one asset: turnover of all time, and the balances of its accounts on either side."""

    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    head: Annotated[str, doc("The head of the chart of accounts, such as `2011`.")]
    name: Annotated[str, doc("What people read.")]
    head_class: Annotated[str, doc("What kind of head it is.")]
    accounts: Annotated[int, doc("The accounts that are named, or how many there are.")]
    debits: Annotated[int, doc("All that was ever debited.")]
    credits: Annotated[int, doc("All that was ever credited.")]
    debit_balance: Annotated[int, doc("Debits less credits, where that is positive.")]
    credit_balance: Annotated[int, doc("Credits less debits, where that is positive.")]


class TrialTotal(msgspec.Struct, frozen=True):
    """One asset. ``difference`` is debit balances less credit balances: zero, always."""

    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    debits: Annotated[int, doc("All that was ever debited.")]
    credits: Annotated[int, doc("All that was ever credited.")]
    debit_balance: Annotated[int, doc("Debits less credits, where that is positive.")]
    credit_balance: Annotated[int, doc("Credits less debits, where that is positive.")]
    difference: Annotated[int, doc("Debits less credits: 0.")]


class TrialBalance(msgspec.Struct, frozen=True):
    """All lines and the totals by asset, at the end of ``date``."""

    date: date
    lines: list[TrialLine]
    totals: list[TrialTotal]

    @property
    def is_balanced(self) -> bool:
        """Whether every asset's difference is zero."""
        return all(total.difference == 0 for total in self.totals)


_NOW = "SELECT account, debits, credits FROM balance WHERE book = $1 AND $2::date IS NOT NULL"
_PAST = (
    "SELECT b.account, CASE WHEN b.date <= $2 THEN b.debits ELSE coalesce(m.debits, 0) + coalesce(l.debits, 0) END "
    "AS debits, CASE WHEN b.date <= $2 THEN b.credits ELSE coalesce(m.credits, 0) + coalesce(l.credits, 0) END "
    "AS credits FROM balance b LEFT JOIN (SELECT account, sum(debits)::bigint AS debits, "
    "sum(credits)::bigint AS credits FROM backdated_entry WHERE book = $1 AND date <= $2 AND until > $2 "
    "GROUP BY account) AS l ON l.account = b.account "
    "LEFT JOIN LATERAL (SELECT debits, credits FROM balance_mark WHERE book = $1 AND account = b.account "
    "AND b.date > $2 AND date <= $2 ORDER BY date DESC, transfer DESC LIMIT 1) AS m ON true WHERE b.book = $1"
)
_LINES = (
    "SELECT a.asset, a.head, h.name, h.head_class, count(*), sum(f.debits), sum(f.credits), "
    "sum(greatest(f.debits - f.credits, 0)), sum(greatest(f.credits - f.debits, 0)) "
    "FROM ({figures}) AS f JOIN account a ON a.book = $1 AND a.id = f.account "
    "JOIN head h ON h.book = $1 AND h.code = a.head GROUP BY a.asset, a.head, h.name, h.head_class "
    "ORDER BY a.asset, a.head"
)


async def trial_balance(reader: Reader, book: int, day: date | None = None) -> TrialBalance:
    """The trial balance at the end of a business date, by default today's so far.

    Raises Malformed ``balance.in_future``.
    """
    today = await reader.value("SELECT today FROM book WHERE book = $1", book)
    if day is not None and day > today:
        raise Malformed("balance.in_future", asked=day.isoformat(), now=today.isoformat())
    day = today if day is None else day
    assert day is not None
    sql = _LINES.format(figures=_NOW if day == today else _PAST)
    lines = [_line(row) for row in await reader.rows(sql, book, day)]
    return TrialBalance(day, lines, [_total(asset, lines) for asset in dict.fromkeys(line.asset for line in lines)])


def _line(row: Any) -> TrialLine:
    """Sums over many accounts may be larger than what a column of one account holds."""
    return TrialLine(*row[:5], *map(int, row[5:]))


def _total(asset: str, lines: list[TrialLine]) -> TrialTotal:
    mine = [line for line in lines if line.asset == asset]
    debit, credit = sum(line.debit_balance for line in mine), sum(line.credit_balance for line in mine)
    return TrialTotal(
        asset, sum(line.debits for line in mine), sum(line.credits for line in mine), debit, credit, debit - credit
    )
