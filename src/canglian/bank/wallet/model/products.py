"""What wallets there are, and the figures of their rules, by version. What a wallet may pay stands in bank/limit."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.bank.party import Level
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


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

    code: Annotated[str, doc("The code of the product, such as `wallet.ecny2`.")]
    version: Annotated[int, doc("The version of the product, from 1.")]
    kind: Annotated[WalletKind, doc("`ewallet`, `ecny` or `ecny_corporate`.")]
    tier: Annotated[int | None, doc("The tier of an e-CNY wallet, 1 the highest; null for others.")]
    name: Annotated[str, doc("What people read.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    head: Annotated[str, doc("The head of the chart of accounts, such as `2011`.")]
    level: Annotated[Level, doc("How far the holder is verified at least.")]
    document: Annotated[bool, doc("Whether the holder needs a valid document on record.")]
    account: Annotated[bool, doc("Whether the holder needs a deposit account, bound to the wallet.")]
    anonymous: Annotated[bool, doc("Whether it is opened by a mobile alone.")]
    rate_ppm: Annotated[int, doc("The yearly interest in millionths: 500 is 0.05 %.")]
    day_count: Annotated[int, doc("The days that a year counts for interest.")]
    per_party_max: Annotated[int | None, doc("How many of the product one party has at most; null for any number.")]
    sub_wallets_max: Annotated[int, doc("How many sub-wallets a wallet has at most.")]
    active: Annotated[bool, doc("False ends the product from the effective date on: nothing new is opened.")]
    effective_from: Annotated[date, doc("The business date from which it counts.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]


class WalletPolicy(Entity, frozen=True, table="wallet_policy", key=("effective_from",), indexes={"rules": ("rules",)}):
    """The figures of this room that are no product's, from a business date on.

    ``number_prefix`` begins wallet numbers. A code lives ``code_seconds``; what is taken by a pay code is at most
    ``pay_code_max`` fen. After ``pin_tries`` wrong PINs in a row the PIN is locked for ``pin_lock_minutes``, 0 for
    until it is reset. A wallet has at most ``devices_max`` devices and ``pockets_max`` pockets.
    """

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    rules: Annotated[str, doc("The name of the set of rules.")]
    number_prefix: Annotated[str, doc("What wallet numbers begin with.")]
    code_seconds: Annotated[int, doc("For how many seconds a code is good.")]
    pay_code_max: Annotated[int, doc("The most that is taken by one pay code, in fen.")]
    pin_tries: Annotated[int, doc("After how many wrong ones in a row a PIN is locked.")]
    pin_lock_minutes: Annotated[int, doc("For how many minutes a PIN is locked; 0 until it is reset.")]
    devices_max: Annotated[int, doc("How many devices a wallet has at most.")]
    pockets_max: Annotated[int, doc("How many pockets a wallet has at most.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
