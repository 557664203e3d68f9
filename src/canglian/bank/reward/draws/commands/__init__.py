"""The use cases of draws, one subject a file."""

from canglian.bank.reward.draws.commands.drafting import (
    ApproveDraw,
    ChangeDraw,
    DraftDraw,
    DropDraw,
    SendBackDraw,
    SubmitDraw,
)
from canglian.bank.reward.draws.commands.holding import (
    ConfirmDraw,
    ConfirmFigure,
    DrawByBeacon,
    FreezeDraw,
    RevealDraw,
    RevealSecondSeed,
    StateFigure,
)
from canglian.bank.reward.draws.commands.joining import AddEntrants, JoinDraw
from canglian.bank.reward.draws.commands.prizes import ClaimPrize, HandOverPrize, LapsePrizes

__all__ = [
    "AddEntrants",
    "ApproveDraw",
    "ChangeDraw",
    "ClaimPrize",
    "ConfirmDraw",
    "ConfirmFigure",
    "DraftDraw",
    "DrawByBeacon",
    "DropDraw",
    "FreezeDraw",
    "HandOverPrize",
    "JoinDraw",
    "LapsePrizes",
    "RevealDraw",
    "RevealSecondSeed",
    "SendBackDraw",
    "StateFigure",
    "SubmitDraw",
]
