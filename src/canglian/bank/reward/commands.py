"""The use cases of rewards, imported together so that they can be decided and replayed."""

import canglian.bank.reward.draws.commands  # noqa: F401  # pyright: ignore[reportUnusedImport] - draws are replayed, too
from canglian.bank.reward.benefits.commands import RedeemBenefit
from canglian.bank.reward.campaigns.commands import (
    ApproveCampaign,
    CopyCampaign,
    DraftCampaign,
    EndCampaign,
    FinishCampaign,
    FundCampaign,
    PauseCampaign,
    PayBackFunder,
    ResumeCampaign,
    ReviseCampaign,
    SendBackCampaign,
    SettleCampaign,
    StartCampaign,
    SubmitCampaign,
)
from canglian.bank.reward.coupons.commands import ClaimCoupon, ExpireCoupons, VoidCoupon
from canglian.bank.reward.earning.commands import AcceptInvitation, InviteFriends, JoinTask
from canglian.bank.reward.points.commands import (
    ApprovePointScheme,
    AwardForEvent,
    AwardPoints,
    ClosePointScheme,
    DraftPointScheme,
    ExchangePoints,
    ExpirePoints,
    FundPointScheme,
    ImportPointAwards,
    PayBackPointScheme,
    ReturnExchange,
)
from canglian.bank.reward.quotes.commands import CancelCouponQuote, ExpireCouponQuotes, QuoteCoupons
from canglian.bank.reward.typed_codes.commands import CountTypedCode

__all__ = [
    "AcceptInvitation",
    "ApproveCampaign",
    "ApprovePointScheme",
    "AwardForEvent",
    "AwardPoints",
    "CancelCouponQuote",
    "ClaimCoupon",
    "ClosePointScheme",
    "CopyCampaign",
    "CountTypedCode",
    "DraftCampaign",
    "DraftPointScheme",
    "EndCampaign",
    "ExchangePoints",
    "ExpireCouponQuotes",
    "ExpireCoupons",
    "ExpirePoints",
    "FinishCampaign",
    "FundCampaign",
    "FundPointScheme",
    "ImportPointAwards",
    "InviteFriends",
    "JoinTask",
    "PauseCampaign",
    "PayBackFunder",
    "PayBackPointScheme",
    "QuoteCoupons",
    "RedeemBenefit",
    "ResumeCampaign",
    "ReturnExchange",
    "ReviseCampaign",
    "SendBackCampaign",
    "SettleCampaign",
    "StartCampaign",
    "SubmitCampaign",
    "VoidCoupon",
]
