"""Deposit accounts: products by version, opening, freezing, demand interest, bound accounts and the orders of the rail.

Owns the tables deposit_product, deposit_policy, deposit_account, account_freeze, deposit_interest, interest_day,
bound_account, rail_order and rail_difference. Promises: money of a deposit account moves only through ``move``, which
asks for state, freezes and limits; interest is counted in integers, and a day that is accrued twice is accrued once; an
account number stands nowhere in plain; an order of the rail is booked once, whatever answers come in whatever order.
"""

import canglian.bank.deposit.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.deposit.model import (
    AccountFreeze,
    AccountState,
    BindingState,
    BoundAccount,
    Confirmation,
    DepositAccount,
    DepositInterest,
    DepositPolicy,
    DepositProduct,
    FreezeCause,
    FreezeKind,
    InterestDay,
    ProductClass,
    RailDifference,
    RailKind,
    RailOrder,
    RailState,
    UnboundIn,
)
from canglian.bank.deposit.moving import Counterparty, Inside, internal_account, move
from canglian.bank.deposit.rules import require_active_account

__all__ = [
    "AccountFreeze",
    "AccountState",
    "BindingState",
    "BoundAccount",
    "Confirmation",
    "Counterparty",
    "DepositAccount",
    "DepositInterest",
    "DepositPolicy",
    "DepositProduct",
    "FreezeCause",
    "FreezeKind",
    "Inside",
    "InterestDay",
    "ProductClass",
    "RailDifference",
    "RailKind",
    "RailOrder",
    "RailState",
    "UnboundIn",
    "internal_account",
    "move",
    "require_active_account",
]
