"""The lines of the sides that the book itself has, page by page; and days and differences as they are shown."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

import msgspec

from canglian.bank.settlement.reconciling.channels import Channel
from canglian.bank.settlement.reconciling.formats import PAYMENT, REFUND
from canglian.bank.settlement.reconciling.matching import Batch, DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import (
    DayState,
    DifferenceState,
    Priority,
    ReconciliationDay,
    ReconciliationDifference,
    ReconciliationPolicy,
)
from canglian.bank.settlement.reconciling.rules import first_policy
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_date, by_number, by_text
from canglian.kernel.shape import shape
from canglian.kernel.values import utc_now

PAGE = 5_000
"""So many lines of a side are read at a time."""


class DayFilter(msgspec.Struct, frozen=True):
    """Which days; None means any."""

    channel: Annotated[str | None, doc("Only of this channel.")] = None
    state: Annotated[DayState | None, doc("Only in this state.")] = None
    first_date: Annotated[date | None, doc("Only from this date on.")] = None
    last_date: Annotated[date | None, doc("Only up to this date.")] = None


class DifferenceFilter(msgspec.Struct, frozen=True):
    """Which differences; None means any."""

    on: Annotated[date | None, doc("Only of this business date.")] = None
    channel: Annotated[str | None, doc("Only of this channel.")] = None
    side: Annotated[Side | None, doc("Only on this side.")] = None
    kind: Annotated[DifferenceKind | None, doc("Only of this kind.")] = None
    state: Annotated[DifferenceState | None, doc("Only in this state.")] = None
    priority: Annotated[Priority | None, doc("Only of this priority.")] = None
    assignee: Annotated[str | None, doc("Only those that this person looks into.")] = None


class DayWhole(msgspec.Struct, frozen=True):
    """A day, with its open differences counted."""

    day: Annotated[ReconciliationDay, doc("The day.")]
    counts: Annotated[list["KindCount"], doc("Its open differences, by side and kind.")]


class KindCount(msgspec.Struct, frozen=True):
    """How many open differences of a day there are of a kind on a side, by priority, and their sum in fen."""

    side: Annotated[Side, doc("The side on which they are wrong.")]
    kind: Annotated[DifferenceKind, doc("What is wrong.")]
    high: Annotated[int, doc("How many of high priority.")]
    medium: Annotated[int, doc("How many of medium priority.")]
    low: Annotated[int, doc("How many of low priority.")]
    pending: Annotated[int, doc("How many of them are within their grace.")]
    amount: Annotated[int, doc("The sum of the differences, in fen.")]

    @property
    def total(self) -> int:
        """How many there are."""
        return self.high + self.medium + self.low


_DAYS = listing(ReconciliationDay, by_date("date"))
_DIFFERENCES = listing(
    ReconciliationDifference, by_text("id"), date=by_date("date"), difference=by_number("difference")
)


async def days(reader: Reader, book: int, asked: DayFilter, order: Order) -> Page[ReconciliationDay]:
    """A page of days, the newest first."""
    where = Where("book = $1")
    where.add("channel = ?", asked.channel)
    where.add("state = ?", asked.state)
    where.add("date >= ?", asked.first_date)
    where.add("date <= ?", asked.last_date)
    return await _DAYS.page(reader, book, where, order)


async def day(reader: Reader, book: int, on: date, channel: str) -> ReconciliationDay:
    """A day of a channel; NotFound ``reconciliation_day.not_found``."""
    found = await day_or_none(reader, book, on, channel)
    if found is None:
        raise NotFound("reconciliation_day.not_found", reconciliation_day=f"{on.isoformat()} {channel}")
    return found


async def whole(reader: Reader, book: int, on: date, channel: str) -> DayWhole:
    """A day with its open differences counted; NotFound ``reconciliation_day.not_found``."""
    return DayWhole(await day(reader, book, on, channel), await counts(reader, book, on, channel))


async def day_or_none(reader: Reader, book: int, on: date, channel: str) -> ReconciliationDay | None:
    """A day of a channel, None where it was never reconciled."""
    form = shape(ReconciliationDay)
    sql = f"SELECT {', '.join(form.names)} FROM reconciliation_day WHERE book = $1 AND date = $2 AND channel = $3"
    row = await reader.row(sql, book, on, channel)
    return None if row is None else form.make(row)


async def states(reader: Reader, book: int, channel: str, first: date, last: date) -> dict[date, DayState]:
    """The states of a channel's days from one to another, in their order; those that were never begun lack."""
    rows = await reader.rows(
        "SELECT date, state FROM reconciliation_day WHERE book = $1 AND channel = $2 AND date BETWEEN $3 AND $4 "
        "ORDER BY date",
        book,
        channel,
        first,
        last,
    )
    return {row[0]: DayState(row[1]) for row in rows}


async def was_used(reader: Reader, book: int, on: date) -> bool:
    """Whether anything was asked of the card and QR channel on a business date."""
    return await reader.value('SELECT EXISTS (SELECT 1 FROM channel_order WHERE book = $1 AND "on" = $2)', book, on)


async def differences(
    reader: Reader, book: int, asked: DifferenceFilter, order: Order
) -> Page[ReconciliationDifference]:
    """A page of differences."""
    where = Where("book = $1")
    for name in asked.__struct_fields__:
        where.add(f"{'date' if name == 'on' else name} = ?", getattr(asked, name))
    return await _DIFFERENCES.page(reader, book, where, order)


async def difference(reader: Reader, book: int, identity: str) -> ReconciliationDifference:
    """A difference; NotFound ``reconciliation_difference.not_found``."""
    return await one(reader, book, ReconciliationDifference, identity)


async def counts(reader: Reader, book: int, on: date, channel: str) -> list[KindCount]:
    """The open differences of a day, by side and kind."""
    rows = await reader.rows(
        "SELECT side, kind, count(*) FILTER (WHERE priority = 'high'), count(*) FILTER (WHERE priority = 'medium'), "
        "count(*) FILTER (WHERE priority = 'low'), count(*) FILTER (WHERE state = 'pending'), sum(difference)::bigint "
        "FROM reconciliation_difference WHERE book = $1 AND date = $2 AND channel = $3 "
        "AND state IN ('pending', 'break', 'assigned') GROUP BY side, kind ORDER BY side, kind",
        book,
        on,
        channel,
    )
    return [KindCount(Side(row[0]), DifferenceKind(row[1]), *row[2:]) for row in rows]


async def open_breaks(reader: Reader, book: int) -> int:
    """How many breaks nobody has dealt with."""
    sql = "SELECT coalesce(sum(breaks), 0)::bigint FROM reconciliation_day WHERE book = $1 AND breaks > 0"
    return await reader.value(sql, book)


async def open_ids(reader: Reader, book: int, on: date, channel: str) -> list[tuple[str, Side]]:
    """The ids of the open differences of a day, each with its side."""
    sql = (
        "SELECT id, side FROM reconciliation_difference WHERE book = $1 AND date = $2 AND channel = $3 "
        "AND state IN ('pending', 'break', 'assigned') ORDER BY id"
    )
    return [(row[0], Side(row[1])) for row in await reader.rows(sql, book, on, channel)]


async def over_grace(reader: Reader, book: int, today: date, most: int) -> list[str]:
    """The ids of differences that are pending though their grace is over, the oldest first."""
    sql = (
        "SELECT id FROM reconciliation_difference WHERE book = $1 AND grace_until < $2 AND state = 'pending' "
        "ORDER BY grace_until, id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, today, most)]


async def policies(reader: Reader, book: int) -> list[ReconciliationPolicy]:
    """All versions of the figures, newest first; the first one where a book has none yet."""
    return await stored.versions(reader, book, ReconciliationPolicy) or [first_policy(utc_now())]


async def merchants(reader: Reader, book: int) -> frozenset[str]:
    """The ids of all merchants."""
    return frozenset(row[0] for row in await reader.rows("SELECT id FROM merchant WHERE book = $1", book))


# -- the sides -----------------------------------------------------------------------------------------------------

_TAKEN = """
SELECT t.id, t.amount, l.item, p.merchant, o.number, t.reference FROM transfer t
JOIN payment_line l ON l.book = $1 AND l.payment = t.reference AND (l.transfer = t.id OR l.hold = t.hold)
JOIN payment p ON p.book = $1 AND p.id = l.payment
JOIN payment_order o ON o.book = $1 AND o.id = p."order"
WHERE t.book = $1 AND t.id > $2 AND t.id < $3 AND t.date = $4 AND l.source = $5 AND t.code = 'payment.paid'
ORDER BY t.id LIMIT $6
"""
_GIVEN_BACK = """
SELECT t.id, t.amount, l.item, r.merchant, r.number, t.reference FROM transfer t
JOIN refund_line l ON l.book = $1 AND l.transfer = t.id
JOIN refund r ON r.book = $1 AND r.id = l.refund
WHERE t.book = $1 AND t.id > $2 AND t.id < $3 AND t.date = $4 AND l.source = $5 AND t.code = 'payment.refunded'
ORDER BY t.id LIMIT $6
"""
_COLLECTED_LATE = """
SELECT t.id, t.amount, coalesce(c.original, c.id), '', '', t.reference FROM transfer t
JOIN channel_order c ON c.book = $1 AND c.id = t.reference
WHERE t.book = $1 AND t.id > $2 AND t.id < $3 AND t.date = $4 AND $5 <> '' AND t.code = 'channel.collected'
ORDER BY t.id LIMIT $6
"""
_PAID = """
SELECT l.id, l.captured, l.item, p.merchant, o.number, l.payment FROM payment_line l
JOIN payment p ON p.book = $1 AND p.id = l.payment
JOIN payment_order o ON o.book = $1 AND o.id = p."order"
WHERE l.book = $1 AND (p.merchant, p.id, l.id) > ($2, $3, $4) AND p."on" = $5 AND l.source = $6
AND l.captured > 0 AND l.hold IS NULL
ORDER BY p.merchant, p.id, l.id LIMIT $7
"""
_CAPTURED = """
SELECT t.id, t.amount, l.item, p.merchant, o.number, l.payment FROM transfer t
JOIN payment_line l ON l.book = $1 AND l.payment = t.reference AND l.hold = t.hold
JOIN payment p ON p.book = $1 AND p.id = l.payment
JOIN payment_order o ON o.book = $1 AND o.id = p."order"
WHERE t.book = $1 AND t.id > $2 AND t.id < $3 AND t.date = $4 AND l.source = $5 AND t.hold IS NOT NULL
ORDER BY t.id LIMIT $6
"""
_REFUNDED = """
SELECT r.id, l.amount, l.item, r.merchant, r.number, l.position FROM refund r
JOIN refund_line l ON l.book = $1 AND l.refund = r.id
WHERE r.book = $1 AND (r.id, l.position) > ($2, $3) AND r."on" = $4 AND l.source = $5
ORDER BY r.id, l.position LIMIT $6
"""


async def ledger_side(reader: Reader, book: int, on: date, channel: Channel) -> AsyncIterator[Batch]:
    """What the ledger moved on a business date for payments and refunds by a channel.

    What a channel collected for an order that could not be paid any more goes back at once: it is both. Captures, and
    refunds of them, go by the order that set the money aside, as in the channel's file.
    """
    within = (*await _transfers_of(reader, book, on), on)
    for sql, kind in ((_TAKEN, PAYMENT), (_GIVEN_BACK, REFUND), *_late(channel)):
        async for batch in _moved(reader, book, sql, within, channel, kind):
            yield batch


async def orders_side(reader: Reader, book: int, on: date, channel: Channel) -> AsyncIterator[Batch]:
    """What merchants were paid and gave back on a business date, by their orders and refunds.

    What was held before has its date by its capture, which the ledger alone knows.
    """
    paid: tuple[str, str, str] = ("", "", "")
    while rows := await reader.rows(_PAID, book, *paid, on, channel.code, PAGE):
        yield _batch(rows, channel, PAYMENT)
        paid = rows[-1][3], rows[-1][5], rows[-1][0]
    within = (*await _transfers_of(reader, book, on), on)
    for sql, kind in ((_CAPTURED, PAYMENT), *_late(channel)):
        async for batch in _moved(reader, book, sql, within, channel, kind):
            yield batch
    back: tuple[str, int] = ("", 0)
    while rows := await reader.rows(_REFUNDED, book, *back, on, channel.code, PAGE):
        batch = _batch(rows, channel, REFUND)
        yield Batch(batch.keys, [f"{row[0]}:{row[5]}" for row in rows], batch.amounts)
        back = rows[-1][0], rows[-1][5]


def _late(channel: Channel) -> tuple[tuple[str, str], ...]:
    return ((_COLLECTED_LATE, PAYMENT), (_COLLECTED_LATE, REFUND)) if channel.by_item else ()


async def _moved(
    reader: Reader, book: int, sql: str, within: tuple[int, int, date], channel: Channel, kind: str
) -> AsyncIterator[Batch]:
    after, last, on = within
    while rows := await reader.rows(sql, book, after, last, on, channel.code, PAGE):
        yield _batch(rows, channel, kind)
        after = int(rows[-1][0])


def _batch(rows: list[Any], channel: Channel, kind: str) -> Batch:
    sign = -1 if kind == REFUND else 1
    keys = [f"{kind} {row[2]}" if channel.by_item else f"{kind} {row[3]} {row[4]}" for row in rows]
    return Batch(keys, [str(row[0]) for row in rows], [sign * row[1] for row in rows])


async def _transfers_of(reader: Reader, book: int, on: date) -> tuple[int, int]:
    """The numbers between which the transfers of a business date lie: the one before the first, the one after the last.

    Transfers have their numbers in the order of booking, so their dates never go back, but for imported history, which
    is passed over: the bounds are found by halving, without an index of dates.
    """
    last = int(await reader.value("SELECT coalesce(max(id), 0) FROM transfer WHERE book = $1", book))
    return await _before(reader, book, on, last, ">="), await _before(reader, book, on, last, ">") + 1


async def _before(reader: Reader, book: int, on: date, last: int, than: str) -> int:
    """The number of the last transfer before the first one whose date is (``>=``) or is after (``>``) a day."""
    low, high = 0, last + 1
    while high - low > 1:
        middle = (low + high) // 2
        reached = await reader.value(
            f"SELECT date {than} $3 FROM transfer WHERE book = $1 AND id >= $2 AND flags & 8 = 0 ORDER BY id LIMIT 1",
            book,
            middle,
            on,
        )
        if reached is False:
            low = middle
        else:
            high = middle
    return low
