"""What comes of an estimate."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.reward.campaigns.model import FunderKind, OfferKind
from canglian.kernel.fields import doc

BANDS = (0, 10_000, 50_000, 200_000)
"""From which sums in the time on customers are told apart, in fen."""

MERCHANTS_MAX = 20
"""How many merchants an estimate names: those that gain most."""


class Assumption(enum.StrEnum):
    """What an estimate takes for granted."""

    AS_PAID = "as_paid"
    INVITED = "invited"
    CLAIMS = "claims"
    SEGMENTS = "segments"
    OWN = "own"
    EXPECTED = "expected"
    TASKS = "tasks"
    EARNED = "earned"
    BOUNDS = "bounds"


class OfferEstimate(msgspec.Struct, frozen=True):
    """What one offer would have cost."""

    offer: Annotated[str, doc("The offer's id.")]
    name: Annotated[str, doc("What people read.")]
    kind: Annotated[OfferKind, doc("What it is.")]
    uses: Annotated[int, doc("How many of its coupons are used.")]
    cost: Annotated[int, doc("What they take off, in fen.")]
    most: Annotated[int, doc("What all of its coupons take off at most, in fen.")]
    is_counted: Annotated[bool, doc("Whether payments say anything of it; else only `most` is known.")]


class FunderEstimate(msgspec.Struct, frozen=True):
    """What one funder would have paid."""

    kind: Annotated[FunderKind, doc("Whose money it is.")]
    name: Annotated[str, doc("What people read.")]
    cost: Annotated[int, doc("What it pays, in fen.")]
    unreserved: Annotated[int, doc("What it has paid in and is free, in fen.")]


class DayEstimate(msgspec.Struct, frozen=True):
    """One day in Shanghai."""

    on: Annotated[date, doc("The day.")]
    payments: Annotated[int, doc("How many payments there were.")]
    uses: Annotated[int, doc("How many coupons are used.")]
    cost: Annotated[int, doc("What they take off, in fen.")]


class MerchantEstimate(msgspec.Struct, frozen=True):
    """What one merchant gains: sales with a coupon, and what others pay of them."""

    merchant: Annotated[str, doc("The merchant's id.")]
    name: Annotated[str, doc("What people read.")]
    payments: Annotated[int, doc("How many of its payments have a coupon.")]
    sales: Annotated[int, doc("Their prices, in fen.")]
    cost: Annotated[int, doc("What is taken off them, in fen.")]


class BandEstimate(msgspec.Struct, frozen=True):
    """Customers by what they have paid in the time."""

    over: Annotated[int, doc("From how much on, in fen.")]
    people: Annotated[int, doc("How many customers there are.")]
    gaining: Annotated[int, doc("How many of them use a coupon.")]
    sales: Annotated[int, doc("What they have paid, in fen.")]
    cost: Annotated[int, doc("What is taken off for them, in fen.")]


class Estimate(msgspec.Struct, frozen=True):
    """What a campaign would have come to with the payments of a time that is over. Amounts are in fen."""

    campaign: Annotated[str, doc("The campaign's id.")]
    since: Annotated[datetime, doc("From when on payments count.")]
    until: Annotated[datetime, doc("Before when payments count.")]
    uptake_bps: Annotated[int, doc("How many of those who could take part do, in basis points.")]
    payments: Annotated[int, doc("How many payments there were.")]
    sales: Annotated[int, doc("What was paid.")]
    people: Annotated[int, doc("How many customers have paid.")]
    gaining_payments: Annotated[int, doc("How many of the payments have a coupon.")]
    gaining_people: Annotated[int, doc("How many of the customers use a coupon.")]
    cost: Annotated[int, doc("What is taken off in all.")]
    cost_of_campaign: Annotated[int, doc("The same for as many days as coupons are claimed, within stock and money.")]
    unreserved: Annotated[int, doc("What all funders have paid in and is free.")]
    spent_on: Annotated[date | None, doc("The day on which what is there would be spent, or null.")]
    offers: Annotated[list[OfferEstimate], doc("By offer.")]
    funders: Annotated[list[FunderEstimate], doc("Who pays.")]
    days: Annotated[list[DayEstimate], doc("By day.")]
    merchants: Annotated[list[MerchantEstimate], doc("Who gains: the merchants with most sales by coupons.")]
    bands: Annotated[list[BandEstimate], doc("Who gains: customers by what they have paid.")]
    people_left_out: Annotated[int, doc("Payments of customers beyond those that are told apart; they have no coupon.")]
    assumptions: Annotated[list[Assumption], doc("What is taken for granted.")]
