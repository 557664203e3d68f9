"""Why something cannot be done to a wallet now, as its page says before anybody tries.

The reasons are message ids; None where it can be done as far as the page knows. What it does not know is tried.
"""

from collections.abc import Sequence

import msgspec

from canglian.bank.deposit import DepositAccount
from canglian.bank.party import PartyDocument
from canglian.bank.wallet.commands import ReverseWalletTransfer
from canglian.bank.wallet.model import MoveKind, Wallet, WalletKind
from canglian.bank.wallet.queries.moves import MoveView
from canglian.bank.wallet.queries.wallets import DeviceView, PocketView


class WalletShown(msgspec.Struct, frozen=True):
    """A wallet with what its page knows of it: its holder's valid documents and deposit accounts."""

    wallet: Wallet
    documents: Sequence[PartyDocument] = ()
    deposits: Sequence[DepositAccount] = ()


def is_anonymous(shown: WalletShown) -> bool:
    """Only a mobile is known of its holder."""
    return shown.wallet.party is None


def is_known(shown: WalletShown) -> bool:
    """Its holder is a customer."""
    return shown.wallet.party is not None


def lacks_deposit(shown: WalletShown) -> bool:
    """No deposit account of its holder is bound to it."""
    return is_known(shown) and shown.wallet.deposit is None


def is_sub(shown: WalletShown) -> bool:
    """It is a sub-wallet."""
    return shown.wallet.parent is not None


def may_have_subs(shown: WalletShown) -> bool:
    """It may have sub-wallets."""
    return shown.wallet.is_ecny and not is_sub(shown)


def has_higher_tier(shown: WalletShown) -> bool:
    """There is a higher tier that its holder need not be seen for."""
    return shown.wallet.kind is WalletKind.ECNY and not is_sub(shown) and (shown.wallet.tier or 0) > 2


def raised(shown: WalletShown) -> str | None:
    """The holder is seen with a document."""
    if is_sub(shown):
        return "A sub-wallet goes with its parent."
    if is_anonymous(shown) or shown.documents:
        return None
    return "There is no valid document of the holder on record."


def may_be_reversed(move: MoveView) -> bool:
    """A transfer that stands and undoes none itself."""
    return move.kind is not MoveKind.REVERSAL and move.reversed_by is None


def reversed_whole(move: MoveView) -> ReverseWalletTransfer:
    """What is tried before a transfer is reversed."""
    return ReverseWalletTransfer(transfer=move.id, reason="—")


def is_open(pocket: PocketView) -> bool:
    """A pocket that is not closed."""
    return pocket.closed_at is None


def emptied(pocket: PocketView) -> str | None:
    """A pocket is closed."""
    return "The pocket is not empty." if pocket.balance else None


def is_listed(device: DeviceView) -> bool:
    """A device that was not removed."""
    return device.removed_at is None
