"""Channel orders as they are shown, and those that the channel is to be enquired about."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.payment.model.channel import ChannelKind, ChannelOrder, ChannelState
from canglian.bank.payment.queries.merchants import of_merchant
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_number, by_text
from canglian.kernel.shape import shape

DUE_MAX = 200
"""How many are enquired in a turn; the next one finds the rest."""


class ChannelOrderFilter(msgspec.Struct, frozen=True):
    """Which channel orders; None means any."""

    merchant: Annotated[str | None, doc("Only of this merchant.")] = None
    order: Annotated[str | None, doc("Only for this order.")] = None
    payment: Annotated[str | None, doc("Only of this payment.")] = None
    kind: Annotated[ChannelKind | None, doc("Only of this kind.")] = None
    state: Annotated[ChannelState | None, doc("Only in this state.")] = None
    first_date: Annotated[date | None, doc("Only of this business date or later.")] = None
    last_date: Annotated[date | None, doc("Only of this business date or earlier.")] = None


_ORDERS = listing(ChannelOrder, by_text("id"), amount=by_number("amount"), at=by_instant("at"))


async def channel_orders(
    reader: Reader,
    book: int,
    asked: ChannelOrderFilter,
    order: Order,
    *,
    merchant_named: str | None = None,
    order_named: str | None = None,
) -> Page[ChannelOrder]:
    """A page of channel orders, newest first; names and numbers are as they were typed."""
    where = Where("book = $1")
    of_merchant(where, asked.merchant, merchant_named)
    where.add('"order" = ?', asked.order)
    of_numbers = "SELECT o.id FROM payment_order o WHERE o.book = $1 AND (o.id = ? OR o.number = ?)"
    where.add(f'"order" IN ({of_numbers})', order_named)
    where.add("payment = ?", asked.payment)
    where.add("kind = ?", asked.kind)
    where.add("state = ?", asked.state)
    where.add('"on" >= ?', asked.first_date)
    where.add('"on" <= ?', asked.last_date)
    return await _ORDERS.page(reader, book, where, order)


async def channel_order(reader: Reader, book: int, identity: str) -> ChannelOrder:
    """A channel order; NotFound ``channel_order.not_found``."""
    return await one(reader, book, ChannelOrder, identity)


async def of_order(reader: Reader, book: int, order: str) -> list[ChannelOrder]:
    """What the channel was asked for an order, the newest first."""
    return sorted(await some(reader, book, ChannelOrder, "order", order), key=lambda found: found.id, reverse=True)


async def due(reader: Reader, book: int, now: datetime) -> list[tuple[ChannelOrder, bool]]:
    """Those that are to be enquired now, the oldest first; and whether somebody still waits for the money.

    Nobody waits for a payment whose order is open no more.
    """
    names = ", ".join(f"c.{name}" for name in shape(ChannelOrder).names)
    rows = await reader.rows(
        f"SELECT {names}, c.kind NOT IN ('pay', 'authorise') OR o.state = 'open' FROM channel_order AS c "
        'JOIN payment_order AS o ON o.book = $1 AND o.id = c."order" '
        f"WHERE c.book = $1 AND c.next_at IS NOT NULL AND c.next_at <= $2 ORDER BY c.next_at, c.id LIMIT {DUE_MAX}",
        book,
        now,
    )
    return [(shape(ChannelOrder).make(tuple(row)[:-1]), bool(row[-1])) for row in rows]
