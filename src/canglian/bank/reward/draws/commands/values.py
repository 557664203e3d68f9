"""The fields that commands of draws share."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.reward.campaigns.commands.values import Asset, CampaignId, CampaignName, Summary
from canglian.bank.reward.draws.model import Prize
from canglian.bank.wallet.commands.values import Channel, WalletId
from canglian.kernel.fields import Field, PlainText, doc, identifier, impersonal

DrawId = Annotated[str, identifier("drw", "A draw's id.")]
DrawWinId = Annotated[str, identifier("win", "The id of a win.")]
Basis = Annotated[str, identifier("[a-z]{3}", "The payment or coupon that the entry stands for.")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="A SHA-256, in hexadecimal digits.")]
Secret = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="A seed, in hexadecimal digits.")]
Signature = Annotated[str, Meta(pattern=r"^([0-9a-f]{2}){48,200}\Z", description="The beacon's signature of a round.")]
Sealed = Annotated[str, Meta(pattern=r"^sealed:")]


class CommittedSeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A seed that somebody is bound to by its hash; sealed where the installation keeps it."""

    hash: Hash
    sealed: Sealed | None = None


class Beat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A round of the beacon: its randomness is the hash of its signature."""

    round: Annotated[int, Meta(ge=1, le=2**53)]
    value: Secret
    signature: Signature


JoinsFrom = Annotated[datetime, Meta(tz=True, description="From when on people join."), Field(label="Joining from")]
JoinsUntil = Annotated[datetime, Meta(tz=True, description="Before when people join."), Field(label="Joining until")]
DrawsAt = Annotated[datetime, Meta(tz=True, description="When it is drawn."), Field(label="Drawn at")]
FallbackAt = Annotated[
    datetime,
    Meta(tz=True, description="From when on the public figure stands in for what is withheld."),
    Field(label="Public figure from", help="Later than the draw: what is withheld until then stays out."),
]
Fallback = Annotated[
    PlainText,
    doc("Which public figure stands in for what is withheld, so that nobody can mistake it."),
    Field(
        label="Public figure",
        help="Of a later day, and nobody's here: such as the closing level of an index on a date, with all decimals.",
        check=impersonal,
    ),
]
Figure = Annotated[
    str,
    Meta(pattern=r"^[0-9A-Za-z.,:+-]{1,80}\Z", description="The public figure, as it was published."),
    Field(label="The public figure", help="Digits, letters and points, without spaces."),
]
Prizes = Annotated[tuple[Prize, ...], Meta(min_length=1, max_length=20, description="The prizes, the first one first.")]
Alternates = Annotated[
    int,
    Meta(ge=0, le=1_000, description="How many are drawn beside, for prizes that nobody claims."),
    Field(label="Alternates"),
]
ClaimDays = Annotated[
    int,
    Meta(ge=1, le=366, description="For how many days a prize is there to be claimed."),
    Field(label="Days to claim"),
]
PerPerson = Annotated[
    int, Meta(ge=1, le=20, description="How many entries a person has at most."), Field(label="Entries a person")
]
TaxNote = Annotated[
    PlainText,
    doc("What winners read about taxes."),
    Field(label="Note on taxes", help="Such as: 20 % of incidental income are paid by the bank.", check=impersonal),
]

__all__ = [
    "Alternates",
    "Asset",
    "Basis",
    "Beat",
    "CampaignId",
    "CampaignName",
    "Channel",
    "ClaimDays",
    "CommittedSeed",
    "DrawId",
    "DrawWinId",
    "DrawsAt",
    "Fallback",
    "FallbackAt",
    "Figure",
    "Hash",
    "JoinsFrom",
    "JoinsUntil",
    "PerPerson",
    "Prizes",
    "Sealed",
    "Secret",
    "Summary",
    "TaxNote",
    "WalletId",
]
