"""Wallets, their PINs, devices, codes and pockets."""

import enum
from datetime import date, datetime

from canglian.bank.party import Level
from canglian.bank.wallet.model.products import WalletKind
from canglian.kernel.entity import Entity

NUMBER = "wallet.number"
"""What wallet numbers are sealed for."""

MOBILE = "party.mobile"
"""What the mobile of an anonymous wallet is sealed for: it becomes a party's when its holder says who they are."""


class WalletState(enum.StrEnum):
    """Locked stands still by somebody's wish, lost because its phone is not in its holder's hands (挂失)."""

    ACTIVE = "active"
    LOCKED = "locked"
    LOST = "lost"
    CLOSED = "closed"


class LockedBy(enum.StrEnum):
    """Who locked it: the holder (money still comes in), or the bank (nothing moves, and only the bank unlocks)."""

    HOLDER = "holder"
    BANK = "bank"


class CodeKind(enum.StrEnum):
    """Shown to be paid by whoever scans it (收款码), or to pay whoever scans it (付款码)."""

    COLLECT = "collect"
    PAY = "pay"


class PocketKind(enum.StrEnum):
    """Points (积分) of a scheme, or benefit money that is bound to a purpose (权益金)."""

    POINTS = "points"
    BENEFIT = "benefit"


class Wallet(
    Entity,
    frozen=True,
    table="wallet",
    indexes={
        "party": ("party",),
        "number": ("number_index",),
        "mobile": ("mobile_index",),
        "parent": ("parent",),
        "deposit": ("deposit",),
    },
    sealed={"number_sealed": NUMBER, "mobile_sealed": MOBILE},
):
    """A wallet. ``account`` is its account in the ledger, where its money is: an e-wallet's is its deposit account's.

    ``product`` is the code by which rules about limits know it. ``deposit`` is the deposit account that it stands on
    (e-wallet) or is bound to (e-CNY). An anonymous wallet has a mobile in the place of a party. ``level`` is how far
    its holder was verified for it. A sub-wallet names its ``parent``; it pays ``merchant`` alone where that is given,
    ``single_max`` at once and ``day_max`` a day. ``within`` is the scene's own thing (a partner, a village).
    """

    id: str
    ordinal: int
    kind: WalletKind
    tier: int | None
    product: str
    party: str | None
    mobile_sealed: str | None
    mobile_mask: str | None
    mobile_index: str | None
    parent: str | None
    sub_wallets: int
    merchant: str | None
    single_max: int | None
    day_max: int | None
    deposit: str | None
    account: int
    asset: str
    number_sealed: str
    number_mask: str
    number_index: str
    name: str
    within: str | None
    level: Level
    state: WalletState
    locked_by: LockedBy | None
    channel: str
    opened_on: date
    closed_on: date | None
    opened_at: datetime
    opened_by: str
    updated_at: datetime

    @property
    def family(self) -> str:
        """The id of the wallet whose limits it shares: its parent's, or its own."""
        return self.parent or self.id

    @property
    def is_ecny(self) -> bool:
        """Whether it holds e-CNY."""
        return self.kind is not WalletKind.EWALLET


class WalletPin(Entity, frozen=True, table="wallet_pin", key=("wallet",)):
    """The payment PIN of a wallet, as an argon2id hash of a keyed hash; None where it has to be set anew.

    ``version`` counts what was ever set, ``asked`` all times that it was asked for. ``failures`` counts the tries since
    the last right one: a try counts before it is looked at, so many at once are no more tries than one after another.
    """

    wallet: str
    digest: str | None
    version: int
    asked: int
    failures: int
    locked: bool
    locked_until: datetime | None
    set_at: datetime
    set_by: str

    def is_locked(self, now: datetime) -> bool:
        """Whether it is locked; a lock without an end lasts until a reset."""
        return self.locked and (self.locked_until is None or self.locked_until > now)


class WalletDevice(Entity, frozen=True, table="wallet_device", indexes={"wallet": ("wallet",)}):
    """A device that a wallet is used on. ``fingerprint_index`` is the blind index of what the device says it is."""

    id: str
    wallet: str
    fingerprint_index: str
    name: str
    platform: str
    trusted_at: datetime | None
    added_at: datetime
    added_by: str
    removed_at: datetime | None
    removed_by: str | None


class WalletCode(Entity, frozen=True, table="wallet_code", indexes={"digest": ("digest",)}):
    """A code that was shown. ``digest`` is the blind index of its digits, which nobody keeps.

    ``amount`` is what is collected, or the most that may be taken; None leaves it to the other side.
    """

    id: str
    kind: CodeKind
    wallet: str
    digest: str
    amount: int | None
    note: str | None
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    used_at: datetime | None
    transfer: str | None


class WalletPocket(Entity, frozen=True, table="wallet_pocket", indexes={"wallet": ("wallet",)}):
    """Something beside the money of a wallet, in an account of its own: points of a scheme, money of a purpose."""

    id: str
    wallet: str
    kind: PocketKind
    asset: str
    purpose: str | None
    name: str
    account: int
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
