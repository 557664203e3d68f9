"""The use cases of chain finance, imported together so that they can be decided and replayed."""

import canglian.bank.chain.trade.commands  # noqa: F401  # pyright: ignore[reportUnusedImport] - what a log may hold
from canglian.bank.chain.commands.freezing import FreezeVoucher, UnfreezeVoucher
from canglian.bank.chain.commands.holding import FinanceVoucher, SplitVoucher, TransferVoucher
from canglian.bank.chain.commands.issuing import AcceptVoucher, DeclineVoucher, IssueLongVoucher, IssueVoucher
from canglian.bank.chain.commands.maturing import (
    AccrueDiscounts,
    ClaimRecourse,
    CollectVoucher,
    PayUnclaimed,
    RedeemVouchers,
)
from canglian.bank.chain.commands.members import EnrolCore, EnrolSupplier

__all__ = [
    "AcceptVoucher",
    "AccrueDiscounts",
    "ClaimRecourse",
    "CollectVoucher",
    "DeclineVoucher",
    "EnrolCore",
    "EnrolSupplier",
    "FinanceVoucher",
    "FreezeVoucher",
    "IssueLongVoucher",
    "IssueVoucher",
    "PayUnclaimed",
    "RedeemVouchers",
    "SplitVoucher",
    "TransferVoucher",
    "UnfreezeVoucher",
]
