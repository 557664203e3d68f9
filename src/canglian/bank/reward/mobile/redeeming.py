"""A merchant's people redeem a benefit on a phone: the digits that its holder shows, what it is, and yes."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.mobile.above import ShopFacts
from canglian.bank.payment.mobile.shops import Shop, own_shop
from canglian.bank.reward.benefits import queries
from canglian.bank.reward.benefits.actions import counted_code
from canglian.bank.reward.benefits.commands import DIGITS, RedeemBenefit
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.coupons.model import Coupon
from canglian.kernel.errors import CanglianError, Rejection
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, submit
from canglian.web.services import Services


class Redeeming(msgspec.Struct, frozen=True):
    """A benefit that is about to be redeemed, or was just now, by its code."""

    code: str
    coupon: Coupon
    offer: CampaignOffer
    campaign: Campaign
    is_done: bool


@get("/shop/{merchant:str}/benefits", guards=[signed_in])
async def benefit_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """The code of a benefit is typed here."""
    return _page(pages, await own_shop(services, person, merchant))


@post("/shop/{merchant:str}/benefits", status_code=200, guards=[signed_in])
async def redeem(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """What a code is for; with ``sure`` it is redeemed. The key of the form makes sure that this is done once."""
    form = await form_values(pages.request)
    shop = await own_shop(services, person, merchant)

    async def act() -> Response[Any]:
        code = await counted_code(services, person.book, _digits(form.get("code", "")), merchant, person.actor)
        command = RedeemBenefit(code=code, merchant=merchant)
        if "sure" in form:
            coupon = (await submit(services, person, command, form)).unwrap()
        else:
            asked = {"actor": person.actor, "role": person.role, "scope": person.scope}
            coupon = (await services.engine.submit(person.book, command, **asked, dry_run=True)).unwrap()
        offer = await campaigns.offer(services.reader, person.book, coupon.offer)
        campaign = await campaigns.campaign(services.reader, person.book, coupon.campaign)
        return _page(pages, shop, Redeeming(command.code, coupon, offer, campaign, "sure" in form))

    async def again(error: CanglianError) -> Response[Any]:
        return _page(pages, shop, code=form.get("code", ""), error=error)

    return await or_again(act(), again)


def _digits(typed: str) -> str:
    """The digits of a code, however they are grouped. Rejects ``benefit_code.not_found``."""
    code = "".join(typed.split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        raise Rejection("benefit_code.not_found", field="code")
    return code


def _page(
    pages: MobilePages,
    shop: Shop,
    found: Redeeming | None = None,
    *,
    code: str = "",
    error: CanglianError | None = None,
) -> Response[Any]:
    return pages.render("reward/mobile/redeeming.html", shop=shop, found=found, code=code, error=error)


async def on_shop(services: Services, person: Person, shop: Shop) -> ShopFacts | None:
    """The way there, where anybody has a benefit."""
    if not await queries.are_any(services.reader, person.book):
        return None
    return ShopFacts("Benefits to redeem", href=f"{shop.at}/benefits", link="Redeem a benefit")


handlers = (benefit_page, redeem)
