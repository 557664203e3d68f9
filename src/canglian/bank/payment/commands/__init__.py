"""The use cases of payments, one subject a file."""

from canglian.bank.payment.commands.authorising import (
    AuthoriseOrder,
    CancelPayment,
    CapturePayment,
    ExpireAuthorisation,
)
from canglian.bank.payment.commands.configuration import AddPaymentPolicy, SetFeeSchedule
from canglian.bank.payment.commands.creating import CreatePayment
from canglian.bank.payment.commands.merchants import (
    ChangeMerchant,
    CloseMerchant,
    RegisterMerchant,
    ResumeMerchant,
    SetMerchantRisk,
    SuspendMerchant,
)
from canglian.bank.payment.commands.orders import CloseOrder, ExpireOrder, OpenOrder
from canglian.bank.payment.commands.paying import PayOrder, TakePayment
from canglian.bank.payment.commands.quoting import QuotedLine, QuoteOrder, QuoteRefund
from canglian.bank.payment.commands.refunding import RefundPayment
from canglian.bank.payment.commands.splitting import CompleteShare, KeepUnsplit, SplitPayment
from canglian.bank.payment.commands.stores import (
    AddMerchantStaff,
    AddStore,
    ChangeStore,
    CloseStore,
    RemoveMerchantStaff,
    ReopenStore,
)

__all__ = [
    "AddMerchantStaff",
    "AddPaymentPolicy",
    "AddStore",
    "AuthoriseOrder",
    "CancelPayment",
    "CapturePayment",
    "ChangeMerchant",
    "ChangeStore",
    "CloseMerchant",
    "CloseOrder",
    "CloseStore",
    "CompleteShare",
    "CreatePayment",
    "ExpireAuthorisation",
    "ExpireOrder",
    "KeepUnsplit",
    "OpenOrder",
    "PayOrder",
    "QuoteOrder",
    "QuoteRefund",
    "QuotedLine",
    "RefundPayment",
    "RegisterMerchant",
    "RemoveMerchantStaff",
    "ReopenStore",
    "ResumeMerchant",
    "SetFeeSchedule",
    "SetMerchantRisk",
    "SplitPayment",
    "SuspendMerchant",
    "TakePayment",
]
