"""The use cases of rewards, imported together so that they can be decided and replayed."""

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

__all__ = [
    "ApproveCampaign",
    "ClaimCoupon",
    "CopyCampaign",
    "DraftCampaign",
    "EndCampaign",
    "ExpireCoupons",
    "FinishCampaign",
    "FundCampaign",
    "PauseCampaign",
    "PayBackFunder",
    "ResumeCampaign",
    "SendBackCampaign",
    "SettleCampaign",
    "StartCampaign",
    "SubmitCampaign",
    "VoidCoupon",
]
