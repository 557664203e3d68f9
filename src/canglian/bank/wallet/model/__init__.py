"""What wallets keep in a book."""

from canglian.bank.wallet.model.moves import (
    ExchangeDirection,
    MoveKind,
    SubWalletDay,
    WalletExchange,
    WalletInterest,
    WalletInterestDay,
    WalletReversal,
    WalletTransfer,
)
from canglian.bank.wallet.model.products import WalletKind, WalletPolicy, WalletProduct
from canglian.bank.wallet.model.wallets import (
    CodeKind,
    LockedBy,
    PocketKind,
    Wallet,
    WalletCode,
    WalletDevice,
    WalletPin,
    WalletPocket,
    WalletState,
)

__all__ = [
    "CodeKind",
    "ExchangeDirection",
    "LockedBy",
    "MoveKind",
    "PocketKind",
    "SubWalletDay",
    "Wallet",
    "WalletCode",
    "WalletDevice",
    "WalletExchange",
    "WalletInterest",
    "WalletInterestDay",
    "WalletKind",
    "WalletPin",
    "WalletPocket",
    "WalletPolicy",
    "WalletProduct",
    "WalletReversal",
    "WalletState",
    "WalletTransfer",
]
