"""The use cases of deposit accounts, one subject a file."""

from canglian.bank.deposit.commands.answering import AnswerRailOrder, MarkRailSent
from canglian.bank.deposit.commands.binding import (
    AnswerElements,
    BindAccount,
    ConfirmAmount,
    ConfirmByTransfer,
    EndBinding,
    ExpireBinding,
)
from canglian.bank.deposit.commands.by_code import AskBindingCode, ConfirmByCode, SendBindingCode, TypeBindingCode
from canglian.bank.deposit.commands.closing import CloseDepositAccount
from canglian.bank.deposit.commands.configuration import AddDepositPolicy, SetDepositProduct
from canglian.bank.deposit.commands.freezing import (
    CaseFrozen,
    ClearCase,
    ExpireFreeze,
    FreezeAccount,
    LiftFreeze,
    ReportCase,
)
from canglian.bank.deposit.commands.interest import AccrueInterest, FinishInterestDay, SettleInterest
from canglian.bank.deposit.commands.keeping import MarkDormant, ReactivateAccount, UpgradeAccount
from canglian.bank.deposit.commands.opening import AllotNumbers, OpenDepositAccount, Row
from canglian.bank.deposit.commands.ordering import RequestPull, RequestPush
from canglian.bank.deposit.commands.paying import MoveCash, TransferDeposit
from canglian.bank.deposit.commands.reconciling import (
    LineOutcome,
    NoteMissingInFile,
    Reconciled,
    ReconcileRailLine,
    ResolveRailDifference,
)

__all__ = [
    "AccrueInterest",
    "AddDepositPolicy",
    "AllotNumbers",
    "AnswerElements",
    "AnswerRailOrder",
    "AskBindingCode",
    "BindAccount",
    "CaseFrozen",
    "ClearCase",
    "CloseDepositAccount",
    "ConfirmAmount",
    "ConfirmByCode",
    "ConfirmByTransfer",
    "EndBinding",
    "ExpireBinding",
    "ExpireFreeze",
    "FinishInterestDay",
    "FreezeAccount",
    "LiftFreeze",
    "LineOutcome",
    "MarkDormant",
    "MarkRailSent",
    "MoveCash",
    "NoteMissingInFile",
    "OpenDepositAccount",
    "ReactivateAccount",
    "ReconcileRailLine",
    "Reconciled",
    "ReportCase",
    "RequestPull",
    "RequestPush",
    "ResolveRailDifference",
    "Row",
    "SendBindingCode",
    "SetDepositProduct",
    "SettleInterest",
    "TransferDeposit",
    "TypeBindingCode",
    "UpgradeAccount",
]
