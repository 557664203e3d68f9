"""What a form of the designer comes to so far: what is promised at most, whose money that is, and what lacks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.designing import form
from canglian.bank.reward.offers import BPS, are_sound
from canglian.bank.reward.shares import split
from canglian.bank.reward.wording import tiers_in_words, when_in_words
from canglian.kernel.amounts import share
from canglian.kernel.errors import CODES, CanglianError

Translate = Callable[[str], str]


class OfferSum(msgspec.Struct, frozen=True):
    """One offer in words. ``most`` is what all of its coupons take off together at most; None where it is not whole."""

    name: str
    words: str
    times: str
    stock: int
    most: int | None


class Summary(msgspec.Struct, frozen=True):
    """The campaign so far. ``funders`` are names with their share and their part of ``most``, where shares are whole.

    ``lacking`` says what has to be filled in or put right before it can be saved.
    """

    name: str
    asset: str
    starts_at: datetime | None
    ends_at: datetime | None
    offers: list[OfferSum]
    most: int
    share_bps: int
    funders: list[tuple[str, int, int | None]]
    lacking: list[str]


def summary_of(values: Mapping[str, str], scales: Mapping[str, int], say: Translate) -> Summary:
    """What stands in a form, in words and figures."""
    asset = values.get("asset", "CNY")
    lacking: list[str] = []
    head = _head(values, scales)
    if head is None:
        lacking.append(say("The name, the summary and the time"))
    elif not head.starts_at < head.ends_at <= (head.uses_until or head.ends_at):
        lacking.append(say("Claims begin before they end, and coupons are used until then or longer."))
    offers = _offers(values, scales, asset, say, lacking)
    most = sum(offer.most or 0 for offer in offers)
    shares = _shares(values)
    together = sum(part for _, part in shares)
    if together != BPS:
        lacking.append(say("The shares of who pays: together 100 %"))
    parts = split(most, [part for _, part in shares]) if together == BPS else [None] * len(shares)
    return Summary(
        name=values.get("name", ""),
        asset=asset,
        starts_at=None if head is None else head.starts_at,
        ends_at=None if head is None else head.ends_at,
        offers=offers,
        most=most,
        share_bps=together,
        funders=[(name, bps, part) for (name, bps), part in zip(shares, parts, strict=True)],
        lacking=lacking,
    )


def _head(values: Mapping[str, str], scales: Mapping[str, int]) -> Any:
    try:
        return form.head_of(values, scales)
    except CanglianError:
        return None


def _offers(
    values: Mapping[str, str], scales: Mapping[str, int], asset: str, say: Translate, lacking: list[str]
) -> list[OfferSum]:
    offers: list[OfferSum] = []
    for place in form.offer_places(values):
        title = values.get(f"o{place}_name") or say("Offer %(place)s") % {"place": place}
        try:
            asked = form.offer_of(values, place, scales)
        except CanglianError:
            lacking.append(say("%(offer)s: not whole yet") % {"offer": title})
            offers.append(OfferSum(title, "", "", 0, None))
            continue
        if not are_sound(asked.kind, asked.tiers, asked.earning):
            lacking.append(f"{title}: {say(CODES['campaign_offer.tiers'])}")
        offers.append(_offer_sum(asked, asset, say))
    return offers


def _offer_sum(asked: OfferAsked, asset: str, say: Translate) -> OfferSum:
    most = max(tier.off for tier in asked.tiers) * asked.stock
    words, times = tiers_in_words(asked.tiers, asset, say), when_in_words(asked.audience, say)
    return OfferSum(asked.name, words, times, asked.stock, most)


def _shares(values: Mapping[str, str]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for place in range(1, form.rows(values, "funders", form.FUNDERS_MAX) + 1):
        name, text = values.get(f"f{place}_name", ""), values.get(f"f{place}_share_bps", "")
        if not name and not text:
            continue
        try:
            found.append((name, share(text, 2)))
        except CanglianError:
            found.append((name, 0))
    return found
