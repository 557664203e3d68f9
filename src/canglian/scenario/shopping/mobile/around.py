"""What is on near somebody and now, with a claim at one tap, and where more of it is."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.payment import Merchant
from canglian.bank.payment.queries import merchants
from canglian.bank.reward import CampaignOffer
from canglian.bank.reward.availability import claiming
from canglian.bank.reward.campaigns.holdout import is_held_out
from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.reward.coupons import queries as coupons
from canglian.bank.reward.coupons.model import CouponState
from canglian.bank.reward.coupons.queries import CouponFilter
from canglian.bank.reward.segments.claiming import belonging
from canglian.bank.reward.wording import tiers_in_words, when_in_words
from canglian.bank.wallet.mobile.others import HomeRow, home_rows
from canglian.bank.wallet.mobile.owning import identified_wallets
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import utc_now
from canglian.scenario.shopping.model import Joining, Mall, SeasonCampaign, Theme
from canglian.scenario.shopping.queries import parts, seasons
from canglian.scenario.shopping.rules import is_in, is_open_now
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

AT = "/m/season"
SHOPS_MAX = 5
"""How many merchants of a campaign a page names."""

_MORE = ("/m/coupons", "/m/points", "/m/draws", "/m/tasks", "/m/invite", "/m/payments")
"""Where further pages about rewards begin: those rooms that are there register theirs for the first page."""


class Offered(msgspec.Struct, frozen=True):
    """An offer as somebody sees it. ``reason`` (a message id) says why it cannot be claimed, where so."""

    offer: CampaignOffer
    campaign: Campaign
    theme: Theme
    words: str
    when: str
    open_now: bool
    shops: Sequence[str]
    more_shops: int
    reason: str


@get("/season", guards=[signed_in])
async def season_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """What is on now in a district, or everywhere; what somebody has, and where more is."""
    reader, book, now = services.reader, person.book, utc_now()
    going = await seasons.going(reader, book, now)
    malls = await _malls(services, book, going)
    district = request.query_params.get("district", "")
    near = [(place, theme) for place, theme in going if _is_near(theme, malls, district)]
    mine: list[tuple[str, Any]] = []
    if person.party is not None:
        asked = CouponFilter(party=person.party, state=CouponState.CLAIMED)
        page = await coupons.coupons(reader, book, asked, Order(limit=LIMIT_MAX))
        living = sorted((row for row in page.items if row.expires_at > now), key=lambda row: row.expires_at)
        names = await seasons.offer_names(reader, book, [row.offer for row in living])
        mine = [(names.get(row.offer, ""), row) for row in living]
    return pages.render(
        "shopping/mobile/season.html",
        offered=await _offered(pages._, services, person, near, district),
        mine=mine,
        district=district,
        names=_district_names(malls),
        wallets=await identified_wallets(services, person),
        more=[row for row in await home_rows(services, person) if row.href.startswith(_MORE)],
    )


async def _malls(
    services: Services, book: int, going: Sequence[tuple[SeasonCampaign, Theme]]
) -> dict[tuple[str, str], Mall]:
    """The malls of the seasons that are on, by season and code."""
    found: dict[tuple[str, str], Mall] = {}
    for identity in dict.fromkeys(theme.season for _, theme in going):
        season = await seasons.season(services.reader, book, identity)
        found |= {(identity, mall.code): mall for mall in season.malls}
    return found


def _district_names(malls: dict[tuple[str, str], Mall]) -> dict[str, str]:
    """A district as people know it: by its malls."""
    found: dict[str, list[str]] = {}
    for mall in malls.values():
        found.setdefault(mall.region, []).append(mall.name)
    return {region: "、".join(dict.fromkeys(names)) for region, names in sorted(found.items())}


def _is_near(theme: Theme, malls: dict[tuple[str, str], Mall], district: str) -> bool:
    """Whether a theme is on in a district: by its own, else by where its malls are."""
    if not district:
        return True
    if theme.districts:
        return is_in(district, theme.districts)
    regions = [malls[theme.season, code].region for code in theme.malls if (theme.season, code) in malls]
    return not regions or district in regions


async def _offered(
    say: Callable[[str], str],
    services: Services,
    person: Person,
    near: Sequence[tuple[SeasonCampaign, Theme]],
    district: str,
) -> list[Offered]:
    """What is offered; what is open now comes first."""
    reader, book, now = services.reader, person.book, utc_now()
    ids = [place.campaign for place, _ in near]
    campaigns = {found.id: found for found in await seasons.campaigns_by_ids(reader, book, ids)}
    offers = await seasons.offers_of(reader, book, ids)
    shops = await _shops(services, book, near, district)
    flat = [offer for found in offers.values() for offer in found]
    had = (
        {}
        if person.party is None
        else await coupons.claimed_by(reader, book, person.party, [offer.id for offer in flat])
    )
    belongs = await belonging(services, book, person.party, flat)
    shown: list[Offered] = []
    for place, theme in near:
        campaign, names = campaigns[place.campaign], shops.get(place.id, [])
        if place.joining is not Joining.EVERYBODY and not names:
            continue
        for offer in offers.get(campaign.id, []):
            if not offer.kind.is_claimed or not belongs.issuperset(offer.audience.segments):
                continue
            if person.party and is_held_out(campaign.id, person.party, offer.audience.holdout_bps):
                continue
            shown.append(
                Offered(
                    offer=offer,
                    campaign=campaign,
                    theme=theme,
                    words=tiers_in_words(offer.tiers, campaign.asset, say),
                    when=when_in_words(offer.audience, say),
                    open_now=is_open_now(offer.audience, now),
                    shops=names[:SHOPS_MAX],
                    more_shops=max(0, len(names) - SHOPS_MAX),
                    reason=claiming(offer, had.get(offer.id, 0)) or "",
                )
            )
    return sorted(shown, key=lambda row: (not row.open_now, bool(row.reason)))


async def _shops(
    services: Services, book: int, near: Sequence[tuple[SeasonCampaign, Theme]], district: str
) -> dict[str, list[str]]:
    """The names of the merchants that take the coupons of campaigns in a district, by the campaign's place."""
    found = await parts.of_places(services.reader, book, [place.id for place, _ in near])
    known: dict[str, Merchant] = {
        merchant.id: merchant
        for merchant in await merchants.by_ids(services.reader, book, [part.merchant for part in found])
    }
    names: dict[str, list[str]] = {}
    for part in found:
        merchant = known[part.merchant]
        if not district or merchant.region == district:
            names.setdefault(part.place, []).append(merchant.name)
    return names


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, while anything is on, with the best that they can claim there now."""
    going = await seasons.going(services.reader, person.book, utc_now())
    if not going:
        return []
    offered = await _offered(str, services, person, going, "")
    claimable = [row.offer for row in offered if row.open_now and not row.reason]
    best = max(claimable, key=lambda offer: (offer.most, offer.id), default=None)
    return [HomeRow(AT, "Shopping season", "shopping-bag", best.name if best else "", is_name=False)]


handlers = (season_page,)
