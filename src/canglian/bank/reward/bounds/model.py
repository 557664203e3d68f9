"""Caps on who claims how often, the window of a flash sale, and what is counted for both and for stores."""

import enum
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class CapKind(enum.StrEnum):
    """Who counts as one: a mobile, an identity number, the card (account) behind the wallet, a device, a household.

    A person counts once in any case, whichever wallet or phone it is: that is the offer's ``per_person``.
    """

    PHONE = "phone"
    ID_NUMBER = "id_number"
    CARD = "card"
    DEVICE = "device"
    HOUSEHOLD = "household"


class Cap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many coupons of an offer all people of one phone, card, device and so on may claim together."""

    kind: Annotated[CapKind, doc("Who counts as one: `phone`, `id_number`, `card`, `device` or `household`.")]
    most: Annotated[int, Meta(ge=1, le=1_000, description="How many of them are claimed together at most.")]


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What bounds an offer's claims beside its stock. A flash sale opens at an instant of its own."""

    opens_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        doc("From when on its coupons are claimed, as a flash sale; null for the campaign's time."),
    ] = None
    closes_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None, doc("Before when they are claimed; null for the campaign's end.")
    ] = None
    caps: Annotated[
        tuple[Cap, ...], Meta(max_length=5), doc("How many each phone, card, device and so on may have.")
    ] = ()
    again: Annotated[
        bool,
        doc("Whether a coupon that ended without a use gives its place in caps and in the day back; its money always."),
    ] = False

    @property
    def is_flash(self) -> bool:
        """Whether its claims open at an instant of their own."""
        return self.opens_at is not None


class OfferCapCount(Entity, frozen=True, table="offer_cap_count", key=("offer", "kind", "holder")):
    """How many coupons of an offer one phone, card, device and so on has. Numbers are kept as blind indexes alone."""

    offer: Annotated[str, doc("The offer's id.")]
    kind: Annotated[str, doc("Who counts as one.")]
    holder: Annotated[str, doc("Which one: an id, or a blind index.")]
    claimed: Annotated[int, doc("How many.")]
    updated_at: Annotated[datetime, doc("When it was last counted.")]


class Counted(msgspec.Struct, frozen=True):
    """Where a claim was counted."""

    kind: str
    holder: str


class CouponCounts(Entity, frozen=True, table="coupon_counts", key=("coupon",)):
    """Where the claim of a coupon was counted, so that its end gives the places back."""

    coupon: Annotated[str, doc("The coupon's id.")]
    counts: Annotated[tuple[Counted, ...], doc("In which counts of caps.")]


class StoreSpend(Entity, frozen=True, table="campaign_store_spend", key=("campaign", "store")):
    """What coupons of a campaign took off at one store, held amounts among it; of a merchant without stores, there."""

    campaign: Annotated[str, doc("The campaign's id.")]
    store: Annotated[str, doc("The store's id, or the merchant's where it named no store.")]
    spent: Annotated[int, doc("What was taken off or is held, less what came back, in fen.")]
    updated_at: Annotated[datetime, doc("When it was last counted.")]
