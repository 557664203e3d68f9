"""Balances: now, as of a business date, and as of any instant; and their course over time.

No answer reads more of an account's history than the thousand entries between two marks and what was booked late.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec

from canglian.kernel.errors import Malformed, NotFound, declare
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.values import utc_now
from canglian.ledger.model import MARK_EVERY
from canglian.ledger.queries.backdated import spans

declare(
    {
        "balance.in_future": "There is no balance as of {asked} yet; it is {now}.",
        "balance.basis_unknown": "A balance is as of what had happened or of what had been booked, not {basis}.",
    }
)

Day = date  # the field of the same name would hide the type

POINTS_MAX = 400
"""The most points that a balance's course is given with."""


class BalanceView(msgspec.Struct, frozen=True):
    """The figures of an account at one moment. ``balance`` is signed in the direction of the normal side.

    ``entries`` is how many movements it counts; ``opened`` is false for a moment before the account was opened, when
    everything is zero.
    """

    account: Annotated[int, doc("The account's number.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    balance: Annotated[int, doc("In the direction of the normal side, in the minor unit.")]
    debits: Annotated[int, doc("All that was ever debited.")]
    credits: Annotated[int, doc("All that was ever credited.")]
    entries: Annotated[int, doc("How many entries there are.")]
    opened: Annotated[bool, doc("Whether the account was open by then.")] = True
    date: Annotated[Day | None, doc("The business date.")] = None
    at: Annotated[datetime | None, doc("When.")] = None


class Point(msgspec.Struct, frozen=True):
    """The balance at the end of a business date."""

    date: Annotated[date, doc("The business date.")]
    balance: Annotated[int, doc("In the direction of the normal side, in the minor unit.")]


class Facts(msgspec.Struct, frozen=True):
    """What every question about a balance begins with."""

    asset: str
    sign: int
    """1 where debits raise the balance, -1 where credits do."""
    opened_at: datetime
    debits: int
    credits: int
    entries: int
    date: date
    last_transfer: int
    happened_at: datetime


class Totals(msgspec.Struct, frozen=True):
    """What an account had moved up to and including a transfer, and with so many ``backdated`` ones booked later."""

    debits: int
    credits: int
    entries: int
    transfer: int
    backdated: int = 0


_FACTS = (
    "SELECT a.asset, CASE WHEN a.normal_side = 'debit' THEN 1 ELSE -1 END, a.opened_at, b.debits, b.credits, "
    "b.entries, b.date, b.last_transfer, b.happened_at "
    "FROM account a JOIN balance b ON b.book = $1 AND b.account = a.id WHERE a.book = $1 AND a.id = $2"
)
_MARK = "SELECT debits, credits, entries, transfer FROM balance_mark WHERE book = $1 AND account = $2 AND "
_LAST_MARK = " ORDER BY date DESC, transfer DESC LIMIT 1"
_ON = (
    "SELECT coalesce(m.debits, 0) + l.debits, coalesce(m.credits, 0) + l.credits, coalesce(m.entries, 0) + l.entries, "
    "coalesce(m.transfer, 0), l.entries FROM (SELECT coalesce(sum(debits), 0)::bigint AS debits, "
    "coalesce(sum(credits), 0)::bigint AS credits, count(*) AS entries FROM backdated_entry "
    "WHERE book = $1 AND account = $2 AND date <= $3 AND until > $3) AS l "
    f"LEFT JOIN LATERAL ({_MARK}date <= $3{_LAST_MARK}) AS m ON true"
)
_NOTHING = Totals(0, 0, 0, 0)
_SIDES = ("debit", "credit")


async def facts_of(reader: Reader, book: int, account: int) -> Facts:
    """What every question about a balance begins with; NotFound ``account.not_found``."""
    row = await reader.row(_FACTS, book, account)
    if row is None:
        raise NotFound("account.not_found", account=account)
    return Facts(*row)


async def now(reader: Reader, book: int, account: int) -> BalanceView:
    """The balance now."""
    facts = await facts_of(reader, book, account)
    return _view(account, facts, Totals(facts.debits, facts.credits, facts.entries, facts.last_transfer))


async def on(reader: Reader, book: int, account: int, day: date) -> BalanceView:
    """The balance at the end of a business date. A date later than the book's is refused (``balance.in_future``)."""
    today = await reader.value("SELECT today FROM book WHERE book = $1", book)
    if today is not None and day > today:
        raise Malformed("balance.in_future", asked=day.isoformat(), now=today.isoformat())
    facts = await facts_of(reader, book, account)
    totals = await totals_on(reader, book, account, facts, day)
    view = _view(account, facts, totals)
    opened = totals.entries > 0 or await _day_of(reader, book, facts.opened_at) <= day
    return msgspec.structs.replace(view, date=day, opened=opened)


async def _day_of(reader: Reader, book: int, instant: datetime) -> date:
    """The business date at an instant at which the book was at work."""
    return await reader.value(
        "SELECT today FROM batch WHERE book = $1 AND at <= $2 ORDER BY at DESC, number DESC LIMIT 1", book, instant
    )


async def totals_on(reader: Reader, book: int, account: int, facts: Facts, day: date) -> Totals:
    """The totals of an account at the end of a business date."""
    if facts.entries and facts.date <= day:
        return Totals(facts.debits, facts.credits, facts.entries, facts.last_transfer)
    row = await reader.row(_ON, book, account, day)
    return _NOTHING if row is None else Totals(*row)


async def at(reader: Reader, book: int, account: int, instant: datetime, basis: str = "happened") -> BalanceView:
    """The balance as of an instant: of what had ``happened`` by then, or of what had been ``booked`` by then.

    Raises Malformed ``balance.in_future`` and ``balance.basis_unknown``.
    """
    if instant > utc_now() + timedelta(seconds=1):
        raise Malformed("balance.in_future", asked=instant.isoformat(), now=utc_now().isoformat())
    facts = await facts_of(reader, book, account)
    if basis == "booked":
        totals = await _booked(reader, book, account, facts, instant)
    elif basis == "happened":
        totals = await _happened(reader, book, account, facts, instant)
    else:
        raise Malformed("balance.basis_unknown", basis=basis)
    view = _view(account, facts, totals)
    return msgspec.structs.replace(view, at=instant, opened=totals.entries > 0 or facts.opened_at <= instant)


async def _booked(reader: Reader, book: int, account: int, facts: Facts, instant: datetime) -> Totals:
    """Transfers are numbered in the order of their booking: find the last one by halving, then stop there."""
    low, high = 0, facts.last_transfer
    while low < high:
        middle = (low + high + 1) // 2
        booked = await reader.value("SELECT booked_at FROM transfer WHERE book = $1 AND id = $2", book, middle)
        if booked is not None and booked <= instant:
            low = middle
        else:
            high = middle - 1
    if low == facts.last_transfer:
        return Totals(facts.debits, facts.credits, facts.entries, facts.last_transfer)
    mark = await reader.row(f"{_MARK}transfer <= $3{_LAST_MARK}", book, account, low)
    start = _NOTHING if mark is None else Totals(*mark)
    return await _add(reader, book, account, start, "id > $3 AND id <= $4", start.transfer, low)


async def _happened(reader: Reader, book: int, account: int, facts: Facts, instant: datetime) -> Totals:
    """Entries that were not late happened in the order of their booking, so those up to a certain one count whole;
    of the others only late ones can count, and they have an index of their own."""
    if facts.entries and facts.happened_at <= instant:
        return Totals(facts.debits, facts.credits, facts.entries, facts.last_transfer)
    mark = await reader.row(f"{_MARK}happened_at <= $3{_LAST_MARK}", book, account, instant)
    start = _NOTHING if mark is None else Totals(*mark)
    first = await _first_later(reader, book, account, start.transfer, instant)
    whole = await _add(reader, book, account, start, "id > $3 AND id < $4", start.transfer, first)
    return await _add(
        reader, book, account, whole, "id > $3 AND happened_at <= $4 AND flags & {late} = {late}", first, instant
    )


async def _first_later(reader: Reader, book: int, account: int, after: int, instant: datetime) -> int:
    """The first entry, not late, that happened after the instant."""
    halves = " UNION ALL ".join(
        f"(SELECT id FROM transfer WHERE book = $1 AND {side} = $2 AND id > $3 AND happened_at > $4 "
        f"AND flags & {late} = 0 ORDER BY id LIMIT 1)"
        for late, side in enumerate(_SIDES, start=1)
    )
    first = await reader.value(f"SELECT min(id) FROM ({halves}) AS later", book, account, after, instant)
    return 2**62 if first is None else first


async def _add(
    reader: Reader, book: int, account: int, start: Totals, condition: str, first: Any, second: Any
) -> Totals:
    sums: list[tuple[int, int]] = []
    for late, side in enumerate(_SIDES, start=1):
        row = await reader.row(
            f"SELECT coalesce(sum(amount), 0)::bigint, count(*) FROM transfer WHERE book = $1 AND {side} = $2 "
            f"AND {condition.format(late=late)}",
            book,
            account,
            first,
            second,
        )
        sums.append((row[0], row[1]) if row is not None else (0, 0))
    (paid, out), (received, into) = sums
    return Totals(start.debits + paid, start.credits + received, start.entries + out + into, start.transfer)


async def course(reader: Reader, book: int, account: int, days: int = 90) -> list[Point]:
    """The closing balance of each business date with movement in the last so many days, oldest first.

    It begins with the balance on the day before, so that a line can be drawn from its left edge.
    """
    facts = await facts_of(reader, book, account)
    today = await reader.value("SELECT today FROM book WHERE book = $1", book)
    start = today - timedelta(days=days)
    before = await totals_on(reader, book, account, facts, start)
    rows = await reader.rows(
        "SELECT DISTINCT ON (date) date, debits - credits FROM balance_mark "
        f"WHERE book = $1 AND account = $2 AND date > $3 ORDER BY date, transfer DESC LIMIT {POINTS_MAX}",
        book,
        account,
        start,
    )
    lacking = await spans(reader, book, account, start)
    marked = {start: before.debits - before.credits - sum(span.net for span in lacking if span.counts_on(start))}
    marked |= {row[0]: row[1] for row in rows if row[0] < facts.date}
    points: list[Point] = []
    net = 0
    for day in sorted({*marked, *(span.date for span in lacking if start < span.date < facts.date)}):
        net = marked.get(day, net)
        points.append(Point(day, facts.sign * (net + sum(span.net for span in lacking if span.counts_on(day)))))
    if facts.entries and facts.date > start:
        points.append(Point(facts.date, facts.sign * (facts.debits - facts.credits)))
    if points[-1].date < today:
        points.append(Point(today, points[-1].balance))
    return points


def _view(account: int, facts: Facts, totals: Totals) -> BalanceView:
    balance = facts.sign * (totals.debits - totals.credits)
    return BalanceView(account, facts.asset, balance, totals.debits, totals.credits, totals.entries)


assert MARK_EVERY <= 1000, "the promise of this module"
