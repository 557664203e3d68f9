"""One campaign: where its money is, what it offers, its coupons, and what may be done now; the form of a new one."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.actions import DRAFT, ON_CAMPAIGN
from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.reward.campaigns.queries import CampaignWhole
from canglian.bank.reward.console.lists import CAMPAIGNS, coupon_rows
from canglian.bank.reward.coupons import queries as coupons
from canglian.bank.reward.coupons.model import CouponState
from canglian.bank.reward.coupons.queries import CouponFilter
from canglian.bank.reward.wording import tiers_in_words, when_in_words
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.additions import SHOWN_MAX
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/campaigns/{campaign:str}", guards=[needs(Permission.READ)])
async def campaign_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    campaign: FromPath[str],
) -> Response[Any]:
    """One campaign."""
    return await _show(pages, services, principal, campaign)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await queries.whole(reader, book, identity)
    asked, order = CouponFilter(campaign=identity), Order(limit=SHOWN_MAX)
    newest = (await coupons.coupons(reader, book, asked, order)).items
    counts = await coupons.counts(reader, book, identity)
    return await pages.render(
        "reward/campaign.html",
        status=status,
        whole=whole,
        campaign=whole.campaign,
        offers=[
            (
                offer,
                tiers_in_words(offer.tiers, whole.campaign.asset, pages._),
                when_in_words(offer.audience, pages._),
            )
            for offer in whole.offers
        ],
        counts=[(state.value, *counts[state.value]) for state in CouponState if state.value in counts],
        coupons=await coupon_rows(reader, book, newest),
        history=await history(reader, book, f"campaign:{identity}"),
        forms=action_forms(pages, ON_CAMPAIGN, whole, choices=_choices(whole), submission=submission),
        scales=await chart.scales(reader, book),
        may_act=principal.may(Permission.POST) or principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


def _choices(whole: CampaignWhole) -> dict[str, list[tuple[str, str]]]:
    """The funders of a campaign, as a form offers them."""
    return {"funder": [(str(place), funder.name) for place, funder in enumerate(whole.funders, 1)]}


@post("/campaigns/{campaign:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_campaign(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    campaign: FromPath[str],
) -> Response[Any]:
    """What somebody does to a campaign; each action asks for its own permission."""
    found = await queries.campaign(services.reader, principal.book, campaign)
    show = partial(_show, pages, services, principal, campaign)
    return await submit_action(pages, ON_CAMPAIGN, show, _to, target={"campaign": campaign}, asset=found.asset)


def _to(result: Campaign) -> str:
    return f"{CAMPAIGNS}/{result.id}"


@get("/campaigns/new", guards=[needs(Permission.POST)])
async def new_campaign(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form of a new campaign."""
    return await _form(pages)


async def _form(pages: Pages, *, status: int = 200, submission: Submission | None = None) -> Response[Any]:
    (form,) = action_forms(pages, [DRAFT], submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("reward/new.html", status=status, form=form, problem=problem)


@post("/campaigns/new", status_code=200, guards=[needs(Permission.POST)])
async def draft_campaign(pages: NamedDependency[Pages]) -> Response[Any]:
    """Draft a campaign."""
    return await submit_action(pages, [DRAFT], partial(_form, pages), _to)


handlers = (campaign_page, act_on_campaign, new_campaign, draft_campaign)
