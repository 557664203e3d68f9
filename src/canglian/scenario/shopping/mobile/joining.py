"""A merchant's people in the campaigns of a season: what joining costs them, joining and leaving, who pays them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.mobile.above import ShopFacts
from canglian.bank.payment.mobile.shops import Shop, own_shop
from canglian.bank.payment.payouts import next_payout
from canglian.bank.reward.campaigns.model import Campaign, FunderKind
from canglian.bank.reward.wording import tiers_in_words
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import utc_now
from canglian.scenario.shopping.commands import JoinCampaign, LeaveCampaign
from canglian.scenario.shopping.model import (
    Mall,
    NoteState,
    PartState,
    SeasonCampaign,
    SeasonMerchant,
    SeasonNote,
    Theme,
)
from canglian.scenario.shopping.queries import parts, seasons
from canglian.scenario.shopping.queries.parts import NoteFilter, PartFilter
from canglian.scenario.shopping.rules import JoiningCost, is_in, joining_cost, local_date
from canglian.web.console.formats import day, money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, submit, text
from canglian.web.services import Services

WAITS = "Settlement waits while the bank looks at your sales with coupons (ask your branch), since"
"""What a shop with an open note for risk reads before the day of the note."""


class Joinable(msgspec.Struct, frozen=True):
    """A campaign as a merchant sees it: what it is, what it costs, and where the merchant stands in it."""

    place: SeasonCampaign
    theme: Theme
    campaign: Campaign
    words: Sequence[str]
    share_bps: int
    cost: JoiningCost
    malls: Sequence[Mall]
    part: SeasonMerchant | None

    @property
    def state(self) -> str:
        """Where the merchant stands; nothing where it can join."""
        if self.part is None or self.part.state in (PartState.LEFT, PartState.DECLINED):
            return ""
        return self.part.state.value


async def _joinable(pages: MobilePages, services: Services, person: Person, shop: Shop) -> list[Joinable]:
    reader, book = services.reader, person.book
    today = (await book_figures(reader, book)).today
    prices = await parts.prices(reader, book, shop.merchant.id, today)
    page = await parts.parts(reader, book, PartFilter(merchant=shop.merchant.id), Order(limit=LIMIT_MAX))
    mine = {part.place: part for part in page.items}
    near = [
        (place, theme)
        for place, theme in await seasons.joinable(reader, book, utc_now())
        if is_in(shop.merchant.region, theme.districts)
    ]
    ids = [place.campaign for place, _ in near]
    campaigns = {found.id: found for found in await seasons.campaigns_by_ids(reader, book, ids)}
    offers = await seasons.offers_of(reader, book, ids)
    malls = {theme.season: await _malls(services, book, theme.season) for _, theme in near}
    found: list[Joinable] = []
    for place, theme in near:
        campaign, offered = campaigns[place.campaign], offers.get(place.campaign, [])
        own_bps = sum(funder.share_bps for funder in campaign.funders if funder.kind is FunderKind.MERCHANT)
        costs = [joining_cost(offer.tiers, own_bps, prices) for offer in offered]
        if not costs or not _takes(offered, shop):
            continue
        found.append(
            Joinable(
                place=place,
                theme=theme,
                campaign=campaign,
                words=[tiers_in_words(offer.tiers, campaign.asset, pages._) for offer in offered],
                share_bps=own_bps,
                cost=max(costs, key=lambda cost: cost.share),
                malls=[mall for mall in malls[theme.season] if not theme.malls or mall.code in theme.malls],
                part=mine.get(place.id),
            )
        )
    return sorted(found, key=lambda row: (not row.state, row.campaign.starts_at))


def _takes(offered: Sequence[Any], shop: Shop) -> bool:
    """Whether the merchant is of a kind that any of the offers is for."""
    kinds = [offer.audience.payees.categories for offer in offered]
    return any(not categories or shop.merchant.category in categories for categories in kinds)


async def _malls(services: Services, book: int, season: str) -> Sequence[Mall]:
    return (await seasons.season(services.reader, book, season)).malls


@get("/shop/{merchant:str}/campaigns", guards=[signed_in])
async def campaigns_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """The campaigns that a merchant is in and may join."""
    shop = await own_shop(services, person, merchant)
    return await _list(pages, services, person, shop)


async def _list(
    pages: MobilePages, services: Services, person: Person, shop: Shop, error: CanglianError | None = None
) -> Response[Any]:
    return pages.render(
        "shopping/mobile/campaigns.html",
        error=error,
        shop=shop,
        found=await _joinable(pages, services, person, shop),
        noted=await _open_note(services, person, shop),
    )


@get("/shop/{merchant:str}/campaigns/{season_campaign:str}", guards=[signed_in])
async def campaign_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    season_campaign: FromPath[str],
) -> Response[Any]:
    """One campaign: what joining it costs, and joining or leaving it."""
    shop = await own_shop(services, person, merchant)
    return await _one(pages, services, person, shop, season_campaign, done="done" in request.query_params)


async def _one(
    pages: MobilePages,
    services: Services,
    person: Person,
    shop: Shop,
    identity: str,
    *,
    error: CanglianError | None = None,
    done: bool = False,
) -> Response[Any]:
    found = next((row for row in await _joinable(pages, services, person, shop) if row.place.id == identity), None)
    if found is None:
        raise NotFound("season_campaign.not_found", season_campaign=identity)
    return pages.render(
        "shopping/mobile/campaign.html",
        error=error,
        shop=shop,
        row=found,
        done=done,
        noted=await _open_note(services, person, shop),
    )


@post("/shop/{merchant:str}/campaigns/{season_campaign:str}", status_code=200, guards=[signed_in])
async def act_on_campaign(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    season_campaign: FromPath[str],
) -> Response[Any]:
    """Join a campaign or leave it: the owner does so."""
    form = await form_values(pages.request)
    shop = await own_shop(services, person, merchant, as_owner=True)

    async def act() -> str:
        if form.get("act") == "leave":
            part = await _part(services, person, shop, season_campaign)
            reason = text(form, "reason") or pages._("The merchant left by itself")
            await _ask(services, person, LeaveCampaign(part=part.id, reason=reason), form)
        else:
            command = JoinCampaign(place=season_campaign, merchant=shop.merchant.id, mall=form.get("mall") or None)
            await _ask(services, person, command, form)
        return f"{shop.at}/campaigns/{season_campaign}?done=1"

    return await or_again(act(), lambda error: _one(pages, services, person, shop, season_campaign, error=error))


async def _ask(services: Services, person: Person, command: Any, form: dict[str, str]) -> None:
    (await submit(services, person, command, form)).unwrap()


async def _part(services: Services, person: Person, shop: Shop, place: str) -> SeasonMerchant:
    asked = PartFilter(place=place, merchant=shop.merchant.id)
    page = await parts.parts(services.reader, person.book, asked, Order(limit=1))
    if not page.items:
        raise NotFound("season_campaign.not_found", season_campaign=place)
    return page.items[0]


async def today_of(services: Services, person: Person, shop: Shop) -> ShopFacts | None:
    """Today's discounts of a merchant, who pays for them and when, and its campaigns."""
    reader, book = services.reader, person.book
    today = (await book_figures(reader, book)).today
    found = await parts.discounts_on(reader, book, shop.merchant.id, today)
    if not found.payments and not await seasons.joinable(reader, book, utc_now(), 1):
        return None
    facts = [("Taken off by coupons", money(0))]
    if found.payments:
        payout = await next_payout(reader, book, shop.merchant)
        facts = [(payer.name, money(payer.amount)) for payer in found.payers]
        facts.append(("Taken off by coupons", money(found.discount)))
        facts.append(("Paid with the settlement of", day(payout.on) if payout else "—"))
    noted = await _open_note(services, person, shop)
    if noted is not None:
        facts.append((WAITS, day(local_date(noted.noted_at))))
    return ShopFacts("Discounts of today, and who pays for them", facts, f"{shop.at}/campaigns", "Campaigns to join")


async def _open_note(services: Services, person: Person, shop: Shop) -> SeasonNote | None:
    """The note for risk because of which the merchant's settlement waits."""
    asked = NoteFilter(merchant=shop.merchant.id, state=NoteState.OPEN)
    return next(iter((await parts.notes(services.reader, person.book, asked, Order(limit=1))).items), None)


handlers = (campaigns_page, campaign_page, act_on_campaign)
