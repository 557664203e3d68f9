"""What payments keep, one subject a file."""

from canglian.bank.payment.model.channel import ChannelKind, ChannelMethod, ChannelOrder, ChannelState
from canglian.bank.payment.model.figures import FeeSchedule, FeeStep, PaymentPolicy
from canglian.bank.payment.model.merchants import Merchant, MerchantRisk, MerchantState
from canglian.bank.payment.model.orders import OrderState, PaymentOrder
from canglian.bank.payment.model.payments import Payment, PaymentLine, PaymentState, SourceUse
from canglian.bank.payment.model.refunds import Refund, RefundLine
from canglian.bank.payment.model.splits import Receiver, ShareState, SplitClaim, SplitLeg, SplitShare
from canglian.bank.payment.model.stores import MerchantStaff, MerchantStore, StaffRole, StoreState

__all__ = [
    "ChannelKind",
    "ChannelMethod",
    "ChannelOrder",
    "ChannelState",
    "FeeSchedule",
    "FeeStep",
    "Merchant",
    "MerchantRisk",
    "MerchantStaff",
    "MerchantState",
    "MerchantStore",
    "OrderState",
    "Payment",
    "PaymentLine",
    "PaymentOrder",
    "PaymentPolicy",
    "PaymentState",
    "Receiver",
    "Refund",
    "RefundLine",
    "ShareState",
    "SourceUse",
    "SplitClaim",
    "SplitLeg",
    "SplitShare",
    "StaffRole",
    "StoreState",
]
