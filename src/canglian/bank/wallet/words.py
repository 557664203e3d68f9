"""The machine words of this room that people read."""

from canglian.bank.wallet.model import ExchangeDirection, MoveKind

CODES = (
    *(f"wallet.{kind.value}" for kind in MoveKind if kind is not MoveKind.REVERSAL),
    *(f"wallet.exchange_{direction.value}" for direction in ExchangeDirection),
)
"""What transfers of this room are for."""
