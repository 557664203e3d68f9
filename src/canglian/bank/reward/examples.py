"""Examples of bodies, links, and what the tags are about, for the API's description. Everybody in them is made up."""

from typing import Any

from canglian.bank.reward.draws import examples as draws
from canglian.bank.reward.points import examples as points

_WALLET = "wal_" + "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    **draws.EXAMPLES,
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
    "ReviseCampaignRequest": {
        "name": "春季品茗",
        "summary": "茶叶门店随机立减",
        "starts_at": "2098-03-20T00:00:00+08:00",
        "ends_at": "2098-04-20T00:00:00+08:00",
        "funders": [{"kind": "bank", "name": "本行", "share_bps": 10_000}],
        "offers": [
            {
                "kind": "random",
                "name": "随机立减",
                "tiers": [{"over": 2_000, "off": 100, "weight": 70}, {"over": 2_000, "off": 500, "weight": 30}],
                "stock": 1_000,
            }
        ],
    },
    "CopyCampaignRequest": {"name": "来年品茗", "starts_at": "2099-03-20T00:00:00+08:00"},
    "FundCampaignRequest": {"funder": 1, "amount": 2_500_000},
    "CampaignFundProposalRequest": {"funder": 1, "amount": 2_500_000, "reason": "商务局来函确认"},
    "PayBackFunderRequest": {"funder": 1},
    "ClaimCouponRequest": {"wallet": _WALLET},
    **points.EXAMPLES,
    "QuoteCoupons": {"order": "ord_" + "0" * 26, "wallets": [_WALLET]},
    "JoinTaskRequest": {"wallet": _WALLET},
    "InviteFriendsRequest": {"wallet": _WALLET},
    "AcceptInvitationRequest": {"wallet": _WALLET},
    "RedeemBenefitRequest": {"code": "318204775106", "merchant": "mer_" + "0" * 26},
}
"""An example by the name of the body's schema."""

TAGS = {
    "campaigns": "Campaigns with the money of their funders, what they offer, and the invitations of people.",
    "coupons": "Coupons of people, and quotes: which coupons pay for an order best, and why the others do not.",
    **draws.TAGS,
    **points.TAGS,
}

LINKS: dict[str, dict[str, str]] = {
    **draws.LINKS,
    "draftCampaign": {
        "estimateCampaign": "campaign",
        "getCampaign": "campaign",
        "fundCampaign": "campaign",
        "submitCampaign": "campaign",
    },
    "inviteFriends": {"getInvitation": "invitation", "acceptInvitation": "invitation"},
    **points.LINKS,
    "claimCoupon": {"getCoupon": "coupon", "voidCoupon": "coupon"},
    "quoteCoupons": {"getCouponQuote": "coupon_quote", "cancelCouponQuote": "coupon_quote"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
