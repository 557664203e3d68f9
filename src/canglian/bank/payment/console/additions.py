"""What the search finds: merchants by name, orders by their number, payments, refunds; the merchants of a customer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from canglian.bank.party.queries import parties
from canglian.bank.payment.console.lists import MERCHANTS, ORDERS, PAYMENTS
from canglian.bank.payment.model import Merchant, Payment, Refund
from canglian.bank.payment.queries import merchants, orders, payments
from canglian.bank.payment.queries.merchants import MerchantFilter
from canglian.bank.payment.queries.orders import OrderFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import one
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import SHANGHAI
from canglian.web.additions import SHOWN_MAX, Belonging, DayFigure, Holding, Sum, found_by_id
from canglian.web.columns import Column
from canglian.web.services import Services

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
    Column("at", "When", "when", phone=True),
    Column("state", "State", "state", phone=True),
    Column("id", "Id", "code"),
)
_REFUND = (
    Column("number", "Merchant's number", "code", phone=True),
    Column("reason", "Reason"),
    Column("at", "When", "when", phone=True),
)


async def _held(reader: Reader, book: int, party: str) -> list[Holding]:
    """The merchants that a customer owns."""
    page = await merchants.merchants(reader, book, MerchantFilter(party=party), Order("-id", None, SHOWN_MAX))
    return [
        Holding(
            "Merchant",
            merchant.name if merchant.store is None else f"{merchant.name} · {merchant.store}",
            "",
            merchant.state,
            f"{MERCHANTS}/{merchant.id}",
            merchant.registered_at.astimezone(SHANGHAI).date(),
        )
        for merchant in page.items
    ]


async def belongs(reader: Reader, book: int, identity: str) -> list[Belonging]:
    """The merchant that an account of the ledger is of, and its owner."""
    merchant = await merchants.merchant(reader, book, identity)
    own = Belonging("Merchant", merchant.name, f"{MERCHANTS}/{identity}")
    if merchant.party is None:
        return [own]
    names = await parties.names(reader, book, [merchant.party])
    return [own, Belonging("Owner", names.get(merchant.party, "—"), f"/console/people/{merchant.party}")]


async def _refund(reader: Reader, book: int, identity: str) -> Refund:
    return await one(reader, book, Refund, identity)


async def _paid(reader: Reader, book: int, first: date, last: date) -> dict[date, Sum]:
    found = await payments.of_days(reader, book, first, last)
    return {day: Sum(count, captured) for day, (count, captured) in found.items()}


async def _called(services: Services, book: int, text: str) -> Sequence[Merchant]:
    return await merchants.called(services.reader, book, text)


async def _numbered(services: Services, book: int, text: str) -> Sequence[Any]:
    return (await orders.orders(services.reader, book, OrderFilter(number=text), Order(limit=SHOWN_MAX))).items


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
    found_by_id("mer", "Merchants", _MERCHANT, merchants.merchant, MERCHANTS + "/{id}").also(_called),
    found_by_id("ord", "Merchant orders", _ORDER, orders.order, ORDERS + "/{id}").also(_numbered),
    found_by_id("pay", "Payments", _PAYMENT, payments.payment, PAYMENTS + "/{id}", receipts_of=Payment),
    found_by_id("rfd", "Refunds", _REFUND, _refund, PAYMENTS + "/{payment}"),
)
HOLDINGS = (_held,)
