"""Payments with their lines, and refunds with theirs, as they are shown."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.payment.model import Payment, PaymentLine, PaymentOrder, PaymentState, Refund, RefundLine, SplitShare
from canglian.bank.payment.queries.merchants import of_merchant
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_keys, listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_number, by_text
from canglian.kernel.shape import shape

DUE_MAX = 500
"""How many authorisations expire in a turn; the next one finds the rest."""


class PaymentFilter(msgspec.Struct, frozen=True):
    """Which payments; None means any."""

    merchant: Annotated[str | None, doc("Only to this merchant.")] = None
    order: Annotated[str | None, doc("Only of this order.")] = None
    item: Annotated[str | None, doc("Only with a line from this source, such as a wallet.")] = None
    state: Annotated[PaymentState | None, doc("Only in this state.")] = None
    first_date: Annotated[date | None, doc("Only of this business date or later.")] = None
    last_date: Annotated[date | None, doc("Only of this business date or earlier.")] = None


class RefundFilter(msgspec.Struct, frozen=True):
    """Which refunds; None means any."""

    merchant: Annotated[str | None, doc("Only of this merchant.")] = None
    payment: Annotated[str | None, doc("Only of this payment.")] = None
    number: Annotated[str | None, doc("Only with this number of the merchant.")] = None
    first_date: Annotated[date | None, doc("Only of this business date or later.")] = None
    last_date: Annotated[date | None, doc("Only of this business date or earlier.")] = None


class RefundWhole(msgspec.Struct, frozen=True):
    """A refund with what went back to each source."""

    refund: Annotated[Refund, doc("The refund.")]
    lines: Annotated[list[RefundLine], doc("What went back to each source.")]


class PaymentWhole(msgspec.Struct, frozen=True):
    """A payment with its order, what each source paid, and its refunds, the newest first."""

    payment: Annotated[Payment, doc("The payment.")]
    order: Annotated[PaymentOrder, doc("The order that it paid.")]
    lines: Annotated[list[PaymentLine], doc("What each source paid, in the order of paying.")]
    refunds: Annotated[list[RefundWhole], doc("Its refunds, the newest first.")]
    splits: Annotated[list[SplitShare], doc("What went on to receivers, the newest first.")]


_PAYMENTS = listing(Payment, by_text("id"), amount=by_number("amount"), at=by_instant("at"))
_REFUNDS = listing(Refund, by_text("id"), amount=by_number("amount"), at=by_instant("at"))


async def payments(
    reader: Reader, book: int, asked: PaymentFilter, order: Order, *, merchant_named: str | None = None
) -> Page[Payment]:
    """A page of payments, newest first; the name is as it was typed."""
    where = Where("book = $1")
    of_merchant(where, asked.merchant, merchant_named)
    where.add('"order" = ?', asked.order)
    of_item = "SELECT l.payment FROM payment_line l WHERE l.book = $1 AND l.item = ?"
    where.add(f"id IN ({of_item})", asked.item)
    where.add("state = ?", asked.state)
    where.add('"on" >= ?', asked.first_date)
    where.add('"on" <= ?', asked.last_date)
    return await _PAYMENTS.page(reader, book, where, order)


async def of_days(reader: Reader, book: int, first: date, last: date) -> dict[date, tuple[int, int]]:
    """How many payments there were and how much was captured, by business date; days without any are left out."""
    sql = (
        'SELECT "on", count(*), coalesce(sum(captured), 0)::bigint FROM payment '
        'WHERE book = $1 AND "on" BETWEEN $2 AND $3 GROUP BY "on"'
    )
    return {day: (count, captured) for day, count, captured in await reader.rows(sql, book, first, last)}


async def payment(reader: Reader, book: int, identity: str) -> Payment:
    """A payment; NotFound ``payment.not_found``."""
    return await one(reader, book, Payment, identity)


async def by_ids(reader: Reader, book: int, identities: Sequence[str]) -> list[Payment]:
    """The payments with these ids, in their order."""
    return await by_keys(reader, book, Payment, identities)


async def lines(reader: Reader, book: int, identity: str) -> list[PaymentLine]:
    """What each source paid, in the order of paying."""
    found = await some(reader, book, PaymentLine, "payment", identity)
    return sorted(found, key=lambda line: line.position)


async def whole(reader: Reader, book: int, identity: str) -> PaymentWhole:
    """A payment with all that belongs to it; NotFound ``payment.not_found``."""
    found = await payment(reader, book, identity)
    order = await one(reader, book, PaymentOrder, found.order)
    refunded = await some(reader, book, Refund, "payment", identity)
    return PaymentWhole(
        found,
        order,
        await lines(reader, book, identity),
        await _with_lines(reader, book, refunded),
        await some(reader, book, SplitShare, "payment", identity),
    )


async def expiring(reader: Reader, book: int, now: datetime) -> list[str]:
    """Payments for which money is held that was not taken in time, the oldest first."""
    sql = (
        "SELECT id FROM payment WHERE book = $1 AND expires_at <= $2 AND expires_at IS NOT NULL "
        "AND capturing = 0 "
        f"ORDER BY expires_at, id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, now)]


async def waiting_shares(reader: Reader, book: int) -> list[str]:
    """Shares that wait for their receivers, the oldest first."""
    sql = f"SELECT id FROM split_share WHERE book = $1 AND state = 'pending' ORDER BY id LIMIT {DUE_MAX}"
    return [row[0] for row in await reader.rows(sql, book)]


async def unsplit(reader: Reader, book: int, today: date) -> list[str]:
    """Payments that were kept back to be split, and were not in time."""
    sql = (
        "SELECT id FROM payment WHERE book = $1 AND split_until < $2 AND split_until IS NOT NULL "
        f"ORDER BY split_until, id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, today)]


async def count_expiring(reader: Reader, book: int, now: datetime, today: date) -> int:
    """How many orders, authorisations and payments that were to be split are out of time."""
    sql = (
        "SELECT (SELECT count(*) FROM payment_order WHERE book = $1 AND state = 'open' AND expires_at <= $2) "
        "+ (SELECT count(*) FROM payment WHERE book = $1 AND expires_at <= $2 AND expires_at IS NOT NULL) "
        "+ (SELECT count(*) FROM payment WHERE book = $1 AND split_until < $3 AND split_until IS NOT NULL)"
    )
    return await reader.value(sql, book, now, today)


async def of_transfers(reader: Reader, book: int, transfers: list[int]) -> dict[int, tuple[str, str]]:
    """The payments, with their merchants, for which transfers of the ledger were made, taking or giving back."""
    sql = (
        "SELECT l.transfer, p.id, p.merchant FROM payment_line l JOIN payment p ON p.book = $1 AND p.id = l.payment "
        "WHERE l.book = $1 AND l.transfer = ANY($2::bigint[]) UNION ALL "
        "SELECT l.transfer, r.payment, r.merchant FROM refund_line l JOIN refund r ON r.book = $1 AND r.id = l.refund "
        "WHERE l.book = $1 AND l.transfer = ANY($2::bigint[])"
    )
    return {row[0]: (row[1], row[2]) for row in await reader.rows(sql, book, transfers)}


async def refunds(
    reader: Reader, book: int, asked: RefundFilter, order: Order, *, merchant_named: str | None = None
) -> Page[Refund]:
    """A page of refunds, newest first; the name is as it was typed."""
    where = Where("book = $1")
    of_merchant(where, asked.merchant, merchant_named)
    where.add("payment = ?", asked.payment)
    where.add("number = ?", asked.number)
    where.add('"on" >= ?', asked.first_date)
    where.add('"on" <= ?', asked.last_date)
    return await _REFUNDS.page(reader, book, where, order)


async def refund(reader: Reader, book: int, identity: str) -> RefundWhole:
    """A refund with what went back to each source; NotFound ``refund.not_found``."""
    return (await _with_lines(reader, book, [await one(reader, book, Refund, identity)]))[0]


async def _with_lines(reader: Reader, book: int, found: list[Refund]) -> list[RefundWhole]:
    form = shape(RefundLine)
    sql = (
        f"SELECT {', '.join(form.names)} FROM refund_line WHERE book = $1 AND refund = ANY($2::text[]) "
        "ORDER BY refund, position"
    )
    rows = [form.make(row) for row in await reader.rows(sql, book, [refund.id for refund in found])]
    return [RefundWhole(refund, [line for line in rows if line.refund == refund.id]) for refund in found]
