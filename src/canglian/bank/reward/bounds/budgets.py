"""Budgets beside what funders paid in: of a day, counted as coupons are claimed, and of a store, as they are used."""

from collections.abc import Iterable
from datetime import date

from canglian.bank.payment import PaymentOrder
from canglian.bank.reward.bounds.model import StoreSpend
from canglian.bank.reward.campaigns.model import Campaign
from canglian.kernel.values import SHANGHAI
from canglian.ledger.book import Book


def shanghai_day(book: Book) -> date:
    """The day in Shanghai: it begins at midnight there."""
    return book.now.astimezone(SHANGHAI).date()


def left_on(campaign: Campaign, day: date) -> int | None:
    """What coupons may still reserve on a day, in fen; None for no bound."""
    if campaign.day_budget is None:
        return None
    return campaign.day_budget - (campaign.day_reserved if campaign.day == day else 0)


def reserve_on_day(book: Book, campaign: Campaign, day: date, amount: int, most: int) -> Campaign:
    """Count what a claim reserves. Rejects ``campaign.day_budget`` where the most of its offer does not fit any more:

    so that what is left never says what chance gives.
    """
    left = left_on(campaign, day)
    if left is None:
        return campaign
    if most > left:
        book.reject("campaign.day_budget")
    so_far = campaign.day_reserved if campaign.day == day else 0
    return book.put(campaign.replace(day=day, day_reserved=so_far + amount, updated_at=book.now))


def free_on_day(book: Book, campaign: Campaign, claimed_on: date, amount: int) -> Campaign:
    """A coupon that was claimed on the day ended without a use."""
    if campaign.day_budget is None or campaign.day != claimed_on:
        return campaign
    return book.put(campaign.replace(day_reserved=campaign.day_reserved - amount, updated_at=book.now))


def store_of(order: PaymentOrder) -> str:
    """Where an order is paid, as budgets of stores know it."""
    return order.store or order.merchant


def left_at(book: Book, campaign: Campaign, store: str) -> int | None:
    """What coupons of a campaign may still take off at a store, in fen; None for no bound."""
    if campaign.store_budget is None:
        return None
    known = book.maybe(StoreSpend, (campaign.id, store))
    return campaign.store_budget - (0 if known is None else known.spent)


def rooms_at(book: Book, campaigns: Iterable[Campaign], store: str) -> dict[str, int]:
    """What coupons may still take off at a store, by the campaigns that bound it."""
    bounded = {campaign.id: campaign for campaign in campaigns if campaign.store_budget is not None}
    book.require([(StoreSpend, (identity, store)) for identity in bounded])
    return {identity: max(0, left_at(book, campaign, store) or 0) for identity, campaign in bounded.items()}


def spend_at(book: Book, campaign: Campaign, store: str, amount: int) -> None:
    """Count what a coupon takes off at a store, or gives back there. Rejects ``campaign.store_budget``."""
    left = left_at(book, campaign, store)
    if left is None or not amount:
        return
    if amount > left:
        book.reject("campaign.store_budget", left=max(0, left), asset=campaign.asset)
    key = (campaign.id, store)
    known = book.maybe(StoreSpend, key)
    if known is None:
        book.add(StoreSpend(*key, amount, book.now))
    else:
        book.put(known.replace(spent=known.spent + amount, updated_at=book.now))
