"""What wallets there are, and the figures of their rules, by version. What a wallet may pay stands in bank/limit."""

import enum
from datetime import date, datetime

from canglian.bank.party import Level
from canglian.kernel.entity import Entity


class WalletKind(enum.StrEnum):
    """The bank's e-wallet on a deposit account; an e-CNY wallet (个人钱包); one of an organisation (对公钱包)."""

    EWALLET = "ewallet"
    ECNY = "ecny"
    ECNY_CORPORATE = "ecny_corporate"


class WalletProduct(Entity, frozen=True, table="wallet_product", key=("code", "version"), indexes={"code": ("code",)}):
    """One version of a product; it never changes. In force is the one with the latest effective date that has come.

    ``tier`` is that of e-CNY wallets, 1 the highest. What a holder has to show: ``level`` is how far they are verified
    at least, ``document`` that a valid document is on record, ``account`` that a deposit account of theirs is bound to
    the wallet; ``anonymous`` takes somebody who is known by a mobile alone. ``rate_ppm`` is the yearly interest in
    millionths of e-CNY, ``day_count`` the days that a year counts. ``per_party_max`` bounds how many one holder has,
    ``sub_wallets_max`` the sub-wallets of one wallet. ``active`` is false in the version that ends the product.
    """

    code: str
    version: int
    kind: WalletKind
    tier: int | None
    name: str
    asset: str
    head: str
    level: Level
    document: bool
    account: bool
    anonymous: bool
    rate_ppm: int
    day_count: int
    per_party_max: int | None
    sub_wallets_max: int
    active: bool
    effective_from: date
    note: str
    created_at: datetime
    created_by: str


class WalletPolicy(Entity, frozen=True, table="wallet_policy", key=("effective_from",), indexes={"rules": ("rules",)}):
    """The figures of this room that are no product's, from a business date on.

    ``number_prefix`` begins wallet numbers. A code lives ``code_seconds``; what is taken by a pay code is at most
    ``pay_code_max`` fen. After ``pin_tries`` wrong PINs in a row the PIN is locked for ``pin_lock_minutes``, 0 for
    until it is reset. A wallet has at most ``devices_max`` devices and ``pockets_max`` pockets.
    """

    effective_from: date
    rules: str
    number_prefix: str
    code_seconds: int
    pay_code_max: int
    pin_tries: int
    pin_lock_minutes: int
    devices_max: int
    pockets_max: int
    note: str
    added_at: datetime
    added_by: str
