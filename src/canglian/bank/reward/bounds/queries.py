"""What is left of each thing that bounds a campaign, as pages, the API and the command line show it."""

import enum
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.reward.bounds.budgets import left_on
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader

STORES_MAX = 20
"""How many stores are shown, those that have used most of their budget."""


class BoundKind(enum.StrEnum):
    """What bounds it: money that a funder paid in, a budget, a number of coupons, a cap on who claims."""

    FUNDER = "funder"
    DAY_BUDGET = "day_budget"
    STORE_BUDGET = "store_budget"
    STOCK = "stock"
    PER_DAY = "per_day"
    PER_PERSON = "per_person"
    CAP = "cap"


class BoundLeft(msgspec.Struct, frozen=True):
    """One bound: how much of it is taken and left. A cap is each holder's own: ``taken`` counts who has used it up."""

    kind: Annotated[BoundKind, doc("What bounds it.")]
    of: Annotated[str, doc("Whose: a funder's or an offer's name, the store's id, or a cap's kind.")]
    offer: Annotated[str | None, doc("The id of the offer that it bounds; null for all of the campaign.")]
    is_money: Annotated[bool, doc("Whether it counts fen; otherwise coupons.")]
    most: Annotated[int, doc("The bound.")]
    taken: Annotated[int, doc("How much of it is taken; of a cap, how many holders have used it up.")]
    left: Annotated[int | None, doc("How much of it is left; null for a cap, which is each holder's own.")]


async def bounds(
    reader: Reader,
    book: int,
    campaign: Campaign,
    offers: Sequence[CampaignOffer],
    funders: Iterable[tuple[str, int, int]],
    day: date,
) -> list[BoundLeft]:
    """All bounds of a campaign on a day in Shanghai; ``funders`` are their names, what they paid in, what is free."""
    found = [
        BoundLeft(BoundKind.FUNDER, name, None, True, funded, funded - free, free) for name, funded, free in funders
    ]
    left = left_on(campaign, day)
    if campaign.day_budget is not None and left is not None:
        most = campaign.day_budget
        found.append(BoundLeft(BoundKind.DAY_BUDGET, campaign.name, None, True, most, most - left, left))
    if campaign.store_budget is not None:
        found += await _stores(reader, book, campaign, campaign.store_budget)
    for offer in offers:
        found += _of_offer(offer, day)
        found += await _personal(reader, book, offer)
    return found


def _of_offer(offer: CampaignOffer, day: date) -> list[BoundLeft]:
    found = [BoundLeft(BoundKind.STOCK, offer.name, offer.id, False, offer.stock, offer.taken, offer.left)]
    if offer.per_day is not None:
        taken = offer.day_taken if offer.day == day else 0
        found.append(
            BoundLeft(BoundKind.PER_DAY, offer.name, offer.id, False, offer.per_day, taken, offer.per_day - taken)
        )
    return found


async def _personal(reader: Reader, book: int, offer: CampaignOffer) -> list[BoundLeft]:
    sql = "SELECT count(*) FROM offer_claims WHERE book = $1 AND offer = $2 AND claimed >= $3"
    full = await reader.value(sql, book, offer.id, offer.per_person)
    found = [BoundLeft(BoundKind.PER_PERSON, offer.name, offer.id, False, offer.per_person, full, None)]
    for cap in offer.bounds.caps:
        sql = "SELECT count(*) FROM offer_cap_count WHERE book = $1 AND offer = $2 AND kind = $3 AND claimed >= $4"
        full = await reader.value(sql, book, offer.id, cap.kind.value, cap.most)
        found.append(BoundLeft(BoundKind.CAP, cap.kind.value, offer.id, False, cap.most, full, None))
    return found


async def _stores(reader: Reader, book: int, campaign: Campaign, most: int) -> list[BoundLeft]:
    sql = (
        "SELECT store, spent FROM campaign_store_spend WHERE book = $1 AND campaign = $2 "
        "ORDER BY spent DESC, store LIMIT $3"
    )
    rows = await reader.rows(sql, book, campaign.id, STORES_MAX)
    return [
        BoundLeft(BoundKind.STORE_BUDGET, store, None, True, most, spent, max(0, most - spent)) for store, spent in rows
    ]


async def spent_at(reader: Reader, book: int, campaigns: Iterable[str], store: str) -> dict[str, int]:
    """What coupons of some campaigns took off at a store."""
    sql = (
        "SELECT campaign, spent FROM campaign_store_spend WHERE book = $1 AND campaign = ANY($2::text[]) AND store = $3"
    )
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(dict.fromkeys(campaigns)), store)}
