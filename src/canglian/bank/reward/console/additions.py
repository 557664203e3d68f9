"""What the search finds of campaigns and coupons; a customer's coupons; campaigns that wait to be approved."""

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.bank.reward.console.lists import CAMPAIGNS, COUPONS, coupon_rows
from canglian.bank.reward.console.quotes import QUOTES
from canglian.bank.reward.coupons import queries as coupons
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.coupons.queries import CouponFilter
from canglian.bank.reward.designing.form import FUNDERS_MAX, OFFERS_MAX
from canglian.bank.reward.draws.console import additions as draws
from canglian.bank.reward.quotes import queries as quotes
from canglian.bank.reward.segments.picking import PICK as SEGMENTS
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Excerpt, Pick, Picked, Rows, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services

_CAMPAIGN = (
    Column("name", "Name", phone=True),
    Column("state", "State", "state", phone=True),
    Column("starts_at", "Claims from", "when"),
)
_COUPON = (
    Column("id", "Id", "code", phone=True),
    Column("state", "State", "state", phone=True),
    Column("expires_at", "Expires", "until"),
)
_QUOTE = (
    Column("id", "Id", "code", phone=True),
    Column("state", "State", "state", phone=True),
    Column("quoted_at", "When", "when"),
)
_OF_PARTY = (
    Column("offer_name", "Coupon", phone=True),
    Column("state", "State", "state", phone=True),
    Column("used", "Took off", "money"),
    Column("expires_at", "Expires", "until", phone=True),
)


async def _of_party(reader: Reader, book: int, party: str) -> Rows:
    page = await coupons.coupons(reader, book, CouponFilter(party=party), Order(limit=SHOWN_MAX))
    rows = await coupon_rows(reader, book, page.items)
    return Rows(rows, await chart.scales(reader, book), more=page.next_cursor is not None)


async def _in_review(services: Services, principal: Principal) -> int:
    return await campaigns.count(services.reader, principal.book, CampaignState.REVIEW, WAITING_MAX)


async def _none(*_: object) -> list[Picked]:
    """Nothing more: the room of wallets finds them."""
    return []


FINDS = (
    *draws.FINDS,
    found_by_id("cmp", "Campaigns", _CAMPAIGN, campaigns.campaign, CAMPAIGNS + "/{id}", named=Campaign),
    found_by_id("cqt", "Quotes of coupons", _QUOTE, quotes.quote, QUOTES + "/{id}"),
    found_by_id("cpn", "Coupons", _COUPON, coupons.coupon, COUPONS + "/{id}", receipts_of=Coupon),
)
SECTIONS = {
    "party": (Excerpt("Coupons", _OF_PARTY, _of_party, COUPONS + "/{id}", COUPONS + "?party={}"), draws.OF_PARTY),
}
WAITING = (Waiting("Campaigns to approve", f"{CAMPAIGNS}?state=review", _in_review, Permission.APPROVE), *draws.WAITING)
PICKS = (
    Pick("wallet", "", _none, _none, tuple(f"f{place}_wallet" for place in range(1, FUNDERS_MAX + 1))),
    Pick("merchant", "", _none, _none, tuple(f"o{place}_merchant" for place in range(1, OFFERS_MAX + 1))),
    SEGMENTS,
    *draws.PICKS,
)
