"""A draft is changed, also one that was sent back: all of it is said again."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import structs

from canglian.bank.reward import accounts
from canglian.bank.reward.campaigns.commands.drafting import (
    new_offer,
    offered,
    refuse_bounds,
    refuse_funders,
    refuse_offer,
    refuse_times,
)
from canglian.bank.reward.campaigns.commands.values import (
    Asset,
    CampaignId,
    CampaignName,
    Channel,
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
from canglian.bank.reward.campaigns.model import Campaign, CampaignState, Funder
from canglian.bank.reward.campaigns.rules import offers_of, require
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.ledger.book import Book


class ReviseCampaign(Command[Campaign], kind="reward.revise_campaign"):
    """Say all of a draft anew. A funder that stays keeps what it has paid in; one that leaves gets it back.

    A funder stays where its kind and its wallet do; in another asset none does. Rejects ``campaign.state``, what
    drafting it rejects, and what the wallets of funders that leave reject.
    """

    campaign: CampaignId
    name: CampaignName
    summary: Summary
    starts_at: StartsAt
    ends_at: EndsAt
    funders: Funders
    offers: Offers
    channel: Channel
    uses_until: Annotated[UsesUntil | None, doc("Before when coupons are used; null for the end of claims.")] = None
    asset: Asset = "CNY"
    day_budget: Annotated[
        DayBudget | None, doc("What coupons claimed on one day reserve at most, in fen; null for no bound.")
    ] = None
    store_budget: Annotated[
        StoreBudget | None, doc("What coupons take off at one store at most, in fen; null for no bound.")
    ] = None

    def decide(self, book: Book) -> Campaign:
        known = require(book, self.campaign, CampaignState.DRAFT)
        until = refuse_times(book, self.starts_at, self.ends_at, self.uses_until)
        refuse_funders(book, self.funders, self.asset)
        for asked in self.offers:
            refuse_offer(book, asked)
            refuse_bounds(book, asked, self.starts_at, self.ends_at)
        book.require(accounts.reads(known))
        funders = _funders(book, known, self.funders, self.asset, self.channel)
        _offers(book, known.id, self.offers)
        redeemed = known.redeemed
        if self.asset != known.asset:
            redeemed = accounts.open_redeemed(book, known.id, self.name, self.asset)
        book.emit("campaign.revised", f"campaign:{known.id}", campaign=known.id)
        return book.put(
            known.replace(
                name=self.name,
                summary=self.summary,
                asset=self.asset,
                funders=funders,
                redeemed=redeemed,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                uses_until=until,
                day_budget=self.day_budget,
                store_budget=self.store_budget,
                revised_by=tuple(dict.fromkeys((*known.revised_by, book.actor))),
                updated_at=book.now,
            )
        )


def _funders(book: Book, known: Campaign, asked: Sequence[FunderAsked], asset: str, channel: str) -> tuple[Funder, ...]:
    """The funders that stay with their accounts, and new ones; those that leave are paid back."""
    left = list(known.funders) if asset == known.asset else []
    funders: list[Funder] = []
    for each in asked:
        same = next((funder for funder in left if (funder.kind, funder.wallet) == (each.kind, each.wallet)), None)
        if same is None:
            opened = accounts.open_funder(book, known.id, each.kind, each.name, each.wallet, each.share_bps, asset)
            funders.append(opened)
        else:
            left.remove(same)
            funders.append(
                Funder(
                    kind=each.kind,
                    name=each.name,
                    wallet=each.wallet,
                    share_bps=each.share_bps,
                    unreserved=same.unreserved,
                    reserved=same.reserved,
                    spent=same.spent,
                    returned=same.returned,
                )
            )
    kept = {funder.unreserved for funder in funders}
    for gone in known.funders:
        amount = accounts.balance_of(book, gone.unreserved)
        if gone.unreserved not in kept and amount:
            accounts.leave(book, known, gone, amount, channel)
    return tuple(funders)


def _offers(book: Book, campaign: str, asked: Sequence[OfferAsked]) -> None:
    """What is offered, each in the place of what was at its position; what is left over is offered no more.

    Where only merchants on the campaign's own list take its coupons, that stays so.
    """
    known = offers_of(book, campaign)
    if any(campaign in offer.audience.payees.lists for offer in known):
        asked = [_on_own_list(campaign, offer) for offer in asked]
    for position, offer in enumerate(asked, 1):
        if position <= len(known):
            book.put(new_offer(book, known[position - 1].id, campaign, position, offer))
        else:
            offered(book, campaign, position, offer)
    for gone in known[len(asked) :]:
        book.put(gone.replace(position=0, stock=0, updated_at=book.now))


def _on_own_list(campaign: str, asked: OfferAsked) -> OfferAsked:
    payees = structs.replace(asked.audience.payees, lists=(campaign,))
    return structs.replace(asked, audience=structs.replace(asked.audience, payees=payees))
