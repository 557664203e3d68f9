"""What the API of wallets is asked, in plain where a person types it; and the commands that it becomes."""

from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit.commands.values import BoundId
from canglian.bank.party.requests import Plain
from canglian.bank.wallet.api.paths import Pin, Typed
from canglian.bank.wallet.commands.devices import Platform
from canglian.bank.wallet.commands.values import Funding, Holder, Label, Note, ProductCode, WalletId
from canglian.bank.wallet.model import CodeKind, ExchangeDirection, LockedBy
from canglian.kernel.fields import Reason, doc
from canglian.kernel.values import Amount, AssetCode, Reference

GivenPin = Annotated[Pin | None, doc("The payment PIN: six digits in plain, compared and forgotten.")]
Remark = Annotated[Note | None, doc("A remark; it must hold no personal number.")]
OwnReference = Annotated[Reference | None, doc("Your own number for it, such as an order's.")]


class WalletRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wallet to be opened. A mobile in the place of a party opens an anonymous one."""

    product: ProductCode
    party: Holder = None
    mobile: Annotated[Plain | None, doc("The mobile number: in plain when it is sent, masked when it is shown.")] = None
    deposit: Funding = None
    name: Annotated[Label | None, doc("What people read.")] = None
    within: Annotated[Reference | None, doc("In which thing of a scene, such as a village or a hospital.")] = None


class WalletSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole wallet number: in the body, never in an address."""

    number: Annotated[Typed, doc("The whole number; spaces do not matter.")]


class UnlockRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who lets it move again, and why; its holder with the PIN."""

    unlocked_by: Annotated[LockedBy, doc("Who unlocks it: `holder` with the PIN, `bank` without.")]
    reason: Reason
    pin: GivenPin = None


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a wallet is closed, and the deposit account that gets what it still has."""

    reason: Reason
    deposit: Funding = None
    pin: GivenPin = None


class PinRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A PIN to be set; ``current`` is the one that it has."""

    pin: Pin
    current: Annotated[Pin | None, doc("The PIN that it has now.")] = None


class PinCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A PIN to be looked at."""

    pin: Pin


class DeviceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device to be put on the list. ``device`` is what it says it is: an id that stays the same."""

    device: Annotated[
        str,
        Meta(min_length=8, max_length=200),
        doc("What the device says it is, such as an installation's id; only its blind index is kept."),
    ]
    name: Label
    platform: Platform


class WalletRailRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to or from a bound account."""

    bound_account: BoundId
    amount: Amount
    pin: GivenPin = None


class ExchangeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to be exchanged, and which way."""

    direction: Annotated[ExchangeDirection, doc("`to_ecny` from deposit money, `to_deposit` back.")]
    amount: Amount
    deposit: Funding = None
    pin: GivenPin = None


class CodeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code to be shown; to pay by takes the PIN."""

    kind: Annotated[CodeKind, doc("`collect` to be paid, `pay` to pay.")]
    amount: Annotated[
        Amount | None,
        doc("What is collected, or the most that may be taken; left out, the other side says it."),
    ] = None
    note: Remark = None
    pin: GivenPin = None


class TakeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pay code that was scanned, and how much is taken by it."""

    code: Annotated[Typed, doc("The digits of the pay code.")]
    amount: Amount
    reference: OwnReference = None
    note: Remark = None


class PayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The collect code that was scanned, the payer's PIN, and how much where the code does not say it."""

    code: Annotated[Typed, doc("The digits of the collect code.")]
    amount: Annotated[Amount | None, doc("How much, where the code does not say it.")] = None
    pin: GivenPin = None
    reference: OwnReference = None
    note: Remark = None


class WalletTransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to be moved. The payee is named by its id or its number; exactly one of both."""

    payer: WalletId
    amount: Amount
    payee: Annotated[WalletId | None, doc("The wallet that is paid.")] = None
    payee_number: Annotated[
        Typed | None,
        doc("The whole number of the wallet that is paid, in the place of its id."),
    ] = None
    pin: GivenPin = None
    asset: Annotated[AssetCode | None, doc("The unit of value, such as `CNY`.")] = None
    reference: OwnReference = None
    note: Remark = None
