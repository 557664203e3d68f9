"""The machine words of this room that people read."""

from canglian.bank.wallet.model import ExchangeDirection, MoveKind

CODES = (
    *(f"wallet.{one.value}" for one in MoveKind if one is not MoveKind.REVERSAL),
    *(f"wallet.exchange_{one.value}" for one in ExchangeDirection),
)
"""What transfers of this room are for."""
