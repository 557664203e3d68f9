"""One coupon: whose it is, what it takes off, and what became of it."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.actions import VOID
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.console.lists import COUPONS, coupon_rows
from canglian.bank.reward.coupons import queries
from canglian.bank.reward.offers import tiers_of
from canglian.bank.reward.wording import tiers_in_words
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/coupons/{coupon:str}", guards=[needs(Permission.READ)])
async def coupon_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    coupon: FromPath[str],
) -> Response[Any]:
    """One coupon."""
    return await _show(pages, services, principal, coupon)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    coupon = await queries.coupon(reader, book, identity)
    offer = await campaigns.offer(reader, book, coupon.offer)
    campaign = await campaigns.campaign(reader, book, coupon.campaign)
    return await pages.render(
        "reward/coupon.html",
        status=status,
        coupon=coupon,
        offer=offer,
        campaign=campaign,
        words=tiers_in_words(tiers_of(offer, coupon.amount), campaign.asset, pages._),
        holder=(await coupon_rows(reader, book, [coupon]))[0]["holder_name"],
        parts=list(zip(campaign.funders, coupon.reserved, coupon.spent, strict=True)),
        history=await history(reader, book, f"coupon:{identity}"),
        forms=action_forms(pages, [VOID], coupon, submission=submission),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/coupons/{coupon:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_coupon(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    coupon: FromPath[str],
) -> Response[Any]:
    """Make a coupon void."""
    await queries.coupon(services.reader, principal.book, coupon)
    show = partial(_show, pages, services, principal, coupon)
    return await submit_action(pages, [VOID], show, f"{COUPONS}/{coupon}", target={"coupon": coupon})


handlers = (coupon_page, act_on_coupon)
