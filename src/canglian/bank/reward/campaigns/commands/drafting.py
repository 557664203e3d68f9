"""Campaigns come to be: drafted anew, or copied from one that there was."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from canglian.bank.reward import offers as rules
from canglian.bank.reward.accounts import open_funder, open_redeemed
from canglian.bank.reward.campaigns.commands.values import (
    Asset,
    CampaignId,
    CampaignName,
    EndsAt,
    FunderAsked,
    Funders,
    OfferAsked,
    Offers,
    StartsAt,
    Summary,
    UsesUntil,
)
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, CampaignState, FunderKind
from canglian.bank.reward.campaigns.rules import offers_of
from canglian.bank.wallet import require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.ledger.book import Book

BPS = 10_000


class DraftCampaign(Command[Campaign], kind="reward.draft_campaign"):
    """Draft a campaign with its funders and what it offers, and open the accounts of its money.

    Rejects ``campaign.times``, ``campaign.shares``, ``campaign.funder``, ``campaign.wallet_asset``,
    ``campaign_offer.tiers`` and ``campaign_offer.hours``.
    """

    name: CampaignName
    summary: Summary
    starts_at: StartsAt
    ends_at: EndsAt
    funders: Funders
    offers: Offers
    uses_until: Annotated[UsesUntil | None, doc("Before when coupons are used; null for the end of claims.")] = None
    asset: Asset = "CNY"

    def decide(self, book: Book) -> Campaign:
        until = self.uses_until or self.ends_at
        if not self.starts_at < self.ends_at <= until or self.ends_at <= book.now:
            book.reject("campaign.times", field="ends_at")
        _refuse_funders(book, self.funders, self.asset)
        for asked in self.offers:
            _refuse_offer(book, asked)
        return _drafted(book, self, until)


class CopyCampaign(Command[Campaign], kind="reward.copy_campaign"):
    """Draft a campaign as another one was, beginning at another time. Rejects as drafting it does."""

    campaign: CampaignId
    name: CampaignName
    starts_at: Annotated[
        datetime, Meta(tz=True, description="From when on coupons are claimed."), Field(label="Claims from")
    ]

    def decide(self, book: Book) -> Campaign:
        known = book.get(Campaign, self.campaign)
        later = self.starts_at - known.starts_at
        draft = DraftCampaign(
            name=self.name,
            summary=known.summary,
            starts_at=self.starts_at,
            ends_at=known.ends_at + later,
            uses_until=known.uses_until + later,
            asset=known.asset,
            funders=tuple(
                FunderAsked(funder.kind, funder.name, funder.share_bps, funder.wallet) for funder in known.funders
            ),
            offers=tuple(_asked_again(offer) for offer in offers_of(book, known.id)),
        )
        return draft.decide(book)


def _asked_again(offer: CampaignOffer) -> OfferAsked:
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
    )


def _refuse_funders(book: Book, funders: Funders, asset: str) -> None:
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


def _refuse_offer(book: Book, asked: OfferAsked) -> None:
    if not rules.are_sound(asked.kind, asked.tiers):
        book.reject("campaign_offer.tiers", field="offers")
    if asked.audience.from_minute >= asked.audience.until_minute:
        book.reject("campaign_offer.hours", field="offers")


def _drafted(book: Book, asked: DraftCampaign, until: datetime) -> Campaign:
    identity = book.new_id("cmp")
    funders = tuple(
        open_funder(book, identity, funder.kind, funder.name, funder.wallet, funder.share_bps, asked.asset)
        for funder in asked.funders
    )
    for position, offer in enumerate(asked.offers, 1):
        _offered(book, identity, position, offer)
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
        )
    )


def _offered(book: Book, campaign: str, position: int, asked: OfferAsked) -> CampaignOffer:
    return book.add(
        CampaignOffer(
            id=book.new_id("cof"),
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
        )
    )
