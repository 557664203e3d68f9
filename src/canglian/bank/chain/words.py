"""The machine words of chain finance that people read."""

from canglian.bank.chain import accounts
from canglian.bank.chain.model import MoveKind, VoucherState

CODES = accounts.CODES

EVENTS = tuple(f"voucher.{kind.value}" for kind in MoveKind)
"""Events whose names are put together where they are emitted."""

FAMILIES = {"state": (VoucherState,), "voucher_state": (VoucherState,), "voucher_move": (MoveKind,)}
"""The enums that pages show, by their family of words."""
