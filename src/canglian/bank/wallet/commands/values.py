"""The fields that commands of this room share."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.deposit.commands.values import AccountId
from canglian.bank.party.commands.parties import PartyId
from canglian.kernel.fields import Field, Unit, doc, identifier, impersonal
from canglian.kernel.values import AMOUNT_MAX

WalletId = Annotated[str, identifier("wal", "A wallet's id.")]
DeviceId = Annotated[str, identifier("dev", "A device's id.")]
PocketId = Annotated[str, identifier("pkt", "A pocket's id.")]
TransferId = Annotated[str, identifier("wtr", "The id of a transfer between wallets.")]
ProductCode = Annotated[
    str,
    Meta(
        pattern=r"^wallet\.(ewallet|ecny[1-4]|ecny_corporate)\Z",
        max_length=48,
        description="wallet.ewallet, wallet.ecny1 to wallet.ecny4, wallet.ecny_corporate.",
    ),
]
Channel = Annotated[str, Meta(pattern=r"^(api|mobile|counter|console|job)\Z", description="Where it was asked for.")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="The blind index of a code.")]
PinVersion = Annotated[int, Meta(ge=1, le=10**6, description="The version of the PIN that was looked at.")]
Label = Annotated[
    str,
    Meta(pattern=r"^[^\x00-\x1f\x7f<>]+\Z", min_length=1, max_length=40, description="What its holder calls it."),
    Field(label="Name", check=impersonal),
]
Note = Annotated[
    str,
    Meta(pattern=r"^[^\x00-\x1f\x7f<>]+\Z", min_length=1, max_length=120, description="What for."),
    Field(check=impersonal),
]
Cap = Annotated[int, Meta(ge=1, le=AMOUNT_MAX, description="The most, in the minor unit.")]

Holder = Annotated[PartyId | None, doc("The party's id."), Field(label="Holder")]
Funding = Annotated[
    AccountId | None,
    doc("The deposit account that the wallet stands on, or is bound to."),
    Field(label="Deposit account"),
]
Merchant = Annotated[
    WalletId | None,
    doc("The one wallet that a sub-wallet pays; null for anybody."),
    Field(label="Pays only to", help="Empty for anybody."),
]
SingleMax = Annotated[
    Cap | None,
    doc("The most that a sub-wallet pays at once; null for no bound of its own."),
    Field(label="Per transaction, yuan", unit=Unit.MONEY),
]
DayMax = Annotated[
    Cap | None,
    doc("The most that a sub-wallet pays on a business date; null for no bound of its own."),
    Field(label="Daily total, yuan", unit=Unit.MONEY),
]
