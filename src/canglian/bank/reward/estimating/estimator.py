"""An estimate as a pure computation: payments go in by time, in parts, and what a campaign makes of them comes out.

What is held at any time are the customers and the merchants that have been met, never the payments.
"""

import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from canglian.bank.purpose.rules import MINUTES, Payee, Rules, refused_payee
from canglian.bank.reward import stacking
from canglian.bank.reward.campaigns.holdout import is_held_out
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, OfferKind, Tier
from canglian.bank.reward.campaigns.queries import FunderMoney
from canglian.bank.reward.estimating.model import (
    BANDS,
    MERCHANTS_MAX,
    Assumption,
    BandEstimate,
    DayEstimate,
    Estimate,
    FunderEstimate,
    MerchantEstimate,
    OfferEstimate,
)
from canglian.bank.reward.offers import BPS, discount, expected
from canglian.bank.reward.shares import split
from canglian.kernel.values import SHANGHAI

PEOPLE_MAX = 1_000_000
"""How many customers are told apart; those that come later have no coupon."""

_MEMO_MAX = 200_000
_FOR_PAYMENTS = (OfferKind.SPEND_AND_SAVE, OfferKind.TIERED, OfferKind.PERCENT, OfferKind.RANDOM)
_SPENT, _SAVED, _MASK, _FIRST = 0, 1, 2, 3


class Paid(NamedTuple):
    """A payment that was taken: when, to whom, for how much, where, for which goods, and whose money it was."""

    id: str
    at: datetime
    merchant: str
    price: int
    region: str | None
    goods: Sequence[str]
    holder: str | None


class Shop(NamedTuple):
    """A merchant as offers see it."""

    name: str
    category: str
    region: str
    lists: tuple[str, ...]
    assets: frozenset[str]


class Estimator:
    """One estimate. ``take`` payments in the order of time, then ask for the ``result``."""

    def __init__(
        self,
        campaign: Campaign,
        offers: Sequence[CampaignOffer],
        money: Sequence[FunderMoney],
        shops: Mapping[str, Shop],
        since: datetime,
        until: datetime,
        uptake_bps: int = BPS,
    ) -> None:
        self._campaign, self._offers, self._money, self._shops = campaign, offers, money, shops
        self._since, self._until, self._uptake = since, until, uptake_bps
        self._tiers = [_tiers(offer) for offer in offers]
        self._candidates = [
            stacking.Candidate(
                str(place),
                tiers,
                offer.rank,
                offer.stacks,
                offer.group or offer.id,
                offer.group_rule,
                offer.together_max,
            )
            for place, (offer, tiers) in enumerate(zip(offers, self._tiers, strict=True))
        ]
        self._by_payment = [place for place, offer in enumerate(offers) if offer.kind in _FOR_PAYMENTS]
        self._tasks = [place for place, offer in enumerate(offers) if offer.kind is OfferKind.TASK]
        self._is_timed = any(_is_timed(offer) for offer in offers)
        self._uses = [0] * len(offers)
        self._costs = [0] * len(offers)
        self._today = [0] * len(offers)
        self._people: dict[str, list[int]] = {}
        self._gains: dict[str, list[int]] = {}
        self._taken_by: dict[tuple[str, str | None, tuple[str, ...]], tuple[int, ...]] = {}
        self._best: dict[tuple[int, tuple[int, ...]], tuple[tuple[int, int], ...]] = {}
        self._shares: dict[int, tuple[int, ...]] = {}
        self._funders = [0] * len(campaign.funders)
        self._days: list[list[int]] = []
        self._midnight = since
        self._day: date = since.astimezone(SHANGHAI).date()
        self._payments = self._sales = self._gaining = self._left_out = self._total = 0
        self._spent_on: date | None = None
        self._has = sum(funder.unreserved for funder in money)

    def is_new(self, holder: str | None) -> bool:
        """Whether somebody was not met yet, and would be told apart."""
        return holder is not None and holder not in self._people and len(self._people) < PEOPLE_MAX

    def meet(self, holder: str, segments: Sequence[str]) -> None:
        """Somebody who belongs to these segments, of those that the offers name."""
        mask = 0
        for place, offer in enumerate(self._offers):
            held_out = is_held_out(self._campaign.id, holder, offer.audience.holdout_bps)
            if not held_out and all(segment in segments for segment in offer.audience.segments):
                mask |= 1 << place
        if self._uptake < BPS and zlib.crc32(holder.encode()) % BPS >= self._uptake:
            mask = 0
        self._people[holder] = [0, 0, mask, *([0] * len(self._offers))]

    def take(self, payments: Sequence[Paid]) -> None:
        """Payments, the earliest first; whoever has paid was met before."""
        for paid in payments:
            if paid.at >= self._midnight:
                self._turn(paid.at)
            day = self._days[-1]
            day[0] += 1
            self._payments += 1
            self._sales += paid.price
            person = None if paid.holder is None else self._people.get(paid.holder)
            if person is None:
                self._left_out += 1
                continue
            person[_SPENT] += paid.price
            if not person[_MASK]:
                continue
            key = (paid.merchant, paid.region, tuple(paid.goods))
            taking = self._taken_by.get(key)
            if taking is None:
                taking = self._taken_by[key] = self._takes(*key)
            if taking:
                self._use(paid, person, taking, day)

    def _turn(self, at: datetime) -> None:
        """The days up to an instant have come."""
        while at >= self._midnight:
            self._day = self._midnight.astimezone(SHANGHAI).date()
            self._midnight += timedelta(days=1)
            self._days.append([0, 0, 0])
            self._today = [0] * len(self._offers)

    def _takes(self, merchant: str, region: str | None, goods: tuple[str, ...]) -> tuple[int, ...]:
        """The offers that are taken there."""
        shop = self._shops.get(merchant)
        if shop is None or self._campaign.asset not in shop.assets:
            return ()
        payee = Payee(id=merchant, category=shop.category, region=region or shop.region, lists=shop.lists, goods=goods)
        return tuple(
            place
            for place in (*self._by_payment, *self._tasks)
            if refused_payee(Rules(allowed=self._offers[place].audience.payees), payee) is None
        )

    def _use(self, paid: Paid, person: list[int], taking: tuple[int, ...], day: list[int]) -> None:
        """Use what takes most off, as far as this person and the stock have any; and count for tasks."""
        mask = person[_MASK]
        local = paid.at.astimezone(SHANGHAI) if self._is_timed else None
        usable: list[int] = []
        for place in taking:
            offer = self._offers[place]
            if not mask >> place & 1 or (local is not None and not _is_on(offer, local)):
                continue
            if offer.kind is OfferKind.TASK:
                self._count(place, paid, person, day)
            elif (
                person[_FIRST + place] < offer.per_person
                and self._uses[place] < offer.stock
                and (offer.per_day is None or self._today[place] < offer.per_day)
            ):
                usable.append(place)
        if not usable:
            return
        off_all = 0
        for place, off in self._combination(paid.price, tuple(usable)):
            person[_FIRST + place] += 1
            self._today[place] += 1
            self._cost(place, off, day)
            off_all += off
        if off_all:
            person[_SAVED] += off_all
            self._gained(paid, off_all)

    def _combination(self, price: int, usable: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Which offers are used for a price, and what each takes off."""
        if len(usable) == 1 and self._offers[usable[0]].together_max is None:
            off = discount(self._tiers[usable[0]], price)
            return ((usable[0], off),) if off else ()
        key = (price, usable)
        found = self._best.get(key)
        if found is None:
            best = stacking.best(price, [self._candidates[place] for place in usable])
            found = tuple((int(candidate.id), off) for candidate, off in best.used)
            if len(self._best) >= _MEMO_MAX:
                self._best.clear()
            self._best[key] = found
        return found

    def _count(self, place: int, paid: Paid, person: list[int], day: list[int]) -> None:
        """A purchase counts for a task, and earns what its steps say."""
        earning = self._offers[place].earning
        if earning is None or paid.price < earning.purchase_min:
            return
        before = person[_FIRST + place]
        person[_FIRST + place] = before + 1
        for step in earning.steps:
            is_due = step.purchases == before + 1 or not (step.purchases or before)
            if is_due and self._uses[place] < self._offers[place].stock:
                self._cost(place, step.reward, day)
                person[_SAVED] += step.reward
                self._gained(paid, step.reward)

    def _cost(self, place: int, off: int, day: list[int]) -> None:
        self._uses[place] += 1
        self._costs[place] += off
        day[1] += 1
        day[2] += off
        parts = self._shares.get(off)
        if parts is None:
            parts = self._shares[off] = split(off, [funder.share_bps for funder in self._campaign.funders])
        for number, part in enumerate(parts):
            self._funders[number] += part
        self._total += off
        if self._spent_on is None and self._total > self._has > 0:
            self._spent_on = self._day

    def _gained(self, paid: Paid, off: int) -> None:
        self._gaining += 1
        gain = self._gains.get(paid.merchant)
        if gain is None:
            gain = self._gains[paid.merchant] = [0, 0, 0]
        gain[0] += 1
        gain[1] += paid.price
        gain[2] += off

    def result(self) -> Estimate:
        """What came of all payments."""
        campaign, cost = self._campaign, self._total
        self._turn(self._until - timedelta(microseconds=1))
        first = self._since.astimezone(SHANGHAI).date()
        days = max(1, (self._until - self._since).days)
        claimed_days = max(1, -(-(campaign.ends_at - campaign.starts_at) // timedelta(days=1)))
        most = sorted(self._gains.items(), key=lambda gain: (-gain[1][1], gain[0]))[:MERCHANTS_MAX]
        people = self._people.values()
        return Estimate(
            campaign=campaign.id,
            since=self._since,
            until=self._until,
            uptake_bps=self._uptake,
            payments=self._payments,
            sales=self._sales,
            people=len(people),
            gaining_payments=self._gaining,
            gaining_people=sum(1 for person in people if person[_SAVED]),
            cost=cost,
            cost_of_campaign=self._in_its_time(claimed_days, days),
            unreserved=self._has,
            spent_on=self._spent_on,
            offers=[
                OfferEstimate(
                    offer.id,
                    offer.name,
                    offer.kind,
                    self._uses[place],
                    self._costs[place],
                    offer.stock * offer.most,
                    place in self._by_payment or place in self._tasks,
                )
                for place, offer in enumerate(self._offers)
            ],
            funders=[
                FunderEstimate(funder.kind, funder.name, part, funder.unreserved)
                for funder, part in zip(self._money, self._funders, strict=True)
            ],
            days=[DayEstimate(first + timedelta(days=place), *day) for place, day in enumerate(self._days)],
            merchants=[MerchantEstimate(identity, self._shops[identity].name, *gain) for identity, gain in most],
            bands=_bands(list(people)),
            people_left_out=self._left_out,
            assumptions=list(Assumption),
        )

    def _in_its_time(self, claimed_days: int, days: int) -> int:
        """The cost for as many days as coupons are claimed: no more than all coupons take off, or than is paid in."""
        most = sum(
            min(-(-cost * claimed_days // days), offer.stock * offer.most)
            for cost, offer in zip(self._costs, self._offers, strict=True)
        )
        scaled = min(self._total * claimed_days // days, most)
        return min(scaled, self._has) if self._has else scaled


def _tiers(offer: CampaignOffer) -> tuple[Tier, ...]:
    """What coupons of an offer take off on average."""
    return (Tier(offer.tiers[0].over, expected(offer.tiers)),) if offer.kind is OfferKind.RANDOM else offer.tiers


def _is_timed(offer: CampaignOffer) -> bool:
    audience = offer.audience
    return bool(audience.days) or (audience.from_minute, audience.until_minute) != (0, MINUTES)


def _is_on(offer: CampaignOffer, local: datetime) -> bool:
    audience = offer.audience
    minute = local.hour * 60 + local.minute
    return (
        not audience.days or local.isoweekday() in audience.days
    ) and audience.from_minute <= minute < audience.until_minute


def _bands(people: Sequence[Sequence[int]]) -> list[BandEstimate]:
    sums = [[0, 0, 0, 0] for _ in BANDS]
    for person in people:
        band = next(place for place in reversed(range(len(BANDS))) if person[_SPENT] >= BANDS[place])
        sums[band][0] += 1
        sums[band][1] += person[_SAVED] > 0
        sums[band][2] += person[_SPENT]
        sums[band][3] += person[_SAVED]
    return [BandEstimate(over, *band) for over, band in zip(BANDS, sums, strict=True)]
