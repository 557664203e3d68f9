"""The machine words of this room that people read."""

from canglian.bank.purpose.moving import CODES as _CODES

CODES = tuple(_CODES.values())
"""What transfers of this room are for."""
