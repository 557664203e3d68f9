"""How many random lives are lived: a few by ``make test``, all of them by ``make test-long``."""

import os
from collections.abc import Sequence

LONG = bool(os.environ.get("LONG"))


def seeds(known: Sequence[int]) -> Sequence[int]:
    """The seeds of a test: all that are known, or the first where time is short."""
    return known if LONG else known[:1]
