"""Campaigns come to be: drafted anew, or copied from one that there was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.party.model import Party, PartyKind
from canglian.bank.payment import Merchant
from canglian.bank.reward import offers as rules
from canglian.bank.reward.accounts import open_funder, open_redeemed
from canglian.bank.reward.bounds.model import Bounds
from canglian.bank.reward.campaigns.commands.values import (
    Asset,
    CampaignId,
    CampaignName,
    DayBudget,
    EndsAt,
    FunderAsked,
    Funders,
    OfferAsked,
    Offers,
    StartsAt,
    StoreBudget,
    Summary,
    UsesUntil,
)
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, CampaignState, FunderKind
from canglian.bank.reward.campaigns.rules import offers_of
from canglian.bank.reward.segments.forms import is_known
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.kernel.values import SHANGHAI
from canglian.ledger.book import Book

BPS = 10_000


class DraftCampaign(Command[Campaign], kind="reward.draft_campaign"):
    """Draft a campaign with its funders and what it offers, and open the accounts of its money.

    Rejects ``campaign.times``, ``campaign.shares``, ``campaign.funder``, ``.wallet_asset``, ``.funder_wallet``,
    ``campaign_offer.tiers``, ``campaign_offer.hours``, ``campaign_offer.segment``, ``campaign_offer.caps``,
    ``campaign_offer.window`` and ``campaign_offer.earned_bounds``.
    """

    name: CampaignName
    summary: Summary
    starts_at: StartsAt
    ends_at: EndsAt
    funders: Funders
    offers: Offers
    uses_until: Annotated[UsesUntil | None, doc("Before when coupons are used; null for the end of claims.")] = None
    asset: Asset = "CNY"
    day_budget: Annotated[
        DayBudget | None, doc("What coupons claimed on one day reserve at most, in fen; null for no bound.")
    ] = None
    store_budget: Annotated[
        StoreBudget | None, doc("What coupons take off at one store at most, in fen; null for no bound.")
    ] = None

    def decide(self, book: Book) -> Campaign:
        until = refuse_times(book, self.starts_at, self.ends_at, self.uses_until)
        refuse_funders(book, self.funders, self.asset)
        for asked in self.offers:
            refuse_offer(book, asked)
            refuse_bounds(book, asked, self.starts_at, self.ends_at)
        return _drafted(book, self, until)


class CopyCampaign(Command[Campaign], kind="reward.copy_campaign"):
    """Draft a campaign as another one was, by default under its name and as many years later as lets it still happen.

    Where only merchants that joined the other one take its coupons, only those that join this one take its; none has
    yet. Rejects as drafting it does.
    """

    campaign: CampaignId
    name: Annotated[CampaignName | None, doc("What people read; null for the same name.")] = None
    starts_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        doc("From when on coupons are claimed; null for the same day of a later year."),
        Field(label="Claims from"),
    ] = None

    def decide(self, book: Book) -> Campaign:
        known = book.get(Campaign, self.campaign)
        offers = offers_of(book, known.id)
        windows = (time for offer in offers for time in (offer.bounds.opens_at, offer.bounds.closes_at))
        times = known.starts_at, known.ends_at, known.uses_until, *(time for time in windows if time is not None)
        later = years_later(times, book.now) if self.starts_at is None else moved_to(times, self.starts_at)
        moved = dict(zip(times, later, strict=True))
        draft = DraftCampaign(
            name=self.name or known.name,
            summary=known.summary,
            starts_at=moved[known.starts_at],
            ends_at=moved[known.ends_at],
            uses_until=moved[known.uses_until],
            asset=known.asset,
            day_budget=known.day_budget,
            store_budget=known.store_budget,
            funders=tuple(
                FunderAsked(funder.kind, funder.name, funder.share_bps, funder.wallet) for funder in known.funders
            ),
            offers=tuple(asked_again(offer, moved) for offer in offers),
        )
        made = draft.decide(book)
        for offer in offers_of(book, made.id):
            if known.id in offer.audience.payees.lists:
                book.put(_of_own_list(offer, known.id, made.id))
        return made


def _of_own_list(offer: CampaignOffer, known: str, made: str) -> CampaignOffer:
    """An offer that is bound to the merchants that join its own campaign, and no longer to those of another one."""
    payees = offer.audience.payees
    lists = tuple(made if name == known else name for name in payees.lists)
    audience = msgspec.structs.replace(offer.audience, payees=msgspec.structs.replace(payees, lists=lists))
    return offer.replace(audience=audience)


def moved_to(times: Sequence[datetime], start: datetime) -> list[datetime]:
    """Instants as much later as makes the first of them another one: at the same time of a year where both begin so."""
    first = times[0].astimezone(SHANGHAI)
    years = start.astimezone(SHANGHAI).year - first.year
    if years and _years_later(times[0], years) == start:
        moved = [_years_later(time, years) for time in times]
        if sorted(moved) == [_years_later(time, years) for time in sorted(times)]:
            return moved
    return [time + (start - times[0]) for time in times]


def same_day_in(time: datetime, years: int) -> datetime:
    """The same time of the year so many years later in Shanghai, on the 28th where there is no 29th of February."""
    return _years_later(time, years)


def years_later(times: Sequence[datetime], now: datetime) -> list[datetime]:
    """Instants at the same time of the year in Shanghai, as few years later as make the second one come.

    The 29th of February is the 28th where there is none. Where that would change their order, all are as much later.
    """
    years = 1
    while _years_later(times[1], years) <= now:
        years += 1
    moved = {time: _years_later(time, years) for time in times}
    in_order = [moved[time] for time in sorted(moved)]
    if in_order != sorted(set(in_order)):
        return [time + (moved[times[0]] - times[0]) for time in times]
    return [moved[time] for time in times]


def _years_later(time: datetime, years: int) -> datetime:
    local = time.astimezone(SHANGHAI)
    try:
        return local.replace(year=local.year + years)
    except ValueError:
        return local.replace(year=local.year + years, day=28)


def asked_again(offer: CampaignOffer, moved: Mapping[datetime, datetime] | None = None) -> OfferAsked:
    """What there is, as somebody would ask for it; where instants are ``moved``, at others."""
    return OfferAsked(
        kind=offer.kind,
        name=offer.name,
        tiers=offer.tiers,
        stock=offer.stock,
        audience=offer.audience,
        per_day=offer.per_day,
        per_person=offer.per_person,
        valid_days=offer.valid_days,
        refund=offer.refund,
        stacks=offer.stacks,
        rank=offer.rank,
        group=offer.group,
        group_rule=offer.group_rule,
        together_max=offer.together_max,
        bounds=_bounds_again(offer.bounds, moved or {}),
        earning=offer.earning,
    )


def _bounds_again(bounds: Bounds, moved: Mapping[datetime, datetime]) -> Bounds:
    opens_at = None if bounds.opens_at is None else moved.get(bounds.opens_at, bounds.opens_at)
    closes_at = None if bounds.closes_at is None else moved.get(bounds.closes_at, bounds.closes_at)
    return msgspec.structs.replace(bounds, opens_at=opens_at, closes_at=closes_at)


def refuse_times(book: Book, starts_at: datetime, ends_at: datetime, uses_until: datetime | None) -> datetime:
    """Until when coupons are used. Rejects ``campaign.times``."""
    until = uses_until or ends_at
    if not starts_at < ends_at <= until or ends_at <= book.now:
        book.reject("campaign.times", field="ends_at")
    return until


def refuse_funders(book: Book, funders: Funders, asset: str) -> None:
    """Rejects ``campaign.shares``, ``campaign.funder``, ``.wallet_asset``, ``.funder_wallet``, and what wallets do."""
    together = sum(funder.share_bps for funder in funders)
    if together != BPS:
        book.reject("campaign.shares", share_bps=together, field="funders")
    for funder in funders:
        if (funder.kind is FunderKind.BANK) != (funder.wallet is None):
            book.reject("campaign.funder", field="funders")
        if funder.wallet is not None:
            wallet = require_active_wallet(book, funder.wallet)
            if wallet.asset != asset:
                book.reject("campaign.wallet_asset", wallet=wallet.id, holds=wallet.asset, asset=asset, field="funders")
            if not _is_of_a_payer(book, wallet):
                book.reject("campaign.funder_wallet", wallet=wallet.id, field="funders")


def _is_of_a_payer(book: Book, wallet: Wallet) -> bool:
    """Whether an organisation or the owner of a shop holds a wallet: nobody else pays for campaigns."""
    if wallet.party is None:
        return False
    if book.get(Party, wallet.party).kind is not PartyKind.PERSON:
        return True
    return bool(book.find(Merchant, "party", wallet.party))


def refuse_offer(book: Book, asked: OfferAsked) -> None:
    """Rejects ``campaign_offer.tiers``, ``.hours`` and ``.segment``."""
    if not rules.are_sound(asked.kind, asked.tiers, asked.earning):
        book.reject("campaign_offer.tiers", field="offers")
    if asked.audience.from_minute >= asked.audience.until_minute:
        book.reject("campaign_offer.hours", field="offers")
    unknown = [segment for segment in asked.audience.segments if not is_known(segment)]
    if unknown:
        book.reject("campaign_offer.segment", segment=unknown[0], field="offers")


def refuse_bounds(book: Book, asked: OfferAsked, starts_at: datetime, ends_at: datetime) -> None:
    """Rejects ``campaign_offer.earned_bounds``, ``campaign_offer.caps`` and ``campaign_offer.window``."""
    bounds = asked.bounds
    if not asked.kind.is_claimed and bounds != Bounds():
        book.reject("campaign_offer.earned_bounds", field="offers")
    if len({cap.kind for cap in bounds.caps}) < len(bounds.caps):
        book.reject("campaign_offer.caps", field="offers")
    if not starts_at <= (bounds.opens_at or starts_at) < (bounds.closes_at or ends_at) <= ends_at:
        book.reject("campaign_offer.window", field="offers")


def _drafted(book: Book, asked: DraftCampaign, until: datetime) -> Campaign:
    identity = book.new_id("cmp")
    funders = tuple(
        open_funder(book, identity, funder.kind, funder.name, funder.wallet, funder.share_bps, asked.asset)
        for funder in asked.funders
    )
    for position, offer in enumerate(asked.offers, 1):
        offered(book, identity, position, offer)
    book.emit("campaign.drafted", f"campaign:{identity}", campaign=identity)
    return book.add(
        Campaign(
            id=identity,
            name=asked.name,
            summary=asked.summary,
            asset=asked.asset,
            state=CampaignState.DRAFT,
            funders=funders,
            redeemed=open_redeemed(book, identity, asked.name, asked.asset),
            starts_at=asked.starts_at,
            ends_at=asked.ends_at,
            uses_until=until,
            reason=None,
            drafted_at=book.now,
            drafted_by=book.actor,
            submitted_by=None,
            approved_by=None,
            updated_at=book.now,
            day_budget=asked.day_budget,
            store_budget=asked.store_budget,
        )
    )


def offered(book: Book, campaign: str, position: int, asked: OfferAsked) -> CampaignOffer:
    """What is offered anew, at a place among the offers of a campaign."""
    return book.add(new_offer(book, book.new_id("cof"), campaign, position, asked))


def new_offer(book: Book, identity: str, campaign: str, position: int, asked: OfferAsked) -> CampaignOffer:
    """An offer as it is asked for, of which nothing was claimed."""
    return CampaignOffer(
        id=identity,
        campaign=campaign,
        position=position,
        kind=asked.kind,
        name=asked.name,
        tiers=asked.tiers,
        audience=asked.audience,
        stock=asked.stock,
        per_day=asked.per_day,
        per_person=asked.per_person,
        valid_days=asked.valid_days,
        refund=asked.refund,
        taken=0,
        used=0,
        day=None,
        day_taken=0,
        updated_at=book.now,
        stacks=asked.stacks,
        rank=asked.rank,
        group=asked.group,
        group_rule=asked.group_rule,
        together_max=asked.together_max,
        earning=asked.earning,
        bounds=asked.bounds,
    )
