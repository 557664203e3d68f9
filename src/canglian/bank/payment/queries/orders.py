"""Orders as they are shown, and those that nobody paid in time."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.payment.model import OrderState, PaymentOrder
from canglian.bank.payment.queries.merchants import of_merchant
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_number, by_text

DUE_MAX = 500
"""How many orders expire in a turn; the next one finds the rest."""


class OrderFilter(msgspec.Struct, frozen=True):
    """Which orders; None means any."""

    merchant: Annotated[str | None, doc("Only of this merchant.")] = None
    number: Annotated[str | None, doc("Only with this number of the merchant.")] = None
    state: Annotated[OrderState | None, doc("Only in this state.")] = None
    first_date: Annotated[date | None, doc("Only opened on this business date or later.")] = None
    last_date: Annotated[date | None, doc("Only opened on this business date or earlier.")] = None


_ORDERS = listing(
    PaymentOrder,
    by_text("id"),
    amount=by_number("amount"),
    opened_at=by_instant("opened_at"),
    expires_at=by_instant("expires_at"),
)


async def orders(
    reader: Reader, book: int, asked: OrderFilter, order: Order, *, merchant_named: str | None = None
) -> Page[PaymentOrder]:
    """A page of orders, newest first; the name is as it was typed."""
    where = Where("book = $1")
    of_merchant(where, asked.merchant, merchant_named)
    where.add("number = ?", asked.number)
    where.add("state = ?", asked.state)
    where.add("opened_on >= ?", asked.first_date)
    where.add("opened_on <= ?", asked.last_date)
    return await _ORDERS.page(reader, book, where, order)


async def order(reader: Reader, book: int, identity: str) -> PaymentOrder:
    """An order; NotFound ``payment_order.not_found``."""
    return await one(reader, book, PaymentOrder, identity)


async def by_code(reader: Reader, book: int, code: str) -> PaymentOrder:
    """The order with a code; NotFound ``payment_order.code_unknown``."""
    found = await some(reader, book, PaymentOrder, "code", code)
    if not found:
        raise NotFound("payment_order.code_unknown", field="code")
    return found[0]


async def expiring(reader: Reader, book: int, now: datetime) -> list[str]:
    """Open orders whose time is over, the oldest first."""
    sql = (
        "SELECT id FROM payment_order WHERE book = $1 AND state = 'open' AND expires_at <= $2 "
        f"ORDER BY expires_at, id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, now)]
