"""A person's coupons, the campaigns of which more can be claimed, and claiming."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.payment.queries import merchants
from canglian.bank.reward import availability
from canglian.bank.reward.benefits.queries import code_of
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.holdout import is_held_out
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, OfferKind
from canglian.bank.reward.commands import ClaimCoupon
from canglian.bank.reward.coupons import queries
from canglian.bank.reward.coupons.door import let_in
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.queries import CouponFilter
from canglian.bank.reward.mobile.devices import device_of, know_device
from canglian.bank.reward.offers import tiers_of
from canglian.bank.reward.quotes import queries as quotes
from canglian.bank.reward.quotes.commands import CancelCouponQuote
from canglian.bank.reward.segments.claiming import belonging, segments_seen
from canglian.bank.reward.wording import tiers_in_words, when_in_words
from canglian.bank.wallet.codes import picture
from canglian.bank.wallet.mobile.others import HomeRow
from canglian.bank.wallet.mobile.owning import identified_wallets, own_wallet, own_wallets, wallet_service
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

AT = "/m/coupons"
SHOWN_MAX = 50
"""How many coupons and campaigns a page shows, the newest first."""


class Claimable(msgspec.Struct, frozen=True):
    """An offer as somebody sees it who may claim it; ``is_early`` where its flash sale has not opened yet.

    ``reason`` (a message id) says why they cannot, where so.
    """

    offer: CampaignOffer
    campaign: Campaign
    words: str
    had: int
    is_early: bool
    reason: str = ""


class Owned(msgspec.Struct, frozen=True):
    """A coupon as its holder sees it."""

    coupon: Coupon
    offer: CampaignOffer
    campaign: Campaign
    words: str


@get("/coupons", guards=[signed_in])
async def coupons_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """What this person can use, what more can be claimed, and what was used."""
    return know_device(pages, await _list(pages, services, person))


async def _list(
    pages: MobilePages, services: Services, person: Person, error: CanglianError | None = None
) -> Response[bytes]:
    reader, book, now = services.reader, person.book, utc_now()
    owned: list[Owned] = []
    if person.party is not None:
        page = await queries.coupons(reader, book, CouponFilter(party=person.party), Order(limit=SHOWN_MAX))
        owned = [await _owned(pages, services, person.book, coupon) for coupon in page.items]
    own = [wallet.id for wallet in await own_wallets(services, person)]
    kept = await quotes.kept(reader, book, own, now)
    keeping = {each.coupon for each in kept}
    living = [row for row in owned if row.coupon.state is CouponState.CLAIMED and row.coupon.expires_at > now]
    return pages.render(
        "reward/mobile/coupons.html",
        error=error,
        living=sorted(living, key=lambda row: row.coupon.expires_at),
        kept=kept,
        ended=[row for row in owned if row not in living and row.coupon.id not in keeping],
        claimable=await _claimable(pages, services, person),
        wallets=await identified_wallets(services, person),
    )


async def _owned(pages: MobilePages, services: Services, book: int, coupon: Coupon) -> Owned:
    offer = await campaigns.offer(services.reader, book, coupon.offer)
    campaign = await campaigns.campaign(services.reader, book, coupon.campaign)
    return Owned(coupon, offer, campaign, tiers_in_words(tiers_of(offer, coupon.amount), campaign.asset, pages._))


async def _claimable(pages: MobilePages, services: Services, person: Person) -> list[Claimable]:
    """What is on now; what this person cannot claim says why."""
    reader, book = services.reader, person.book
    found = await campaigns.claimable(reader, book, utc_now(), SHOWN_MAX)
    all_offers = [offer.id for _, offers in found for offer in offers]
    had = {} if person.party is None else await queries.claimed_by(reader, book, person.party, all_offers)
    belongs = await belonging(services, book, person.party, [offer for _, offers in found for offer in offers])
    return [
        Claimable(
            offer,
            campaign,
            tiers_in_words(offer.tiers, campaign.asset, pages._),
            had.get(offer.id, 0),
            offer.bounds.opens_at is not None and utc_now() < offer.bounds.opens_at,
            availability.claiming(offer, had.get(offer.id, 0)) or "",
        )
        for campaign, offers in found
        for offer in offers
        if offer.kind.is_claimed
        and belongs.issuperset(offer.audience.segments)
        and not is_held_out(campaign.id, person.party or "", offer.audience.holdout_bps)
    ]


@post("/coupons/{campaign_offer:str}/claim", status_code=200, guards=[signed_in])
async def claim(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    campaign_offer: FromPath[str],
) -> Response[Any] | Redirect:
    """Claim a coupon; the key of the form makes sure that it is claimed once."""
    form = await form_values(pages.request)
    offer = await campaigns.offer(services.reader, person.book, campaign_offer)
    wallet = await own_wallet(services, person, form.get("wallet", ""))
    device = device_of(pages)
    try:
        let_in(services, person.book, offer.id, wallet.id, device)
    except CanglianError as refused:
        return await _list(pages, services, person, refused)
    service = wallet_service(services, person, form)
    seen = await segments_seen(services, person.book, offer.id, wallet.id)
    outcome = await service.submit_keyed(ClaimCoupon(offer=offer.id, wallet=wallet.id, device=device, segments=seen))
    if outcome.error is not None:
        return await _list(pages, services, person, outcome.error)
    return Redirect(f"{AT}/{outcome.unwrap().id}?done=1", status_code=303)


@post("/coupons/let-go", status_code=200, guards=[signed_in])
async def let_go(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[Any] | Redirect:
    """Let go of what is kept for an order. NotFound for a quote that is another's."""
    form = await form_values(pages.request)
    own = [wallet.id for wallet in await own_wallets(services, person)]
    quote = form.get("quote", "")
    if quote not in {each.quote for each in await quotes.kept(services.reader, person.book, own, utc_now())}:
        raise NotFound("coupon_quote.not_found", coupon_quote=quote)
    outcome = await wallet_service(services, person, form).submit_keyed(CancelCouponQuote(quote=quote))
    if outcome.error is not None:
        return await _list(pages, services, person, outcome.error)
    return Redirect(AT, status_code=303)


@get("/coupons/{coupon:str}", guards=[signed_in])
async def coupon_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    coupon: FromPath[str],
) -> Response[bytes]:
    """One coupon: what it takes off, where and until when. NotFound for one that is another's."""
    found = await queries.coupon(services.reader, person.book, coupon)
    if found.party != person.party:
        raise NotFound("coupon.not_found", coupon=coupon)
    owned = await _owned(pages, services, person.book, found)
    payees = owned.offer.audience.payees
    code = None
    if owned.offer.kind is OfferKind.BENEFIT and found.state is CouponState.CLAIMED:
        code = await code_of(services.reader, person.book, found.id)
    return pages.render(
        "reward/mobile/coupon.html",
        owned=owned,
        when=when_in_words(owned.offer.audience, pages._),
        shops=list((await merchants.names(services.reader, person.book, list(payees.ids))).values()),
        categories=payees.categories,
        is_over=found.expires_at <= utc_now(),
        code=code,
        picture="" if code is None else picture(code),
        done="done" in pages.request.query_params,
    )


async def on_home(services: Services, person: Person) -> list[HomeRow]:
    """A service on somebody's first page, where something can be claimed or was."""
    reader, book, now = services.reader, person.book, utc_now()
    asked = CouponFilter(party=person.party or "-", state=CouponState.CLAIMED)
    mine = (await queries.coupons(reader, book, asked, Order(limit=SHOWN_MAX))).items
    usable = sum(coupon.expires_at > now for coupon in mine)
    if not usable and not await campaigns.claimable(reader, book, now, 1):
        return []
    return [HomeRow(AT, "Coupons", "ticket", str(usable) if usable else "", is_name=False)]


handlers = (coupons_page, claim, let_go, coupon_page)
