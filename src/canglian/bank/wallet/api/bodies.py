"""What the API of wallets is asked, in plain where a person types it; and the commands that it becomes."""

from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit.commands.values import AccountId, BoundId
from canglian.bank.party.checks import impersonal
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.requests import Plain
from canglian.bank.wallet.api.paths import Pin, Typed
from canglian.bank.wallet.commands.devices import Platform
from canglian.bank.wallet.commands.locking import DocumentId
from canglian.bank.wallet.commands.pockets import Purpose
from canglian.bank.wallet.commands.values import Cap, Label, Note, ProductCode, WalletId
from canglian.bank.wallet.model import CodeKind, ExchangeDirection, LockedBy, PocketKind
from canglian.kernel.values import Amount, AssetCode, Name, Reference


class WalletRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wallet to be opened. A mobile in the place of a party opens an anonymous one."""

    product: ProductCode
    party: PartyId | None = None
    mobile: Plain | None = None
    deposit: AccountId | None = None
    name: Label | None = None
    within: Reference | None = None


class SubWalletRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sub-wallet to be opened, for a merchant or a use of its own."""

    name: Label
    merchant: WalletId | None = None
    single_max: Cap | None = None
    day_max: Cap | None = None


class WalletSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole wallet number: in the body, never in an address."""

    number: Typed


class WalletUpgradeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tier to raise a wallet to; ``party`` for one that is anonymous."""

    product: ProductCode
    party: PartyId | None = None
    deposit: AccountId | None = None


class SeenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document that the holder had in hand, and where."""

    document: DocumentId
    place: Name
    party: PartyId | None = None
    deposit: AccountId | None = None


class LockRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who lets the wallet stand still, and why."""

    locked_by: LockedBy
    reason: Name


class UnlockRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who lets it move again, and why; its holder with the PIN."""

    unlocked_by: LockedBy
    reason: Name
    pin: Pin | None = None


class LiftRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a loss is lifted, and the document that the holder had in hand."""

    reason: Name
    document: DocumentId | None = None


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a wallet is closed, and the deposit account that gets what it still has."""

    reason: Name
    deposit: AccountId | None = None
    pin: Pin | None = None


class PinRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A PIN to be set; ``current`` is the one that it has."""

    pin: Pin
    current: Pin | None = None


class PinCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A PIN to be looked at."""

    pin: Pin


class DeviceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device to be put on the list. ``device`` is what it says it is: an id that stays the same."""

    device: Annotated[str, Meta(min_length=8, max_length=200)]
    name: Label
    platform: Platform


class PocketRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pocket to be opened."""

    kind: PocketKind
    name: Label
    asset: AssetCode
    purpose: Purpose | None = None


class WalletRailRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to or from a bound account."""

    bound_account: BoundId
    amount: Amount
    pin: Pin | None = None


class ExchangeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to be exchanged, and which way."""

    direction: ExchangeDirection
    amount: Amount
    deposit: AccountId | None = None
    pin: Pin | None = None


class CodeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code to be shown; to pay by takes the PIN."""

    kind: CodeKind
    amount: Amount | None = None
    note: Note | None = None
    pin: Pin | None = None


class TakeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pay code that was scanned, and how much is taken by it."""

    code: Typed
    amount: Amount
    reference: Reference | None = None
    note: Note | None = None


class PayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The collect code that was scanned, the payer's PIN, and how much where the code does not say it."""

    code: Typed
    amount: Amount | None = None
    pin: Pin | None = None
    reference: Reference | None = None
    note: Note | None = None


class WalletTransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to be moved. The payee is named by its id or its number; exactly one of both."""

    payer: WalletId
    amount: Amount
    payee: WalletId | None = None
    payee_number: Typed | None = None
    pin: Pin | None = None
    asset: AssetCode | None = None
    reference: Reference | None = None
    note: Note | None = None


def plain_note(note: str | None) -> str | None:
    """A note that names no number and no mobile. Rejects ``party.text_personal``."""
    return note and impersonal(note, "note")
