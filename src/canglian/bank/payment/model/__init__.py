"""What payments keep, one subject a file."""

from canglian.bank.payment.model.figures import FeeSchedule, PaymentPolicy
from canglian.bank.payment.model.merchants import Merchant, MerchantState
from canglian.bank.payment.model.orders import OrderState, PaymentOrder
from canglian.bank.payment.model.payments import Payment, PaymentLine, PaymentState, SourceUse
from canglian.bank.payment.model.refunds import Refund, RefundLine
from canglian.bank.payment.model.splits import Receiver, ShareState, SplitClaim, SplitLeg, SplitShare

__all__ = [
    "FeeSchedule",
    "Merchant",
    "MerchantState",
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
]
