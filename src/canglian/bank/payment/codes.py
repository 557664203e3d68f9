"""The digits of an order, as a payer scans or types them: eighteen, of the same form as a wallet's, begun by ``48``."""

from typing import Final

BEGINNING: Final = "48"
DIGITS: Final = 18
CHANCE: Final = DIGITS - len(BEGINNING) - 1
"""How many of them are chance; the last one is a check digit."""
