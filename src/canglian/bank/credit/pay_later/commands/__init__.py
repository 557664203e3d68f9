"""The use cases of pay-later."""

from canglian.bank.credit.pay_later.commands.capturing import CaptureBill
from canglian.bank.credit.pay_later.commands.converting import ConvertBill
from canglian.bank.credit.pay_later.commands.refunding import RefundBill
from canglian.bank.credit.pay_later.commands.relatives import EndRelative, RecordRelative, RepayForRelative
from canglian.bank.credit.pay_later.commands.repaying import RepayBill

__all__ = [
    "CaptureBill",
    "ConvertBill",
    "EndRelative",
    "RecordRelative",
    "RefundBill",
    "RepayBill",
    "RepayForRelative",
]
