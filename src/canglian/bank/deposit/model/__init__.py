"""What deposit accounts keep in a book."""

from canglian.bank.deposit.model.accounts import (
    AccountFreeze,
    AccountState,
    DepositAccount,
    FreezeCause,
    FreezeKind,
)
from canglian.bank.deposit.model.interest import DepositInterest, InterestDay
from canglian.bank.deposit.model.outside import (
    BindingState,
    BoundAccount,
    Confirmation,
    DifferenceKind,
    RailDifference,
    RailKind,
    RailOrder,
    RailState,
)
from canglian.bank.deposit.model.products import DepositPolicy, DepositProduct, ProductClass, UnboundIn

__all__ = [
    "AccountFreeze",
    "AccountState",
    "BindingState",
    "BoundAccount",
    "Confirmation",
    "DepositAccount",
    "DepositInterest",
    "DepositPolicy",
    "DepositProduct",
    "DifferenceKind",
    "FreezeCause",
    "FreezeKind",
    "InterestDay",
    "ProductClass",
    "RailDifference",
    "RailKind",
    "RailOrder",
    "RailState",
    "UnboundIn",
]
