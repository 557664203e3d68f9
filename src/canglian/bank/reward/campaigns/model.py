"""Campaigns with their funders, what they offer, and how many of it each person has."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.rules import MINUTES, Payees
from canglian.bank.reward.bounds.model import Bounds
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
    """So much off from a price on; more off from higher prices on; a share of the price off; so much as chance says.

    Of a ``task`` coupons are earned by paying so often in a month, of an ``invite`` by people who were invited and pay
    for the first time. A ``benefit`` is redeemed at a merchant without a payment.
    """

    SPEND_AND_SAVE = "spend_and_save"
    TIERED = "tiered"
    PERCENT = "percent"
    RANDOM = "random"
    TASK = "task"
    BENEFIT = "benefit"
    INVITE = "invite"

    @property
    def is_claimed(self) -> bool:
        """Whether its coupons are claimed; others are earned."""
        return self not in (OfferKind.TASK, OfferKind.INVITE)

    @property
    def is_drawn(self) -> bool:
        """Whether each of its coupons takes an amount of its own off."""
        return self in (OfferKind.RANDOM, OfferKind.TASK, OfferKind.INVITE)


class ClawBack(enum.StrEnum):
    """What becomes of a reward whose purchase is given back: its coupon ends, or the next rewards are less.

    A coupon that was used already always makes the next ones less.
    """

    END = "end"
    NET = "net"


class RefundPolicy(enum.StrEnum):
    """What a refund makes of a coupon, and of what it took off.

    ``return``: a refund of all of it in time gives the coupon back; of a part, its share goes back to the funders.
    ``net``: the coupon is spent, and what goes back is net of its discount.
    ``forfeit``: the coupon is spent, and with any refund its discount is lost: what is kept is paid for in full.
    ``requalify``: what is kept is priced anew, and where it does not qualify any more, the discount of it is lost; a
    refund of all of it in time gives the coupon back.
    """

    RETURN = "return"
    NET = "net"
    FORFEIT = "forfeit"
    REQUALIFY = "requalify"

    @property
    def gives_again(self) -> bool:
        """Whether a refund of all of it in time gives the coupon back."""
        return self in (RefundPolicy.RETURN, RefundPolicy.REQUALIFY)


class GroupRule(enum.StrEnum):
    """Which coupon of an exclusive group is used: the one that saves most in all, the first in the order of applying,
    or the one that takes most or least off the whole price."""

    BEST = "best"
    FIRST = "first"
    HIGHEST = "highest"
    LOWEST = "lowest"


class Funder(
    msgspec.Struct,
    frozen=True,
    rename={name: f"{name}_account" for name in ("unreserved", "reserved", "spent", "returned")},
):
    """Who pays a share of each discount, with the numbers of the accounts in which its money is.

    ``unreserved`` is free, ``reserved`` for living coupons, ``spent`` on what was used, ``returned`` its own again;
    outside they are called ``unreserved_account`` and so on.
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
    day_budget: Annotated[
        int | None, doc("What coupons claimed on one day reserve at most, in fen; null for no bound.")
    ] = None
    store_budget: Annotated[
        int | None, doc("What coupons take off at one store at most, in fen; null for no bound.")
    ] = None
    day: Annotated[date | None, doc("The last day, in Shanghai, whose budget was counted, or null.")] = None
    day_reserved: Annotated[int, doc("What coupons claimed on that day reserved, in fen.")] = 0
    revised_by: Annotated[tuple[str, ...], doc("Who changed the draft, each once.")] = ()


OffFen = Annotated[int, Meta(ge=0, le=10**9)]


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a price on: so much off, or a share of the price and at most so much."""

    over: Annotated[OffFen, doc("From which price on, in fen.")]
    off: Annotated[OffFen, doc("How much is taken off, in fen; of a share, the most.")]
    share_bps: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None, doc("Which share is taken off, in basis points; null for `off`.")
    ] = None
    weight: Annotated[
        Annotated[int, Meta(ge=1, le=10**6)] | None,
        doc("Of a random discount, how often this one is drawn, beside the weights of the others; else null."),
    ] = None


Segment = Annotated[str, Meta(pattern=r"^[a-z_]{2,32}(:[0-9a-z_-]{1,32})?\Z")]


class TaskStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After so many purchases in a month a coupon of so much; after none for joining."""

    purchases: Annotated[int, Meta(ge=0, le=100), doc("After how many purchases; 0 for joining.")]
    reward: Annotated[Annotated[int, Meta(ge=1, le=10**9)], doc("What the coupon takes off, in fen.")]


class Earning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How coupons of a task or an invitation are earned."""

    steps: Annotated[tuple[TaskStep, ...], Meta(max_length=10), doc("Of a task, its steps, the fewest first.")] = ()
    purchase_min: Annotated[OffFen, doc("From which price on a purchase counts, in fen.")] = 0
    claw_back: Annotated[ClawBack, doc("What becomes of a reward whose purchase is given back: `end` or `net`.")] = (
        ClawBack.END
    )
    verified_days: Annotated[
        int, Meta(ge=1, le=366), doc("Of an invitation, for how many days somebody counts as newly verified.")
    ] = 30


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who claims coupons, where and when they are used. An empty list allows everything.

    ``segments`` name sets of people: whoever claims belongs to each. ``days`` are those of the week, Monday is 1;
    minutes are those of the day in Shanghai, the last one not included.
    """

    payees: Annotated[Payees, doc("At which merchants, for which goods; each respect has to fit.")] = Payees()
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], doc("On which days; empty for every day.")] = ()
    from_minute: Annotated[int, Meta(ge=0, le=MINUTES), doc("From which minute of the day on.")] = 0
    until_minute: Annotated[int, Meta(ge=0, le=MINUTES), doc("Before which minute of the day.")] = MINUTES
    holdout_bps: Annotated[
        int, Meta(ge=0, le=5_000), doc("Which share of people is offered nothing, to tell the effect; in basis points.")
    ] = 0
    segments: Annotated[
        tuple[Segment, ...], Meta(max_length=10), doc("To which sets of people somebody belongs who claims.")
    ] = ()


class CampaignOffer(Entity, frozen=True, table="campaign_offer", indexes={"campaign": ("campaign",)}):
    """What a campaign offers: coupons of one kind, a stock of them, and how many a person may have.

    One that was taken out of a draft has ``position`` 0 and no stock.
    ``taken`` counts the coupons that take from the stock: all but those that ended without a use. ``day_taken`` counts
    those claimed on ``day``, in Shanghai.
    """

    id: Annotated[str, doc("The offer's id.")]
    campaign: Annotated[str, doc("The campaign's id.")]
    position: Annotated[int, doc("Its place among what the campaign offers, from 1; 0 for none.")]
    kind: Annotated[OfferKind, doc("What it is.")]
    name: Annotated[str, doc("What people read.")]
    tiers: Annotated[tuple[Tier, ...], doc("What is taken off from which price on, the lowest price first.")]
    audience: Annotated[Audience, doc("Where and when its coupons are used.")]
    stock: Annotated[int, doc("How many coupons there are.")]
    per_day: Annotated[int | None, doc("How many are claimed on a day at most; null for no bound.")]
    per_person: Annotated[int, doc("How many a person may claim.")]
    valid_days: Annotated[int | None, doc("For how many days a coupon is valid; null for the campaign's time.")]
    refund: Annotated[RefundPolicy, doc("What a refund makes of a coupon: `return`, `net`, `forfeit` or `requalify`.")]
    taken: Annotated[int, doc("How many coupons take from the stock.")]
    used: Annotated[int, doc("How many coupons are used.")]
    day: Annotated[date | None, doc("The last day on which one was claimed, or null.")]
    day_taken: Annotated[int, doc("How many were claimed on that day.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    stacks: Annotated[bool, doc("Whether its coupons are used together with those of other offers.")] = False
    rank: Annotated[int, doc("When its coupons apply where several are used, the lowest rank first.")] = 1
    group: Annotated[str, doc("The exclusive group of which an order takes one coupon; empty for its own offer.")] = ""
    group_rule: Annotated[GroupRule, doc("Which one of the group: `best`, `first`, `highest` or `lowest`.")] = (
        GroupRule.BEST
    )
    together_max: Annotated[
        int | None, doc("What all coupons of an order take off together at most, in fen; null for no bound.")
    ] = None
    bounds: Annotated[Bounds, doc("Caps on who claims, and when claims open.")] = Bounds()
    earning: Annotated[Earning | None, doc("How its coupons are earned; null where they are claimed.")] = None

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
