"""Why something cannot be done to an account, a hold or a transfer now, and what is asked before it is done.

The rest is what the ledger would refuse: the actions of this room are tried when their page is made.
"""

from collections.abc import Mapping

import msgspec

from canglian.ledger.commands import CaptureHold, CloseAccount, ReleaseHold, ReverseTransfer, SetAccountState
from canglian.ledger.keeping import is_kept
from canglian.ledger.model import AccountState, Hold, HoldState
from canglian.ledger.queries.accounts import AccountView
from canglian.ledger.queries.transfers import TransferView
from canglian.web.console.formats import money
from canglian.web.form import Message, Why

_TRIED = "—"  # stands for a reason in what is only tried


class AccountShown(msgspec.Struct, frozen=True):
    """An account, and the decimals of assets."""

    account: AccountView
    scales: Mapping[str, int]


class HoldShown(msgspec.Struct, frozen=True):
    """A hold, and the decimals of assets."""

    hold: Hold
    scales: Mapping[str, int]

    @property
    def remaining(self) -> str:
        """What is left of it, in words."""
        return money(self.hold.remaining, self.hold.asset, self.scales)


class TransferShown(msgspec.Struct, frozen=True):
    """A transfer, and the decimals of assets."""

    transfer: TransferView
    scales: Mapping[str, int]


# -- why not now ---------------------------------------------------------------------------------------------------


def changed(shown: AccountShown) -> Message | None:
    """The state of an account is changed."""
    return "The account is closed." if shown.account.state is AccountState.CLOSED else None


def closed(shown: AccountShown) -> Message | Why | None:
    """An account is closed for good."""
    account = shown.account
    if account.state is AccountState.CLOSED:
        return "The account is closed."
    if is_kept(account.owner) or (account.balance == 0 and account.held == 0):
        return None
    figures = {
        "balance": money(account.balance, account.asset, shown.scales),
        "held": money(account.held, account.asset, shown.scales),
    }
    reason = "It still has a balance of %(balance)s and %(held)s held.", figures
    if account.held:
        return Why(reason=reason, path=f"/console/holds?account={account.id}&state=pending", link="Holds")
    return Why(reason=reason, path=f"/console/transfers/new?debit={account.id}", link="Post a transfer")


def taken(shown: HoldShown) -> Message | None:
    """Money of a hold is captured or released."""
    return None if shown.hold.state is HoldState.PENDING else "The hold has no remaining amount."


def undone(shown: TransferShown) -> Message | Why | None:
    """A transfer is reversed."""
    transfer = shown.transfer
    if transfer.reversed_by is not None:
        return Why(reason="Already reversed.", path=f"/console/transfers/{transfer.reversed_by}", link="Reversed by")
    if transfer.reverses is not None:
        path = f"/console/transfers/{transfer.reverses}"
        return Why(reason="This transfer is a reversal.", path=path, link="Reversal of")
    return None


# -- what is tried -------------------------------------------------------------------------------------------------


def other_state(account: AccountView) -> AccountState:
    """A state that it is not in."""
    return AccountState.OPEN if account.state is not AccountState.OPEN else AccountState.FROZEN


def change(shown: AccountShown) -> SetAccountState:
    """The state of an account changes."""
    return SetAccountState(account=shown.account.id, state=other_state(shown.account), reason=_TRIED)


def close(shown: AccountShown) -> CloseAccount:
    """An account is closed."""
    return CloseAccount(account=shown.account.id)


def capture(shown: HoldShown) -> CaptureHold:
    """All that is left of a hold is captured."""
    return CaptureHold(hold=shown.hold.id)


def release(shown: HoldShown) -> ReleaseHold:
    """All that is left of a hold is released."""
    return ReleaseHold(hold=shown.hold.id)


def undo(shown: TransferShown) -> ReverseTransfer:
    """A transfer is reversed."""
    return ReverseTransfer(transfer=shown.transfer.id, reason=_TRIED)


# -- what is asked before ------------------------------------------------------------------------------------------


def ask_to_close(shown: AccountShown) -> Message:
    """Closing is for good."""
    return "Close account %(number)s permanently? No further credits or debits.", {"number": str(shown.account.id)}


def ask_to_capture(shown: HoldShown) -> Message:
    """Which way the money goes, and how much there is."""
    hold = shown.hold
    sides = {"debit": str(hold.debit), "credit": str(hold.credit), "left": shown.remaining}
    return "Capture the amount from account %(debit)s to account %(credit)s? %(left)s remaining in this hold.", sides


def ask_to_release(shown: HoldShown) -> Message:
    """How much is let go."""
    return "Release %(amount)s?", {"amount": shown.remaining}


def ask_to_undo(shown: TransferShown) -> Message:
    """Which way the money goes back."""
    transfer = shown.transfer
    sides = {
        "amount": money(transfer.amount, transfer.asset, shown.scales),
        "credit": str(transfer.credit),
        "debit": str(transfer.debit),
    }
    return "Move %(amount)s back from account %(credit)s to account %(debit)s? This cannot be undone.", sides
