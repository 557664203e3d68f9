"""What a bureau sees, and the bank beside it: its budgets, and where each yuan went: campaign, merchant, payment.

A login of the role of a visitor sees the bureaus that name it, and nothing else of the bank.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.payment.queries import merchants
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.model import Campaign
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart
from canglian.scenario.shopping.actions import CHANGE_BUREAU, OPEN_BUREAU
from canglian.scenario.shopping.console.files import CAMPAIGNS, MERCHANTS, PAYMENTS, as_file
from canglian.scenario.shopping.console.lists import BUREAUS
from canglian.scenario.shopping.console.paging import part
from canglian.scenario.shopping.model import Bureau
from canglian.scenario.shopping.queries import money
from canglian.scenario.shopping.queries.effect import effect_of
from canglian.scenario.shopping.queries.money import (
    BureauCampaign,
    BureauFilter,
    BureauMoney,
    places_of,
)
from canglian.scenario.shopping.rules import local_date
from canglian.web.console import Chart, Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.charts import Series
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

MINE = "/console/my-bureaus"
DRAWN_MAX = 12
"""How many campaigns the chart shows."""

_VISIT = [needs(Permission.VISIT)]


async def _seen(services: Services, principal: Principal, identity: str) -> Bureau:
    """A bureau that this login may see. NotFound ``season_bureau.not_found`` for all others."""
    bureau = await money.bureau(services.reader, principal.book, identity)
    if not principal.may(Permission.READ) and not _is_bound(bureau, principal):
        raise NotFound("season_bureau.not_found", season_bureau=identity)
    return bureau


def _is_bound(bureau: Bureau, principal: Principal) -> bool:
    return principal.kind == "user" and principal.actor in {f"user:{login}" for login in bureau.logins}


async def _paid_for(services: Services, principal: Principal, bureau: Bureau, identity: str) -> Campaign:
    """A campaign for which a bureau pays. NotFound ``campaign.not_found`` for all others."""
    found = await campaigns.campaign(services.reader, principal.book, identity)
    if not places_of(found, bureau.wallets):
        raise NotFound("campaign.not_found", campaign=identity)
    return found


@get("/my-bureaus", guards=_VISIT)
async def my_bureaus(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any] | Redirect:
    """The bureaus of this login; the only one is shown at once."""
    asked = BureauFilter(login=principal.actor.removeprefix("user:"))
    found = (await money.bureaus(services.reader, principal.book, asked, Order(limit=LIMIT_MAX))).items
    mine = [bureau for bureau in found if _is_bound(bureau, principal)]
    if len(mine) == 1:
        return Redirect(f"{BUREAUS}/{mine[0].id}", status_code=303)
    return await pages.render("shopping/my_bureaus.html", bureaus=mine)


@get("/season-bureaus/{season_bureau:str}", guards=_VISIT)
async def bureau_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_bureau: FromPath[str],
) -> Response[Any]:
    """The budgets of a bureau; as CSV with ``?format=csv``."""
    await _seen(services, principal, season_bureau)
    if pages.request.query_params.get("format") == "csv":
        found = await money.whole(services.reader, principal.book, season_bureau)
        return as_file(pages, CAMPAIGNS, found.campaigns, "bureau-campaigns")
    return await _show(pages, services, principal, season_bureau)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    found = await money.whole(services.reader, principal.book, identity)
    administers = principal.may(Permission.ADMINISTER)
    await pages.picks.show("wallets", "wallet", " ".join(found.bureau.wallets), many=True)
    initial = {
        "name": found.bureau.name,
        "wallets": " ".join(found.bureau.wallets),
        "logins": " ".join(found.bureau.logins),
    }
    forms = action_forms(pages, [CHANGE_BUREAU], found.bureau, initial=initial, submission=submission)
    return await pages.render(
        "shopping/bureau.html",
        status=status,
        found=found,
        part=part(found.campaigns, pages.request.query_params, "campaigns"),
        drawn=_drawn(pages, found),
        forms=forms if administers else [],
        scales=await chart.scales(services.reader, principal.book),
        now=utc_now(),
        problem=None if submission is None else submission.problem,
    )


def _drawn(pages: Pages, found: BureauMoney) -> Chart:
    rows = sorted(found.campaigns, key=lambda row: -row.funded)[:DRAWN_MAX]
    names = ("Spent", "Reserved", "Not reserved")
    return Chart(
        pages._("Budgets and what was spent of them"),
        _named(rows),
        [
            Series(pages._(name), [getattr(row, field) for row in rows])
            for name, field in zip(names, ("spent", "reserved", "unreserved"), strict=True)
        ],
        kind="bar",
        lying=True,
        unit=pages._("yuan"),
        currency="¥",
        scale=2,
        note=pages._("From the accounts of the ledger, the largest budgets first."),
    )


def _named(rows: Sequence[BureauCampaign]) -> list[str]:
    """The campaigns' names; of two with one name each has its year."""
    count = Counter(row.name for row in rows)
    return [f"{row.name} {local_date(row.starts_at).year}" if count[row.name] > 1 else row.name for row in rows]


@post("/season-bureaus/{season_bureau:str}", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def act_on_bureau(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_bureau: FromPath[str],
) -> Response[Any]:
    """Change a bureau."""
    await money.bureau(services.reader, principal.book, season_bureau)
    show = partial(_show, pages, services, principal, season_bureau)
    to = f"{BUREAUS}/{season_bureau}"
    return await submit_action(pages, [CHANGE_BUREAU], show, to, target={"bureau": season_bureau})


@get("/season-bureaus/{season_bureau:str}/campaigns/{campaign:str}", guards=_VISIT)
async def bureau_campaign(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_bureau: FromPath[str],
    campaign: FromPath[str],
) -> Response[Any]:
    """Where a bureau's money of a campaign went, by merchant; as CSV with ``?format=csv``."""
    bureau = await _seen(services, principal, season_bureau)
    found = await _paid_for(services, principal, bureau, campaign)
    rows = await money.by_merchant(services.reader, principal.book, campaign, places_of(found, bureau.wallets))
    if pages.request.query_params.get("format") == "csv":
        return as_file(pages, MERCHANTS, rows, "bureau-merchants")
    whole = await money.whole(services.reader, principal.book, season_bureau)
    mine = [row for row in whole.campaigns if row.campaign == campaign]
    of_all, now = await campaigns.whole(services.reader, principal.book, campaign), utc_now()
    return await pages.render(
        "shopping/bureau_campaign.html",
        bureau=bureau,
        campaign=found,
        rows=rows,
        spent=sum(row.spent for row in mine),
        shared=sum(row.share for row in rows),
        effect=await effect_of(services.standby, principal.book, of_all, now),
        scales=await chart.scales(services.reader, principal.book),
        now=now,
    )


@get("/season-bureaus/{season_bureau:str}/campaigns/{campaign:str}/merchants/{merchant:str}", guards=_VISIT)
async def bureau_merchant(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_bureau: FromPath[str],
    campaign: FromPath[str],
    merchant: FromPath[str],
) -> Response[Any]:
    """Where a bureau's money of a campaign went at a merchant, by payment; as CSV with ``?format=csv``."""
    bureau = await _seen(services, principal, season_bureau)
    found = await _paid_for(services, principal, bureau, campaign)
    places = places_of(found, bureau.wallets)
    rows = await money.by_payment(services.reader, principal.book, campaign, merchant, places)
    if not rows:
        raise NotFound("merchant.not_found", merchant=merchant)
    if pages.request.query_params.get("format") == "csv":
        return as_file(pages, PAYMENTS, rows, "bureau-payments")
    return await pages.render(
        "shopping/bureau_merchant.html",
        bureau=bureau,
        campaign=found,
        merchant=await merchants.merchant(services.reader, principal.book, merchant),
        rows=rows,
        shared=sum(row.share for row in rows),
        scales=await chart.scales(services.reader, principal.book),
        now=utc_now(),
    )


@get("/season-bureaus/new", guards=[needs(Permission.ADMINISTER)])
async def new_bureau(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form of a new bureau."""
    return await _form(pages)


async def _form(pages: Pages, *, status: int = 200, submission: Submission | None = None) -> Response[Any]:
    (form,) = action_forms(pages, [OPEN_BUREAU], submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("shopping/new.html", status=status, form=form, problem=problem)


def _to(result: Bureau) -> str:
    return f"{BUREAUS}/{result.id}"


@post("/season-bureaus/new", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def open_bureau(pages: NamedDependency[Pages]) -> Response[Any]:
    """Enter a bureau."""
    return await submit_action(pages, [OPEN_BUREAU], partial(_form, pages), _to)


handlers = (
    my_bureaus,
    bureau_page,
    act_on_bureau,
    bureau_campaign,
    bureau_merchant,
    new_bureau,
    open_bureau,
)
