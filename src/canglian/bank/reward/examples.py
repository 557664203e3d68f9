"""Examples of bodies, links, and what the tag is about, for the API's description. Everybody in them is made up."""

from typing import Any

_WALLET = "wal_" + "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "DraftCampaign": {
        "name": "春季品茗",
        "summary": "茶叶门店满 100 减 25",
        "starts_at": "2098-03-20T00:00:00+08:00",
        "ends_at": "2098-04-20T00:00:00+08:00",
        "funders": [{"kind": "bank", "name": "本行", "share_bps": 10_000}],
        "offers": [
            {
                "kind": "spend_and_save",
                "name": "满 100 减 25",
                "tiers": [{"over": 10_000, "off": 2_500}],
                "stock": 1_000,
            }
        ],
    },
    "CopyCampaignRequest": {"name": "来年品茗", "starts_at": "2099-03-20T00:00:00+08:00"},
    "FundCampaignRequest": {"funder": 1, "amount": 2_500_000},
    "PayBackFunderRequest": {"funder": 1},
    "ClaimCouponRequest": {"wallet": _WALLET},
}
"""An example by the name of the body's schema."""

TAGS = {"rewards": "Campaigns with the money of their funders, what they offer, and the coupons of people."}

LINKS: dict[str, dict[str, str]] = {
    "draftCampaign": {"getCampaign": "campaign", "fundCampaign": "campaign", "submitCampaign": "campaign"},
    "claimCoupon": {"getCoupon": "coupon", "voidCoupon": "coupon"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
