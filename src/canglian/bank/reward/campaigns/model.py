"""Campaigns with their funders, what they offer, and how many of it each person has."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.rules import MINUTES, Payees
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class CampaignState(enum.StrEnum):
    """Drafted, in review, scheduled, running or paused; exhausted where nothing is left; ended, settled.

    Exhausted goes on where something is given back in time. Of one that has ended coupons are still used.
    """

    DRAFT = "draft"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    EXHAUSTED = "exhausted"
    ENDED = "ended"
    SETTLED = "settled"


class FunderKind(enum.StrEnum):
    """Whose money it is: a government's, the bank's own, or a merchant's."""

    GOVERNMENT = "government"
    BANK = "bank"
    MERCHANT = "merchant"


class OfferKind(enum.StrEnum):
    """So much off from a price on; more off from higher prices on; a share of the price off."""

    SPEND_AND_SAVE = "spend_and_save"
    TIERED = "tiered"
    PERCENT = "percent"


class RefundPolicy(enum.StrEnum):
    """What a refund makes of a coupon.

    ``return``: a refund of all of it in time gives the coupon back; of a part, its share goes back to the funders.
    ``net``: the coupon is spent, and what goes back is net of its discount.
    """

    RETURN = "return"
    NET = "net"


class Funder(msgspec.Struct, frozen=True):
    """Who pays a share of each discount, with the accounts in which its money is.

    ``unreserved`` is free, ``reserved`` for living coupons, ``spent`` on what was used, ``returned`` its own again.
    """

    kind: Annotated[FunderKind, doc("Whose money it is: `government`, `bank` or `merchant`.")]
    name: Annotated[str, doc("What people read.")]
    wallet: Annotated[str | None, doc("The wallet that pays in; null for the bank's own money.")]
    share_bps: Annotated[int, doc("Its share of each discount, in basis points.")]
    unreserved: Annotated[int, doc("The account of the ledger with what is free.")]
    reserved: Annotated[int, doc("The account with what is reserved for coupons.")]
    spent: Annotated[int, doc("The account that shows what was spent.")]
    returned: Annotated[int, doc("The account with what is its own again.")]


class Campaign(Entity, frozen=True, table="campaign"):
    """A campaign (活动). Its windows are half-open: from ``starts_at`` on, before ``ends_at`` coupons are claimed, and
    before ``uses_until`` they are used.

    ``redeemed`` is the account through which its funders' money reaches merchants.
    """

    id: Annotated[str, doc("The campaign's id.")]
    name: Annotated[str, doc("What people read.")]
    summary: Annotated[str, doc("What it is about, for people who may take part.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    state: Annotated[CampaignState, doc("Where it stands.")]
    funders: Annotated[tuple[Funder, ...], doc("Who pays which share.")]
    redeemed: Annotated[int, doc("The account through which money reaches merchants.")]
    starts_at: Annotated[datetime, doc("From when on coupons are claimed.")]
    ends_at: Annotated[datetime, doc("Before when coupons are claimed.")]
    uses_until: Annotated[datetime, doc("Before when coupons are used.")]
    reason: Annotated[str | None, doc("Why it was sent back, paused or ended, or null.")]
    drafted_at: Annotated[datetime, doc("When it was drafted.")]
    drafted_by: Annotated[str, doc("Who drafted it.")]
    submitted_by: Annotated[str | None, doc("Who submitted it, or null.")]
    approved_by: Annotated[str | None, doc("Who approved it, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


OffFen = Annotated[int, Meta(ge=0, le=10**9)]


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a price on: so much off, or a share of the price and at most so much."""

    over: Annotated[OffFen, doc("From which price on, in fen.")]
    off: Annotated[OffFen, doc("How much is taken off, in fen; of a share, the most.")]
    share_bps: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None, doc("Which share is taken off, in basis points; null for `off`.")
    ] = None


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where and when coupons are used. An empty list allows everything.

    ``days`` are those of the week, Monday is 1; minutes are those of the day in Shanghai, the last one not included.
    """

    payees: Annotated[Payees, doc("At which merchants, for which goods; each respect has to fit.")] = Payees()
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], doc("On which days; empty for every day.")] = ()
    from_minute: Annotated[int, Meta(ge=0, le=MINUTES), doc("From which minute of the day on.")] = 0
    until_minute: Annotated[int, Meta(ge=0, le=MINUTES), doc("Before which minute of the day.")] = MINUTES


class CampaignOffer(Entity, frozen=True, table="campaign_offer", indexes={"campaign": ("campaign",)}):
    """What a campaign offers: coupons of one kind, a stock of them, and how many a person may have.

    ``taken`` counts the coupons that take from the stock: all but those that ended without a use. ``day_taken`` counts
    those claimed on ``day``, in Shanghai.
    """

    id: Annotated[str, doc("The offer's id.")]
    campaign: Annotated[str, doc("The campaign's id.")]
    position: Annotated[int, doc("Its place among what the campaign offers, from 1.")]
    kind: Annotated[OfferKind, doc("What it is.")]
    name: Annotated[str, doc("What people read.")]
    tiers: Annotated[tuple[Tier, ...], doc("What is taken off from which price on, the lowest price first.")]
    audience: Annotated[Audience, doc("Where and when its coupons are used.")]
    stock: Annotated[int, doc("How many coupons there are.")]
    per_day: Annotated[int | None, doc("How many are claimed on a day at most; null for no bound.")]
    per_person: Annotated[int, doc("How many a person may claim.")]
    valid_days: Annotated[int | None, doc("For how many days a coupon is valid; null for the campaign's time.")]
    refund: Annotated[RefundPolicy, doc("What a refund makes of a coupon.")]
    taken: Annotated[int, doc("How many coupons take from the stock.")]
    used: Annotated[int, doc("How many coupons are used.")]
    day: Annotated[date | None, doc("The last day on which one was claimed, or null.")]
    day_taken: Annotated[int, doc("How many were claimed on that day.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    stacks: Annotated[bool, doc("Whether its coupons are used together with those of other offers.")] = False
    rank: Annotated[int, doc("When its coupons apply where several are used, the lowest rank first.")] = 1

    @property
    def left(self) -> int:
        """How many can still be claimed."""
        return self.stock - self.taken

    @property
    def most(self) -> int:
        """The most that one coupon takes off."""
        return max(tier.off for tier in self.tiers)


class OfferClaims(Entity, frozen=True, table="offer_claims", key=("offer", "party")):
    """How many coupons of an offer a person has claimed, whichever wallet or phone it was."""

    offer: Annotated[str, doc("The offer's id.")]
    party: Annotated[str, doc("The customer's id.")]
    claimed: Annotated[int, doc("How many.")]
    updated_at: Annotated[datetime, doc("When the last one was claimed.")]
