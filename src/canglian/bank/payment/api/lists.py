"""``/v1/merchants``, ``/v1/payment-orders``, ``/v1/payments`` and ``/v1/refunds``: lists, and things by their ids."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.payment.api.paths import MerchantPath, OrderPath, PaymentPath, RefundPath
from canglian.bank.payment.model import Merchant, MerchantState, OrderState, Payment, PaymentOrder, PaymentState, Refund
from canglian.bank.payment.queries import merchants, orders, payments
from canglian.bank.payment.queries.merchants import MerchantFilter, MerchantWhole
from canglian.bank.payment.queries.orders import OrderFilter
from canglian.bank.payment.queries.payments import PaymentFilter, PaymentWhole, RefundFilter, RefundWhole
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_GUARDS = [needs(Permission.READ)]

OfMerchant = Annotated[str | None, QueryParameter(description="Only of this merchant.")]
FirstDate = Annotated[date | None, QueryParameter(name="date.gte")]
LastDate = Annotated[date | None, QueryParameter(name="date.lte")]


@get("", operation_id="listMerchants", guards=_GUARDS, responses=listing_of(Merchant))
async def list_merchants(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    merchant_state: Annotated[
        MerchantState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
    category: Annotated[str | None, QueryParameter(description="Only of this category.")] = None,
    region: Annotated[str | None, QueryParameter(description="Only in this region.")] = None,
    party: Annotated[str | None, QueryParameter(description="Only of this owner.")] = None,
) -> Response[bytes]:
    """List merchants, newest first."""
    asked = MerchantFilter(merchant_state, category, region, party)
    return await listed(
        request, order, lambda page: merchants.merchants(services.reader, principal.book, asked, page), "merchants"
    )


@get("/{merchant:str}", operation_id="getMerchant", guards=_GUARDS, responses=responses(MerchantWhole))
async def get_merchant(
    services: NamedDependency[Services], principal: NamedDependency[Principal], merchant: MerchantPath
) -> Response[bytes]:
    """A merchant with what it is owed."""
    return as_json(await merchants.whole(services.reader, principal.book, merchant))


@get("", operation_id="listPaymentOrders", guards=_GUARDS, responses=listing_of(PaymentOrder))
async def list_orders(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    merchant: OfMerchant = None,
    number: Annotated[str | None, QueryParameter(description="Only with this number of the merchant.")] = None,
    order_state: Annotated[OrderState | None, QueryParameter(name="state", description="Only in this state.")] = None,
    first_date: FirstDate = None,
    last_date: LastDate = None,
) -> Response[bytes]:
    """List orders, newest first."""
    asked = OrderFilter(merchant, number, order_state, first_date, last_date)
    return await listed(
        request, order, lambda page: orders.orders(services.reader, principal.book, asked, page), "payment-orders"
    )


@get("/{payment_order:str}", operation_id="getPaymentOrder", guards=_GUARDS, responses=responses(PaymentOrder))
async def get_order(
    services: NamedDependency[Services], principal: NamedDependency[Principal], payment_order: OrderPath
) -> Response[bytes]:
    """An order."""
    return as_json(await orders.order(services.reader, principal.book, payment_order))


@get("", operation_id="listPayments", guards=_GUARDS, responses=listing_of(Payment))
async def list_payments(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    merchant: OfMerchant = None,
    payment_order: Annotated[str | None, QueryParameter(description="Only of this order.")] = None,
    item: Annotated[str | None, QueryParameter(description="Only with a line from this source.")] = None,
    payment_state: Annotated[
        PaymentState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
    first_date: FirstDate = None,
    last_date: LastDate = None,
) -> Response[bytes]:
    """List payments, newest first."""
    asked = PaymentFilter(merchant, payment_order, item, payment_state, first_date, last_date)
    return await listed(
        request, order, lambda page: payments.payments(services.reader, principal.book, asked, page), "payments"
    )


@get("/{payment:str}", operation_id="getPayment", guards=_GUARDS, responses=responses(PaymentWhole))
async def get_payment(
    services: NamedDependency[Services], principal: NamedDependency[Principal], payment: PaymentPath
) -> Response[bytes]:
    """A payment with its order, its lines and its refunds."""
    return as_json(await payments.whole(services.reader, principal.book, payment))


@get("", operation_id="listRefunds", guards=_GUARDS, responses=listing_of(Refund))
async def list_refunds(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    merchant: OfMerchant = None,
    payment: Annotated[str | None, QueryParameter(description="Only of this payment.")] = None,
    number: Annotated[str | None, QueryParameter(description="Only with this number of the merchant.")] = None,
    first_date: FirstDate = None,
    last_date: LastDate = None,
) -> Response[bytes]:
    """List refunds, newest first."""
    asked = RefundFilter(merchant, payment, number, first_date, last_date)
    return await listed(
        request, order, lambda page: payments.refunds(services.reader, principal.book, asked, page), "refunds"
    )


@get("/{refund:str}", operation_id="getRefund", guards=_GUARDS, responses=responses(RefundWhole))
async def get_refund(
    services: NamedDependency[Services], principal: NamedDependency[Principal], refund: RefundPath
) -> Response[bytes]:
    """A refund with what went back to each source."""
    return as_json(await payments.refund(services.reader, principal.book, refund))
