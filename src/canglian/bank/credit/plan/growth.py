"""What a fen costs from one day to another, in whole parts."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from itertools import pairwise

from canglian.bank.credit.plan.day_counts import Position, position, year_length
from canglian.bank.credit.plan.terms import PPM, Terms


class Growth:
    """The interest on a fen between two days, in ``parts`` of a fen; it adds up wherever a period is split."""

    def __init__(self, terms: Terms, start: date) -> None:
        self.terms = terms
        self.start = start
        self.parts = year_length(terms.day_count) * PPM
        self._changes = [(change.on, change.rate_ppm) for change in terms.rate_changes]
        self._is_level = not self._changes and not terms.pauses

    @cached_property
    def position(self) -> Position:
        """Where days stand in the day count."""
        return position(self.terms, self.start)

    @cached_property
    def _steps(self) -> list[tuple[date, int]]:
        """The rate from each day on, with none while interest is paused."""
        pauses = self.terms.pauses
        days = {self.start, *(day for day, _ in self._changes)}
        days.update(day for pause in pauses for day in (pause.start, pause.end))
        return [
            (day, 0 if any(pause.start <= day < pause.end for pause in pauses) else self.rate_from(day))
            for day in sorted(days)
        ]

    def rate_from(self, day: date) -> int:
        """The agreed yearly rate of the day after ``day``."""
        rate = self.terms.rate_ppm
        for since, changed in self._changes:
            if since > day:
                break
            rate = changed
        return rate

    def rate_known(self, end: date) -> int:
        """The agreed yearly rate at the end of a period."""
        rate = self.terms.rate_ppm
        for since, changed in self._changes:
            if since >= end:
                break
            rate = changed
        return rate

    def changes_in(self, start: date, end: date) -> bool:
        """Whether the agreed rate changes in a period, its first moment with it."""
        return any(start <= day < end for day, _ in self._changes)

    def earned(self, start: date, end: date) -> int:
        """The interest on a fen for the days (start, end]."""
        if self._is_level:
            return self.terms.rate_ppm * (self.position(end) - self.position(start))
        return self._sum(start, end, self._steps)

    def agreed(self, start: date, end: date) -> int:
        """The same without pauses, by which instalments are levelled."""
        if not self.terms.pauses:
            return self.earned(start, end)
        return self._sum(start, end, [(self.start, self.terms.rate_ppm), *self._changes])

    def _sum(self, start: date, end: date, steps: list[tuple[date, int]]) -> int:
        total, at = 0, max(0, bisect_left(steps, (start, 1 << 62)) - 1)
        for place in range(at, len(steps)):
            since, rate = steps[place]
            until = steps[place + 1][0] if place + 1 < len(steps) else end
            low, high = max(since, start), min(until, end)
            if since >= end:
                break
            if low < high:
                total += rate * (self.position(high) - self.position(low))
        return total

    def weights(self, days: Iterable[date]) -> list[int]:
        """The positions that lie between days, one fewer than days."""
        places = list(map(self.position, days))
        return [after - before for before, after in pairwise(places)]
