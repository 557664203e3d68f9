"""``/v1/campaigns``, ``/v1/campaign-offers`` and ``/v1/coupons``: lists, and things by their ids."""

from typing import Annotated

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.campaigns.queries import CampaignFilter, CampaignOfferFilter, CampaignWhole
from canglian.bank.reward.coupons import queries as coupons
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.coupons.queries import CouponFilter
from canglian.bank.reward.estimating.api import estimate_campaign
from canglian.web.listing import get_route, list_route
from canglian.web.operations import id_path

CampaignPath = Annotated[str, id_path("cmp", "The campaign's id.")]
CampaignOfferPath = Annotated[str, id_path("cof", "The id of a campaign's offer.")]
CouponPath = Annotated[str, id_path("cpn", "The coupon's id.")]

_CAMPAIGN = "A campaign with where its funders' money is, and what it offers."

CAMPAIGNS = (
    list_route(
        Campaign, campaigns.campaigns, CampaignFilter, "listCampaigns", "campaigns", "List campaigns, newest first."
    ),
    get_route("campaign", CampaignPath, CampaignWhole, campaigns.whole, "getCampaign", _CAMPAIGN),
    estimate_campaign,
)
OFFERS = (
    list_route(
        CampaignOffer,
        campaigns.offers,
        CampaignOfferFilter,
        "listCampaignOffers",
        "campaign-offers",
        "List what campaigns offer, newest first.",
    ),
    get_route(
        "campaign_offer",
        CampaignOfferPath,
        CampaignOffer,
        campaigns.offer,
        "getCampaignOffer",
        "What a campaign offers.",
    ),
)
COUPONS = (
    list_route(Coupon, coupons.coupons, CouponFilter, "listCoupons", "coupons", "List coupons, newest first."),
    get_route("coupon", CouponPath, Coupon, coupons.coupon, "getCoupon", "A coupon."),
)
