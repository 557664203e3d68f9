"""The lists of merchants, orders, payments and refunds."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.payment.model import MerchantState, OrderState, PaymentState
from canglian.bank.payment.queries import merchants, orders, payments
from canglian.bank.payment.queries.merchants import MerchantFilter
from canglian.bank.payment.queries.orders import OrderFilter
from canglian.bank.payment.queries.payments import PaymentFilter, RefundFilter
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.typed import typed_text
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

F = TypeVar("F", bound=msgspec.Struct)

MERCHANTS = "/console/merchants"
ORDERS = "/console/merchant-orders"
PAYMENTS = "/console/payments"
REFUNDS = "/console/refunds"
_READ = [needs(Permission.READ)]

_MERCHANT = Filter("merchant", "Merchant", pick="merchant", field="merchant")
_ON = Filter("on", "Business date", "date", earlier=("first_date", "last_date"))
_AMOUNT = Filter("amount", "Amount", "money")
_MERCHANT_LIST = ListSpec(
    "merchants",
    "Merchants",
    "Who takes payments here, and on which terms.",
    [
        Column("name", "Name", phone=True),
        Column("store", "Store"),
        Column("category", "Category code", "code"),
        Column("region", "Region code", "code"),
        Column("fees", "Fee schedule", "code"),
        Column("state", "State", "state", phone=True),
        Column("registered_at", "Registered", "when", sort="registered_at"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in MerchantState],
            field="state",
        ),
        Filter("category", "Category code", field="category", by_start=True),
        Filter("region", "Region code", field="region", by_start=True),
        Filter("registered_at", "Registered", "instant"),
    ],
    href=MERCHANTS + "/{id}",
    empty="No merchant has been registered yet.",
    sort="-id",
    key="id",
)
_ORDER_LIST = ListSpec(
    "merchant-orders",
    "Merchant orders",
    "What merchants ask to be paid for, newest first.",
    [
        Column("opened_at", "Created", "when", sort="opened_at", phone=True),
        Column("name", "Merchant", phone=True),
        Column("number", "Merchant's number", "code"),
        Column("subject", "Subject"),
        Column("payable", "To be paid", "money", sort="amount", phone=True),
        Column("state", "State", "state", phone=True),
        Column("expires_at", "Expires", "when", sort="expires_at"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("opened_on", "Business date", "date", earlier=("first_date", "last_date")),
        Filter("amount", "Price", "money"),
        _MERCHANT,
        Filter("number", "Merchant's number", field="number", by_start=True),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in OrderState],
            field="state",
        ),
    ],
    href=ORDERS + "/{id}",
    empty="No order has been opened yet.",
    sort="-id",
    key="id",
)
_PAYMENT_LIST = ListSpec(
    "payments",
    "Payments",
    "What was paid to merchants, newest first.",
    [
        Column("at", "When", "when", sort="at", phone=True),
        Column("name", "Merchant", phone=True),
        Column("captured", "Paid", "money", sort="amount", phone=True),
        Column("fee", "Fee", "money"),
        Column("refunded", "Refunded", "money"),
        Column("state", "State", "state", phone=True),
        Column("channel", "Channel", "words"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        _ON,
        _AMOUNT,
        _MERCHANT,
        Filter("item", "Wallet", pick="wallet"),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in PaymentState],
            field="state",
        ),
    ],
    href=PAYMENTS + "/{id}",
    empty="Nothing has been paid yet.",
    sort="-id",
    key="id",
)
_REFUND_LIST = ListSpec(
    "refunds",
    "Refunds",
    "What went back to payers, newest first.",
    [
        Column("at", "When", "when", sort="at", phone=True),
        Column("name", "Merchant", phone=True),
        Column("amount", "Given back", "money", sort="amount", phone=True),
        Column("gross", "Of the price", "money"),
        Column("reason", "Reason"),
        Column("number", "Merchant's number", "code"),
        Column("id", "Id", "code", sort="id"),
    ],
    [_ON, _AMOUNT, _MERCHANT, Filter("payment", "Payment", pick="payment")],
    href=PAYMENTS + "/{payment}",
    empty="Nothing has been refunded yet.",
    sort="-id",
    key="id",
)
_NEW = PageLink("Register a merchant", f"{MERCHANTS}/new", "plus", Permission.POST)


@get("/merchants", guards=_READ)
async def list_merchants(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All merchants."""
    asked = asked_for(MerchantFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        return await merchants.merchants(services.reader, principal.book, asked, order)

    return await list_page(pages, _MERCHANT_LIST, read_page, actions=[_NEW])


@get("/merchant-orders", guards=_READ)
async def list_orders(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All orders."""
    asked, named = asked_by_name(OrderFilter, request.query_params, "merchant")

    async def read_page(order: Order) -> Page[Any]:
        page = await orders.orders(services.reader, principal.book, asked, order, **named)
        return Page(await with_merchants(services, principal.book, page.items), page.next_cursor)

    return await list_page(pages, _ORDER_LIST, read_page)


@get("/payments", guards=_READ)
async def list_payments(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All payments."""
    asked, named = asked_by_name(PaymentFilter, request.query_params, "merchant")

    async def read_page(order: Order) -> Page[Any]:
        page = await payments.payments(services.reader, principal.book, asked, order, **named)
        return Page(await with_merchants(services, principal.book, page.items), page.next_cursor)

    return await list_page(pages, _PAYMENT_LIST, read_page)


@get("/refunds", guards=_READ)
async def list_refunds(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All refunds."""
    asked, named = asked_by_name(RefundFilter, request.query_params, "merchant")

    async def read_page(order: Order) -> Page[Any]:
        page = await payments.refunds(services.reader, principal.book, asked, order, **named)
        return Page(await with_merchants(services, principal.book, page.items), page.next_cursor)

    return await list_page(pages, _REFUND_LIST, read_page)


def asked_by_name(kind: type[F], query: Mapping[str, Any], *fields: str) -> tuple[F, dict[str, str]]:
    """The filters of a list; and what was typed of a name or number where the filter itself takes ids."""
    typed = {f"{field}_named": text for field in fields if (text := typed_text(query.get(field, "")))}
    return asked_for(kind, {name: query[name] for name in query if name not in fields}), typed


async def with_merchants(services: Services, book: int, found: list[Any]) -> list[dict[str, Any]]:
    """Orders, payments or refunds with the names of their merchants and their words."""
    names = await merchants.names(services.reader, book, [each.merchant for each in found])
    return [
        {
            **msgspec.structs.asdict(each),
            "name": names.get(each.merchant, each.merchant),
            "payable": getattr(each, "payable", 0),
            "channel": f"channel.{getattr(each, 'channel', 'api')}",
            "asset": "CNY",
        }
        for each in found
    ]


handlers = (list_merchants, list_orders, list_payments, list_refunds)
