"""The use cases of rewards, imported together so that they can be decided and replayed."""

import canglian.bank.reward.draws.commands  # noqa: F401  # pyright: ignore[reportUnusedImport] - draws are replayed, too
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
    SendBackCampaign,
    SettleCampaign,
    StartCampaign,
    SubmitCampaign,
)
from canglian.bank.reward.coupons.commands import ClaimCoupon, ExpireCoupons, VoidCoupon
from canglian.bank.reward.quotes.commands import CancelCouponQuote, ExpireCouponQuotes, QuoteCoupons

__all__ = [
    "ApproveCampaign",
    "CancelCouponQuote",
    "ClaimCoupon",
    "CopyCampaign",
    "DraftCampaign",
    "EndCampaign",
    "ExpireCouponQuotes",
    "ExpireCoupons",
    "FinishCampaign",
    "FundCampaign",
    "PauseCampaign",
    "PayBackFunder",
    "QuoteCoupons",
    "ResumeCampaign",
    "SendBackCampaign",
    "SettleCampaign",
    "StartCampaign",
    "SubmitCampaign",
    "VoidCoupon",
]
