"""What can be done about points, one subject a file."""

from canglian.bank.reward.points.commands.awarding import AwardForEvent, AwardPoints, ImportPointAwards
from canglian.bank.reward.points.commands.deducting import SetPointDeduction
from canglian.bank.reward.points.commands.exchanging import ExchangePoints, ReturnExchange
from canglian.bank.reward.points.commands.expiring import ExpirePoints
from canglian.bank.reward.points.commands.schemes import (
    ApprovePointScheme,
    ClosePointScheme,
    DraftPointScheme,
    FundPointScheme,
    PayBackPointScheme,
)

__all__ = [
    "ApprovePointScheme",
    "AwardForEvent",
    "AwardPoints",
    "ClosePointScheme",
    "DraftPointScheme",
    "ExchangePoints",
    "ExpirePoints",
    "FundPointScheme",
    "ImportPointAwards",
    "PayBackPointScheme",
    "ReturnExchange",
    "SetPointDeduction",
]
