"""Chain finance: receivable e-vouchers that a core company accepts, and that suppliers split, transfer and finance.

Owns the tables chain_member, voucher, voucher_invoice, voucher_financing and voucher_move.

Promises: an invoice is on one living voucher of the book; the parts of a voucher sum up to its face; what all living
vouchers come to is what the ledger has off the balance sheet, what the bank has advanced and not earned of them is
what it has on it; of a voucher that is redeemed exactly its face was paid, the bank first.
"""

import canglian.bank.chain.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.chain.model import (
    ChainMember,
    MoveKind,
    Voucher,
    VoucherFinancing,
    VoucherInvoice,
    VoucherMove,
    VoucherState,
)

__all__ = [
    "ChainMember",
    "MoveKind",
    "Voucher",
    "VoucherFinancing",
    "VoucherInvoice",
    "VoucherMove",
    "VoucherState",
]
