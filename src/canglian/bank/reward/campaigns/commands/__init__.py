"""The use cases of campaigns, one subject a file."""

from canglian.bank.reward.campaigns.commands.drafting import CopyCampaign, DraftCampaign
from canglian.bank.reward.campaigns.commands.funding import FundCampaign, PayBackFunder
from canglian.bank.reward.campaigns.commands.reviewing import ApproveCampaign, SendBackCampaign, SubmitCampaign
from canglian.bank.reward.campaigns.commands.revising import ReviseCampaign
from canglian.bank.reward.campaigns.commands.running import (
    EndCampaign,
    FinishCampaign,
    PauseCampaign,
    ResumeCampaign,
    SettleCampaign,
    StartCampaign,
)

__all__ = [
    "ApproveCampaign",
    "CopyCampaign",
    "DraftCampaign",
    "EndCampaign",
    "FinishCampaign",
    "FundCampaign",
    "PauseCampaign",
    "PayBackFunder",
    "ResumeCampaign",
    "ReviseCampaign",
    "SendBackCampaign",
    "SettleCampaign",
    "StartCampaign",
    "SubmitCampaign",
]
