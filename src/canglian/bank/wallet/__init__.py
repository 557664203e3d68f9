"""Wallets: the bank's e-wallet on a Class II account, and e-CNY wallets of every tier.

Owns the tables wallet_product, wallet_policy, wallet, wallet_pin, wallet_device, wallet_code, wallet_pocket,
wallet_transfer, wallet_reversal, wallet_exchange, wallet_interest, wallet_interest_day and sub_wallet_day. Promises:
money of a wallet moves through ``pay`` or an exchange alone, which ask for state, limits and caps; a family of
sub-wallets shares the caps of its parent; a PIN, a code and a wallet number stand nowhere in plain; a code moves money
once.
"""

import canglian.bank.wallet.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.wallet.model import (
    CodeKind,
    ExchangeDirection,
    LockedBy,
    MoveKind,
    PocketKind,
    SubWalletDay,
    Wallet,
    WalletCode,
    WalletDevice,
    WalletExchange,
    WalletKind,
    WalletPin,
    WalletPocket,
    WalletPolicy,
    WalletProduct,
    WalletReversal,
    WalletState,
    WalletTransfer,
)
from canglian.bank.wallet.moving import pay
from canglian.bank.wallet.rules import require_active_wallet

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
    "WalletKind",
    "WalletPin",
    "WalletPocket",
    "WalletPolicy",
    "WalletProduct",
    "WalletReversal",
    "WalletState",
    "WalletTransfer",
    "pay",
    "require_active_wallet",
]
