"""One campaign: where its money is, what it offers, its coupons, and what may be done now; the form of a new one."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.payment.queries import merchants
from canglian.bank.payment.queries import stores as store_query
from canglian.bank.reward.actions import COPY, FUND, ON_CAMPAIGN, REQUEST_FUND
from canglian.bank.reward.bounds.queries import BoundKind, BoundLeft
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
from canglian.web.actions import Action
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
        page_links=pages.links("campaign", identity),
        is_joined=any(identity in offer.audience.payees.lists for offer in whole.offers),
        offers=[
            (
                offer,
                tiers_in_words(offer.tiers, whole.campaign.asset, pages._),
                when_in_words(offer.audience, pages._),
            )
            for offer in whole.offers
        ],
        bounds=await _bounds(pages, services, book, whole),
        counts=[(state.value, *counts[state.value]) for state in CouponState if state.value in counts],
        coupons=await coupon_rows(reader, book, newest),
        history=await history(reader, book, f"campaign:{identity}"),
        forms=[
            form
            for action in ON_CAMPAIGN
            for form in action_forms(pages, [action], whole, choices=_choices(whole, action), submission=submission)
        ],
        copy=next(iter(action_forms(pages, [COPY], whole)), None) if principal.may(Permission.POST) else None,
        may_post=principal.may(Permission.POST),
        scales=await chart.scales(reader, book),
        may_act=principal.may(Permission.POST) or principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


async def _bounds(pages: Pages, services: Services, book: int, whole: CampaignWhole) -> list[tuple[BoundLeft, str]]:
    """What bounds a campaign, each with whose it is in words."""
    stores = [bound.of for bound in whole.bounds if bound.kind is BoundKind.STORE_BUDGET]
    names = await merchants.names(services.reader, book, stores)
    for store in stores:
        if store not in names:
            names[store] = (await store_query.store(services.reader, book, store)).name
    offers = {offer.id: offer.name for offer in whole.offers}

    def of(bound: BoundLeft) -> str:
        if bound.kind is BoundKind.CAP:
            return f"{offers[bound.offer or '']} · {pages._(f'cap.{bound.of}')}"
        return names.get(bound.of, bound.of)

    return [(bound, of(bound)) for bound in whole.bounds]


def _choices(whole: CampaignWhole, action: Action) -> dict[str, list[tuple[str, str]]]:
    """The funders of a campaign, as a form offers them: those that pay from no wallet, those that do, or all."""
    only = {FUND.name: False, REQUEST_FUND.name: True}.get(action.name)
    funders = [
        (str(place), funder.name)
        for place, funder in enumerate(whole.funders, 1)
        if only is None or only == (funder.wallet is not None)
    ]
    return {"funder": funders}


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

    def to(result: Campaign) -> str:
        if isinstance(result, ProposalStatus):
            return f"/console/proposals/{result.id}"
        return f"{CAMPAIGNS}/{result.id}" + ("/design" if result.id != campaign else "")

    return await submit_action(pages, [*ON_CAMPAIGN, COPY], show, to, target={"campaign": campaign}, asset=found.asset)


handlers = (campaign_page, act_on_campaign)
