"""Codes that somebody shows and another types: wrong ones are counted, so that none is found by trying.

They are counted by the prize, or by who types the code of a benefit, in the memory of this process.
"""

from canglian.kernel.errors import Busy, declare
from canglian.web.rates import Buckets
from canglian.web.services import Services

declare({"typed_code.often": "Too many wrong codes were typed; try again in {retry_after} seconds."})

WRONG_BURST = 10
"""How many wrong codes are looked at, one after the other."""

WRONG_PER_SECOND = 1 / 60
"""How many more there may be for long."""


class TypedCodes:
    """How many wrong codes there were of a prize, or of somebody who types them."""

    def __init__(self, services: Services, name: str) -> None:
        counts = services.memory.get("typed_codes")
        if counts is None:
            counts = services.memory["typed_codes"] = Buckets(WRONG_PER_SECOND, WRONG_BURST)
        self._counts: Buckets = counts
        self._name = name

    def check(self) -> None:
        """Busy ``typed_code.often``, before a code is looked at."""
        wait = self._counts.lacks(self._name)
        if wait:
            raise Busy("typed_code.often", retry_after=wait)

    def fail(self) -> None:
        """Count a wrong code."""
        self._counts.take(self._name)
