"""The live board of a season's campaign: how far the money goes, claims and uses by hour and store, its merchants."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.queries import merchants
from canglian.bank.reward.actions import PAUSE, RESUME
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.model import CampaignState
from canglian.bank.reward.campaigns.queries import CampaignWhole
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger.queries import chart
from canglian.scenario.shopping.actions import INVITE, ON_PART
from canglian.scenario.shopping.console.theme import PLACES
from canglian.scenario.shopping.model import SeasonMerchant
from canglian.scenario.shopping.queries import board, parts, seasons
from canglian.scenario.shopping.queries.board import HOURS_MAX, Hour
from canglian.scenario.shopping.queries.parts import PartFilter
from canglian.web.console import Chart, Pages
from canglian.web.console.actions import FormView, Submission, action_forms, submit_action
from canglian.web.console.charts import Series
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_ON_CAMPAIGN = (PAUSE, RESUME)
_OVER = (CampaignState.ENDED, CampaignState.SETTLED)


class Merchant(msgspec.Struct, frozen=True):
    """A merchant in the campaign, and what may be done about it."""

    part: SeasonMerchant
    name: str
    mall: str
    note: str
    """The id of its open note for risk, where it has one."""
    forms: list[FormView]


@get("/season-campaigns/{season_campaign:str}", guards=[needs(Permission.READ)])
async def place_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_campaign: FromPath[str],
) -> Response[Any]:
    """The board of a campaign of a season."""
    return await _show(pages, services, principal, season_campaign)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book, now = services.reader, principal.book, utc_now()
    place = await seasons.place(reader, book, identity)
    theme = await seasons.theme(reader, book, place.theme)
    season = await seasons.season(reader, book, place.season)
    whole = await campaigns.whole(reader, book, place.campaign)
    hours = await board.hours(reader, book, place.campaign, now - timedelta(hours=HOURS_MAX))
    used_at = await board.stores(reader, book, place.campaign)
    malls = {mall.code: mall.name for mall in season.malls}
    asset = whole.campaign.asset
    return await pages.render(
        "shopping/place.html",
        status=status,
        place=place,
        theme=theme,
        season=season,
        whole=whole,
        campaign=whole.campaign,
        over=whole.campaign.state in _OVER,
        budget=sum(funder.funded for funder in whole.funders),
        reserved=sum(funder.reserved for funder in whole.funders),
        spent=sum(funder.spent for funder in whole.funders),
        claimed=sum(offer.taken for offer in whole.offers),
        stock=sum(offer.stock for offer in whole.offers),
        used=sum(offer.used for offer in whole.offers),
        forecast=board.foreseen(whole.campaign, whole.offers, whole.funders, hours, now),
        by_hour=_by_hour(pages, hours, now),
        burn=_burn(pages, hours, whole, now),
        by_store=_by_store(pages, used_at),
        now=now,
        merchants=await _merchants(pages, services, principal, identity, malls, submission),
        invite=action_forms(pages, [INVITE], place, submission=submission),
        pause=action_forms(pages, _ON_CAMPAIGN, whole, submission=submission),
        unit=asset,
        scales=await chart.scales(reader, book),
        may_act=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


async def _merchants(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    malls: dict[str, str],
    submission: Submission | None,
) -> list[Merchant]:
    page = await parts.parts(services.reader, principal.book, PartFilter(place=identity), Order(limit=LIMIT_MAX))
    names = await merchants.names(services.reader, principal.book, [part.merchant for part in page.items])
    noted = await parts.open_notes_about(services.reader, principal.book, list(names))
    return [
        Merchant(
            part,
            names.get(part.merchant, part.merchant),
            malls.get(part.mall or "", ""),
            noted.get(part.merchant, ""),
            action_forms(pages, ON_PART, part, target={"part": part.id}, submission=submission),
        )
        for part in page.items
    ]


def _all_hours(found: Sequence[Hour], now: datetime) -> list[Hour]:
    """Every hour from the first one in which anything happened until now."""
    if not found:
        return []
    known = {hour.begin: hour for hour in found}
    first, last = found[0].begin, now.replace(minute=0, second=0, microsecond=0)
    count = int((last - first).total_seconds() // 3600) + 1
    begins = [first + timedelta(hours=turn) for turn in range(max(count, 1))]
    return [known.get(begin, Hour(begin)) for begin in begins]


def _labels(hours: Sequence[Hour]) -> list[str]:
    return [f"{hour.begin.astimezone(SHANGHAI):%m-%d %H:00}" for hour in hours]


def _by_hour(pages: Pages, found: Sequence[Hour], now: datetime) -> Chart:
    hours = _all_hours(found, now)
    series = [
        Series(pages._("Claimed"), [hour.claims for hour in hours]),
        Series(pages._("Used"), [hour.uses for hour in hours]),
    ]
    note = pages._(
        "Coupons by the hour in which they were claimed, and by that of the payment in which they were used."
    )
    return Chart(
        pages._("Coupons claimed and used by the hour"),
        _labels(hours),
        series,
        kind="bar",
        unit=pages._("coupons"),
        note=note,
    )


def _burn(pages: Pages, found: Sequence[Hour], whole: CampaignWhole, now: datetime) -> Chart:
    """What coupons took off so far, at the end of each hour: it ends at what is spent now."""
    hours = _all_hours(found, now)
    spent = sum(funder.spent for funder in whole.funders)
    left = spent - sum(hour.discount for hour in hours)
    totals: list[int] = []
    for hour in hours:
        left += hour.discount
        totals.append(left)
    return Chart(
        pages._("What coupons took off so far"),
        _labels(hours),
        [Series(pages._("Spent"), totals)],
        unit=pages._("yuan"),
        currency="¥",
        scale=2,
        note=pages._("All funders together, less what refunds gave back."),
    )


def _by_store(pages: Pages, found: Sequence[board.StoreUse]) -> Chart:
    return Chart(
        pages._("Where coupons were used"),
        [f"{row.name} {row.store or ''}".strip() for row in found],
        [Series(pages._("Discounts"), [row.discount for row in found])],
        kind="bar",
        lying=True,
        unit=pages._("yuan"),
        currency="¥",
        scale=2,
        note=pages._(
            "Stores of the merchants, by what coupons took off there; orders that name no store under the merchant."
        ),
    )


@post("/season-campaigns/{season_campaign:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_place(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_campaign: FromPath[str],
) -> Response[Any]:
    """Pause claims, take them again, invite a merchant, agree to one or decline it, take one out."""
    place = await seasons.place(services.reader, principal.book, season_campaign)
    show = partial(_show, pages, services, principal, season_campaign)
    actions = (*_ON_CAMPAIGN, INVITE, *ON_PART)
    target = {"campaign": place.campaign, "place": season_campaign}
    return await submit_action(pages, actions, show, f"{PLACES}/{season_campaign}", target=target)


handlers = (place_page, act_on_place)
