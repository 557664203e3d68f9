"""Payments: merchants, their orders, what is paid for them from one or several sources, and refunds.

Owns the tables merchant, merchant_store, merchant_staff, fee_schedule, payment_policy, payment_order, payment,
payment_line, refund, refund_line, split_share, split_claim and channel_order.

Promises: an order is paid once, by sources that sum up to it; fees and their tax are taken in the same commit; what
is refunded never passes what was paid, and closes to the fen whatever the parts; a share of a split goes to its
receiver or to nobody; what a merchant is owed stands in accounts of its own, which this room and a settlement above
it move, and nobody else.
"""

import canglian.bank.payment.approving  # pyright: ignore[reportUnusedImport] - what may be approved
import canglian.bank.payment.errors  # pyright: ignore[reportUnusedImport] - declares the codes
import canglian.bank.payment.from_channel  # pyright: ignore[reportUnusedImport] - the channel pays
import canglian.bank.payment.from_purpose  # pyright: ignore[reportUnusedImport] - purpose money pays
import canglian.bank.payment.from_wallets  # noqa: F401  # pyright: ignore[reportUnusedImport] - wallets pay
from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.model import (
    ChannelKind,
    ChannelMethod,
    ChannelOrder,
    ChannelState,
    FeeSchedule,
    FeeStep,
    Merchant,
    MerchantRisk,
    MerchantStaff,
    MerchantState,
    MerchantStore,
    OrderState,
    Payment,
    PaymentLine,
    PaymentOrder,
    PaymentPolicy,
    PaymentState,
    Receiver,
    Refund,
    RefundLine,
    ShareState,
    SourceUse,
    SplitClaim,
    SplitShare,
    StaffRole,
    StoreState,
)
from canglian.bank.payment.paying import pay
from canglian.bank.payment.refunding import refund
from canglian.bank.payment.sources import Leg, Paying, Source, register

__all__ = [
    "ChannelKind",
    "ChannelMethod",
    "ChannelOrder",
    "ChannelState",
    "FeeSchedule",
    "FeeStep",
    "Leg",
    "Merchant",
    "MerchantRisk",
    "MerchantStaff",
    "MerchantState",
    "MerchantStore",
    "OrderState",
    "Paying",
    "Payment",
    "PaymentLine",
    "PaymentOrder",
    "PaymentPolicy",
    "PaymentState",
    "Receiver",
    "Refund",
    "RefundLine",
    "ShareState",
    "Source",
    "SourceUse",
    "SplitClaim",
    "SplitShare",
    "StaffRole",
    "StoreState",
    "pay",
    "payable_account",
    "refund",
    "register",
]
