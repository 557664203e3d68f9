"""The ledger's use cases, one file a subject: accounts, transfers, holds, books."""

from canglian.ledger.commands.accounts import ChangeAccount, CloseAccount, OpenAccount, SetAccountState
from canglian.ledger.commands.books import CloseDay, DefineAsset, DefineHead, OpenBook
from canglian.ledger.commands.holds import CaptureHold, ExpireHold, HoldFunds, ReleaseHold
from canglian.ledger.commands.imports import NEW_FROM, BeginImport, Tried, TryHistory
from canglian.ledger.commands.transfers import (
    HistoryLine,
    ImportHistory,
    Line,
    LineError,
    Movement,
    Posted,
    PostTransfer,
    PostTransfers,
    ReverseTransfer,
)

__all__ = [
    "NEW_FROM",
    "BeginImport",
    "CaptureHold",
    "ChangeAccount",
    "CloseAccount",
    "CloseDay",
    "DefineAsset",
    "DefineHead",
    "ExpireHold",
    "HistoryLine",
    "HoldFunds",
    "ImportHistory",
    "Line",
    "LineError",
    "Movement",
    "OpenAccount",
    "OpenBook",
    "PostTransfer",
    "PostTransfers",
    "Posted",
    "ReleaseHold",
    "ReverseTransfer",
    "SetAccountState",
    "Tried",
    "TryHistory",
]
