"""What can be done to draws and prizes: who may, and what is asked."""

from canglian.bank.reward.draws.actions.draws import DRAFT, DRAWS, ON_DRAW
from canglian.bank.reward.draws.actions.wins import HAND_OVER, WINS

RESOURCES = (DRAWS, WINS)
"""The places of draws in the API."""

__all__ = ["DRAFT", "DRAWS", "HAND_OVER", "ON_DRAW", "RESOURCES", "WINS"]
