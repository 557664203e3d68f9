"""Entries of an account with the balance after each, and statements by period."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from canglian.kernel.errors import Malformed, declare
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_number
from canglian.ledger.model import Side
from canglian.ledger.queries.backdated import Crossing, crossing
from canglian.ledger.queries.balances import Facts, Totals, facts_of, totals_on

declare({"statement.period_invalid": "A period begins before it ends: {first} to {last} does not."})


class Entry(msgspec.Struct, frozen=True):
    """One movement as its account sees it. ``amount`` is positive where it raised the balance (in the direction of
    the normal side); ``balance`` is what the account had right after it."""

    transfer: Annotated[int, doc("The transfer's number.")]
    date: Annotated[date, doc("The business date.")]
    happened_at: Annotated[datetime, doc("When it happened, where that was before it is booked.")]
    booked_at: Annotated[datetime, doc("When it was committed.")]
    side: Annotated[Side, doc("Whether the account was debited or credited.")]
    counterpart: Annotated[int, doc("The account on the other side.")]
    amount: Annotated[int, doc("Positive where it raised the balance, in the minor unit.")]
    balance: Annotated[int, doc("In the direction of the normal side, in the minor unit.")]
    code: Annotated[str, doc("What it was for.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    metadata: Annotated[dict[str, str] | None, doc("Your own facts, text by name; lists can be filtered by them.")]


class Statement(msgspec.Struct, frozen=True):
    """A period of an account, both dates included. ``paid_in`` and ``paid_out`` are the period's totals."""

    account: int
    asset: str
    first_date: date
    last_date: date
    opening: int
    paid_in: int
    paid_out: int
    closing: int
    entries: int
    page: Page[Entry]


_SELECT = (
    "t.id, t.date, t.happened_at, t.booked_at, '{side}', t.{other}, {sign}t.amount, t.{side}_balance, t.code, "
    "t.reference, t.metadata FROM transfer t"
)
_KEY = by_number("t.id")
_NONE = Crossing({}, {})


def _make(row: Any, sign: int) -> Entry:
    side = Side(row[4])
    return Entry(row[0], row[1], row[2], row[3], side, row[5], sign * row[6], sign * row[7], row[8], row[9], row[10])


async def entries(
    reader: Reader, book: int, account: int, order: Order, first: date | None = None, last: date | None = None
) -> Page[Entry]:
    """Entries of an account, by business dates if given; oldest first unless ``sort`` is ``-id``."""
    facts = await facts_of(reader, book, account)
    before = None if first is None else await totals_on(reader, book, account, facts, _eve(first))
    until = None if last is None else await totals_on(reader, book, account, facts, last)
    return await _between(reader, book, account, facts, order, (first, before), (last, until))


_Bound = tuple[date | None, Totals | None]


async def _between(
    reader: Reader, book: int, account: int, facts: Facts, order: Order, begin: _Bound, end: _Bound
) -> Page[Entry]:
    """The entries of a period, in the order of their booking.

    An account's marks say with which transfer a date ends, so that no page reads the entries of another date. Only what
    was backdated is not between the two: it is named beside, and the balances are those of the period's own order.
    """
    (first, before), (last, until) = begin, end
    crossed = _NONE
    if (before is not None and before.backdated) or (until is not None and until.backdated):
        crossed = await crossing(reader, book, account, first, last)
    where = Where("t.book = $1")
    number = where.parameter(account)
    where.add("t.id > ?", None if before is None else before.transfer)
    where.add("t.id <> ALL(?)", list(crossed.earlier) or None)
    if until is not None and crossed.later:
        where.add("t.id <= ?", max(until.transfer, *crossed.later))
        ordinary = where.parameter(until.transfer)
        where.conditions.append(f"(t.id <= {ordinary} OR t.id = ANY({where.parameter(list(crossed.later))}))")
    elif until is not None:
        where.add("t.id <= ?", until.transfer)
    halves: list[str] = []
    listing: Listing[Entry] | None = None
    sort = "id"
    shared = list(where.conditions), list(where.arguments)
    for side, other, minus in (("debit", "credit", ""), ("credit", "debit", "-")):
        where.conditions, where.arguments = list(shared[0]), list(shared[1])
        where.conditions.append(f"t.{side} = {number}")
        select = _SELECT.format(side=side, other=other, sign=minus)
        listing = Listing(select, _KEY, {"id": _KEY}, lambda row: _make(row, facts.sign), "id", by_index=True)
        statement, sort = listing.sql(where, order)
        halves.append(f"({statement})")
    assert listing is not None
    way = "DESC" if sort.startswith("-") else "ASC"
    sql = f"{' UNION ALL '.join(halves)} ORDER BY place {way} LIMIT {order.limit + 1}"
    page = listing.cut(await reader.rows(sql, book, *where.arguments), sort, order.limit)
    return page if crossed is _NONE else _in_turn(page, facts, crossed, until)


def _in_turn(page: Page[Entry], facts: Facts, crossed: Crossing, until: Totals | None) -> Page[Entry]:
    """With the balance after each entry as the period's own order makes it."""
    items: list[Entry] = []
    for entry in page.items:
        balance = entry.balance + facts.sign * crossed.net_after(entry.transfer)
        if until is not None and entry.transfer in crossed.later:
            balance = facts.sign * (until.debits - until.credits - crossed.later_after(entry.transfer))
        items.append(replace(entry, balance=balance))
    return Page(items, page.next_cursor)


async def latest(reader: Reader, book: int, accounts: list[int], most: int) -> list[tuple[int, Entry]]:
    """The newest movements of several accounts, each with the account that sees it so."""
    halves = [
        f"(SELECT a.id, CASE WHEN c.normal_side = 'debit' THEN 1 ELSE -1 END, "
        f"{_SELECT.format(side=side, other=other, sign=minus)} "
        f"WHERE t.book = $1 AND t.{side} = a.id ORDER BY t.id DESC LIMIT {most})"
        for side, other, minus in (("debit", "credit", ""), ("credit", "debit", "-"))
    ]
    sql = (
        "SELECT e.* FROM unnest($2::bigint[]) a(id) JOIN account c ON c.book = $1 AND c.id = a.id "
        f"CROSS JOIN LATERAL ({' UNION ALL '.join(halves)}) e ORDER BY 3 DESC, 1 LIMIT {most}"
    )
    return [(row[0], _make(row[2:], row[1])) for row in await reader.rows(sql, book, accounts)]


async def entry(reader: Reader, book: int, account: int, transfer: int) -> Entry | None:
    """One movement as its account sees it; None where it was none of this account."""
    facts = await facts_of(reader, book, account)
    for side, other, minus in (("debit", "credit", ""), ("credit", "debit", "-")):
        select = _SELECT.format(side=side, other=other, sign=minus)
        row = await reader.row(
            f"SELECT {select} WHERE t.book = $1 AND t.id = $2 AND t.{side} = $3", book, transfer, account
        )
        if row is not None:
            return _make(row, facts.sign)
    return None


async def statement(reader: Reader, book: int, account: int, first: date, last: date, order: Order) -> Statement:
    """The statement of a period of business dates. Raises Malformed ``statement.period_invalid``."""
    if first > last:
        raise Malformed("statement.period_invalid", first=first.isoformat(), last=last.isoformat())
    facts = await facts_of(reader, book, account)
    before = await totals_on(reader, book, account, facts, _eve(first))
    after = await totals_on(reader, book, account, facts, last)
    debited, credited = after.debits - before.debits, after.credits - before.credits
    return Statement(
        account=account,
        asset=facts.asset,
        first_date=first,
        last_date=last,
        opening=facts.sign * (before.debits - before.credits),
        paid_in=debited if facts.sign > 0 else credited,
        paid_out=credited if facts.sign > 0 else debited,
        closing=facts.sign * (after.debits - after.credits),
        entries=after.entries - before.entries,
        page=await _between(reader, book, account, facts, order, (first, before), (last, after)),
    )


def _eve(day: date) -> date:
    return day - timedelta(days=1) if day > date.min else day
