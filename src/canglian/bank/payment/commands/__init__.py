"""The use cases of payments, one subject a file."""

from canglian.bank.payment.commands.authorising import (
    AuthoriseOrder,
    CancelPayment,
    CapturePayment,
    ExpireAuthorisation,
)
from canglian.bank.payment.commands.channel import (
    AcceptChannelOrder,
    AnswerChannelOrder,
    EnquireChannelOrder,
    MarkChannelSent,
    MarkChannelUnknown,
    NoteChannelEnquiry,
    PayByChannel,
    SendChannelRefundAgain,
)
from canglian.bank.payment.commands.configuration import AddPaymentPolicy, SetFeeSchedule
from canglian.bank.payment.commands.creating import CreatePayment
from canglian.bank.payment.commands.drawing import DrawPrepaidCard
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
from canglian.bank.payment.commands.quoting import QuotedLine, QuoteOrder, QuoteRefund, QuoteRefundsAhead
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
    "AcceptChannelOrder",
    "AddMerchantStaff",
    "AddPaymentPolicy",
    "AddStore",
    "AnswerChannelOrder",
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
    "DrawPrepaidCard",
    "EnquireChannelOrder",
    "ExpireAuthorisation",
    "ExpireOrder",
    "KeepUnsplit",
    "MarkChannelSent",
    "MarkChannelUnknown",
    "NoteChannelEnquiry",
    "OpenOrder",
    "PayByChannel",
    "PayOrder",
    "QuoteOrder",
    "QuoteRefund",
    "QuoteRefundsAhead",
    "QuotedLine",
    "RefundPayment",
    "RegisterMerchant",
    "RemoveMerchantStaff",
    "ReopenStore",
    "ResumeMerchant",
    "SendChannelRefundAgain",
    "SetFeeSchedule",
    "SetMerchantRisk",
    "SplitPayment",
    "SuspendMerchant",
    "TakePayment",
]
