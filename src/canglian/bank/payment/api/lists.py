"""Lists of merchants and their stores, orders, payments, refunds and claims, and each of them by its id."""

from canglian.bank.payment.api.orders import get_order
from canglian.bank.payment.api.paths import ClaimPath, MerchantPath, PaymentPath, RefundPath, StaffPath, StorePath
from canglian.bank.payment.model import (
    Merchant,
    MerchantStaff,
    MerchantStore,
    Payment,
    PaymentOrder,
    Refund,
    SplitClaim,
)
from canglian.bank.payment.queries import claims, merchants, orders, payments, stores
from canglian.bank.payment.queries.claims import ClaimFilter
from canglian.bank.payment.queries.merchants import MerchantFilter, MerchantWhole
from canglian.bank.payment.queries.orders import OrderFilter
from canglian.bank.payment.queries.payments import PaymentFilter, PaymentWhole, RefundFilter, RefundWhole
from canglian.bank.payment.queries.stores import StaffFilter, StoreFilter
from canglian.web.listing import get_route, list_route

_MERCHANT = "A merchant with what it is owed."
_PAYMENT = "A payment with its order, its lines and its refunds."
_REFUND = "A refund with what went back to each source."
_CLAIM = "What a receiver of a split owes because of a refund."
_CLAIMS = "List what receivers of splits owe because of refunds, newest first."
_STAFF = "List people who work for merchants, newest first."

MERCHANTS = (
    list_route(
        Merchant, merchants.merchants, MerchantFilter, "listMerchants", "merchants", "List merchants, newest first."
    ),
    get_route("merchant", MerchantPath, MerchantWhole, merchants.whole, "getMerchant", _MERCHANT),
)
STORES = (
    list_route(
        MerchantStore,
        stores.stores,
        StoreFilter,
        "listMerchantStores",
        "merchant-stores",
        "List stores, newest first.",
    ),
    get_route("store", StorePath, MerchantStore, stores.store, "getMerchantStore", "A store of a merchant."),
)
STAFF = (
    list_route(MerchantStaff, stores.staff, StaffFilter, "listMerchantStaff", "merchant-staff", _STAFF),
    get_route(
        "staff", StaffPath, MerchantStaff, stores.engagement, "getMerchantStaff", "Somebody who works for a merchant."
    ),
)
ORDERS = (
    list_route(
        PaymentOrder, orders.orders, OrderFilter, "listPaymentOrders", "payment-orders", "List orders, newest first."
    ),
    get_order,
)
PAYMENTS = (
    list_route(
        Payment,
        payments.payments,
        PaymentFilter,
        "listPayments",
        "payments",
        "List payments, newest first.",
        names={"order": "payment_order"},
    ),
    get_route("payment", PaymentPath, PaymentWhole, payments.whole, "getPayment", _PAYMENT),
)
REFUNDS = (
    list_route(Refund, payments.refunds, RefundFilter, "listRefunds", "refunds", "List refunds, newest first."),
    get_route("refund", RefundPath, RefundWhole, payments.refund, "getRefund", _REFUND),
)
CLAIMS = (
    list_route(SplitClaim, claims.claims, ClaimFilter, "listSplitClaims", "split-claims", _CLAIMS),
    get_route("split_claim", ClaimPath, SplitClaim, claims.claim, "getSplitClaim", _CLAIM),
)
