"""The lists of campaigns and coupons."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import structs

from canglian.bank.party.queries import parties
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.model import CampaignState
from canglian.bank.reward.campaigns.queries import CampaignFilter
from canglian.bank.reward.coupons import queries as coupons
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.queries import CouponFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

CAMPAIGNS = "/console/campaigns"
COUPONS = "/console/coupons"
_READ = [needs(Permission.READ)]

_CAMPAIGN_LIST = ListSpec(
    "campaigns",
    "Campaigns",
    "What is on and what is planned: whose money pays for it, and what of it is left.",
    [
        Column("name", "Name", phone=True),
        Column("state", "State", "state", phone=True),
        Column("starts_at", "Claims from", "when", sort="starts_at", phone=True),
        Column("ends_at", "Claims until", "until"),
        Column("unreserved", "Not reserved", "money"),
        Column("reserved", "Reserved", "money"),
        Column("spent", "Spent", "money", phone=True),
        Column("id", "Id", "code", sort="id"),
    ],
    [Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in CampaignState])],
    href=CAMPAIGNS + "/{id}",
    empty="No campaign has been drafted yet.",
    sort="-id",
)
_COUPON_LIST = ListSpec(
    "coupons",
    "Coupons",
    "Who has claimed what, until when it is used, and what it took off.",
    [
        Column("offer_name", "Coupon", phone=True),
        Column("campaign_name", "Campaign"),
        Column("holder_name", "Holder", phone=True),
        Column("state", "State", "state", phone=True),
        Column("amount", "Takes off at most", "money"),
        Column("used", "Took off", "money", phone=True),
        Column("expires_at", "Expires", "until"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in CouponState]),
        Filter("campaign", "Campaign", pick="campaign"),
        Filter("offer", "Offer", by_link=True),
        Filter("party", "Customer", pick="party"),
        Filter("payment", "Payment", pick="payment"),
    ],
    href=COUPONS + "/{id}",
    empty="No coupon has been claimed yet.",
    sort="-id",
)
_NEW = PageLink("Draft a campaign", f"{CAMPAIGNS}/new", "plus", Permission.POST)


@get("/campaigns", guards=_READ)
async def list_campaigns(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All campaigns."""
    reader, book = services.reader, principal.book
    asked = asked_for(CampaignFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await campaigns.campaigns(reader, book, asked, order)
        rows = [
            {**structs.asdict(campaign), **_sums(await campaigns.money(reader, book, campaign))}
            for campaign in page.items
        ]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _CAMPAIGN_LIST, read_page, actions=[_NEW], scales=await chart.scales(reader, book))


def _sums(money: Sequence[Any]) -> dict[str, int]:
    names = ("unreserved", "reserved", "spent")
    return {name: sum(getattr(funder, name) for funder in money) for name in names}


@get("/coupons", guards=_READ)
async def list_coupons(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All coupons."""
    reader, book = services.reader, principal.book
    asked = asked_for(CouponFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await coupons.coupons(reader, book, asked, order)
        return Page(await coupon_rows(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _COUPON_LIST, read_page, scales=await chart.scales(reader, book))


async def coupon_rows(reader: Reader, book: int, found: Sequence[Coupon]) -> list[dict[str, Any]]:
    """Coupons with the names of their holders, offers and campaigns."""
    holders = await parties.names(reader, book, [coupon.party for coupon in found])
    offers = await campaigns.offer_names(reader, book, [coupon.offer for coupon in found])
    names = await campaigns.names(reader, book, [coupon.campaign for coupon in found])
    assets = await campaigns.assets(reader, book, [coupon.campaign for coupon in found])
    return [
        {
            **structs.asdict(coupon),
            "holder_name": holders.get(coupon.party, coupon.party),
            "offer_name": offers.get(coupon.offer, coupon.offer),
            "campaign_name": names.get(coupon.campaign, coupon.campaign),
            "asset": assets.get(coupon.campaign, "CNY"),
        }
        for coupon in found
    ]


handlers = (list_campaigns, list_coupons)
