"""The ledger: accounts, transfers, holds, statements, trial balance and tracing.

Owns the tables asset, head, account, balance, transfer, hold, reversal, balance_mark and backdated_entry. Promises:
debits equal credits for every asset; no balance passes its floor or ceiling, pending holds counted in; a transfer never
changes; money bound to a purpose moves only within it; a refused movement leaves nothing behind.
"""

import canglian.ledger.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.ledger.book import Book, Release, new_balance, signed_balance
from canglian.ledger.model import (
    Account,
    AccountState,
    Asset,
    BackdatedEntry,
    Balance,
    BalanceMark,
    Bound,
    Flag,
    Head,
    HeadClass,
    Hold,
    HoldState,
    Reversal,
    Side,
    Transfer,
)

AUDITED = (Transfer,)
"""The ledger's records that the audit chain covers."""

__all__ = [
    "AUDITED",
    "Account",
    "AccountState",
    "Asset",
    "BackdatedEntry",
    "Balance",
    "BalanceMark",
    "Book",
    "Bound",
    "Flag",
    "Head",
    "HeadClass",
    "Hold",
    "HoldState",
    "Release",
    "Reversal",
    "Side",
    "Transfer",
    "new_balance",
    "signed_balance",
]
