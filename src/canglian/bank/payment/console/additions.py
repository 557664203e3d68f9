"""What the search finds of merchants, orders, payments and refunds, by their ids; and the merchants of a customer."""

from datetime import date

from canglian.bank.payment.console.lists import MERCHANTS, ORDERS, PAYMENTS
from canglian.bank.payment.model import Payment, Refund
from canglian.bank.payment.queries import merchants, orders, payments
from canglian.bank.payment.queries.merchants import MerchantFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import one
from canglian.kernel.queries.paging import Order
from canglian.web.additions import SHOWN_MAX, DayFigure, Excerpt, Rows, Sum, found_by_id
from canglian.web.columns import Column

_MERCHANT = (
    Column("name", "Name", phone=True),
    Column("store", "Store"),
    Column("category", "Category code", "code"),
    Column("state", "State", "state", phone=True),
)
_ORDER = (
    Column("number", "Merchant's number", "code", phone=True),
    Column("subject", "Subject"),
    Column("state", "State", "state", phone=True),
    Column("opened_at", "Created", "when"),
)
_PAYMENT = (
    Column("id", "Id", "code", phone=True),
    Column("state", "State", "state", phone=True),
    Column("at", "When", "when", phone=True),
)
_REFUND = (
    Column("number", "Merchant's number", "code", phone=True),
    Column("reason", "Reason"),
    Column("at", "When", "when", phone=True),
)


async def _of_party(reader: Reader, book: int, party: str) -> Rows:
    page = await merchants.merchants(reader, book, MerchantFilter(party=party), Order("-id", None, SHOWN_MAX))
    return Rows(page.items, more=page.next_cursor is not None)


async def _refund(reader: Reader, book: int, identity: str) -> Refund:
    return await one(reader, book, Refund, identity)


async def _paid(reader: Reader, book: int, first: date, last: date) -> dict[date, Sum]:
    found = await payments.of_days(reader, book, first, last)
    return {day: Sum(count, captured) for day, (count, captured) in found.items()}


FIGURES = (
    DayFigure(
        "Payments",
        "What was captured of the payments to merchants of these business days, before refunds.",
        PAYMENTS + "?first_date={first}&last_date={last}",
        _paid,
        is_money=True,
    ),
)
FINDS = (
    found_by_id("mer", "Merchants", _MERCHANT, merchants.merchant, MERCHANTS + "/{id}"),
    found_by_id("ord", "Merchant orders", _ORDER, orders.order, ORDERS + "/{id}"),
    found_by_id("pay", "Payments", _PAYMENT, payments.payment, PAYMENTS + "/{id}", receipts_of=Payment),
    found_by_id("rfd", "Refunds", _REFUND, _refund, PAYMENTS + "/{payment}"),
)
SECTIONS = {"party": (Excerpt("Merchants", _MERCHANT, _of_party, MERCHANTS + "/{id}"),)}
