"""The instalments of a plan, one after the other."""

from collections.abc import Sequence
from datetime import date

from canglian.bank.credit.plan.growth import Growth
from canglian.bank.credit.plan.levels import level, run, spread
from canglian.bank.credit.plan.rounding import rounded
from canglian.bank.credit.plan.rows import Instalment, Opening
from canglian.bank.credit.plan.terms import NO_FEES, PPM, DayCount, Drawdown, Holidays, Method, Terms, Unit

LEVEL = frozenset({Method.EQUAL_INSTALMENTS, Method.BALLOON})
"""The methods by which instalments are the same sum."""

_WHOLE_MONTHS = LEVEL | {Method.EQUAL_PRINCIPAL, Method.INTEREST_ONLY}


def planned(
    terms: Terms,
    growth: Growth,
    opening: Opening,
    drawdowns: Sequence[Drawdown],
    ends: Sequence[date],
    dues: Sequence[date],
) -> tuple[Instalment, ...]:
    """The instalments from an opening on, with those that lie before ``ends`` done."""
    return tuple(_Planner(terms, growth, opening, drawdowns, ends, dues).rows())


class _Planner:
    """A plan while it is made: the balance, what is deferred, and the level in force."""

    def __init__(
        self,
        terms: Terms,
        growth: Growth,
        opening: Opening,
        drawdowns: Sequence[Drawdown],
        ends: Sequence[date],
        dues: Sequence[date],
    ) -> None:
        self.terms = terms
        self.growth = growth
        self.opening = opening
        self.drawdowns = drawdowns
        self.ends = ends
        self.dues = dues
        self.balance = opening.balance
        self.drawn = opening.drawn
        self.deferred = opening.deferred
        self.each = opening.level or 0
        self.is_known = opening.level is not None
        self._weights: list[int] | None = None

    def rows(self) -> list[Instalment]:
        """All instalments, and down payments on their days."""
        terms, growth, ends, opening = self.terms, self.growth, self.ends, self.opening
        parts, rounding, done, count = growth.parts, terms.rounding, opening.number, len(ends)
        free, grace = terms.interest_free - done, terms.grace_principal - done
        is_level = terms.method in LEVEL
        is_steady = not terms.rate_changes and not terms.pauses and free <= 0
        drawdowns, place = self.drawdowns, 0
        rows = list[Instalment]()
        start = opening.on
        for index in range(count):
            end = ends[index]
            if is_steady:
                earned = terms.rate_ppm * self.weights()[index]
            else:
                earned = 0 if index < free else growth.earned(start, end)
            owed = self.balance * earned
            if index and growth.changes_in(start, end):
                self.is_known = False
            drawn_inside = list[tuple[int, date]]()
            while place < len(drawdowns) and drawdowns[place].on < end:
                drawdown = drawdowns[place]
                place += 1
                net = self._draw(drawdown, rows)
                if drawdown.on <= start:
                    owed += net * earned
                elif index >= free:
                    owed += net * growth.earned(drawdown.on, end)
                    drawn_inside.append((net, drawdown.on))
            interest = rounded(owed, parts, rounding)
            if index == count - 1:
                principal = self.balance
            elif index < grace:
                principal = 0
            elif is_level:
                if not self.is_known:
                    if terms.pauses:
                        owed = self._agreed(index, start, end, drawn_inside)
                    known = self._growths(index, end)
                    found = self._level(owed, known)
                    if is_steady and place == len(drawdowns):
                        self._append_all(rows, index, start, found)
                        return rows
                principal = min(max(self.each - interest, 0), self.balance)
            else:
                principal = self._principal(index, max(index, grace))
            self._append(rows, index, start, interest, principal)
            start = end
        return rows

    def _draw(self, drawdown: Drawdown, rows: list[Instalment]) -> int:
        """Take a drawdown in; its down payment is a row of its own. The principal that stays owed."""
        terms = self.terms
        down = rounded(drawdown.amount * terms.down_payment_ppm, PPM, terms.rounding) if terms.down_payment_ppm else 0
        self.drawn += drawdown.amount
        self.balance += drawdown.amount - down
        self.is_known = self.opening.level is not None and drawdown.on <= self.opening.on
        if down:
            on = drawdown.on
            rows.append(Instalment(0, on, on, on, down, 0, 0, self.balance))
        return drawdown.amount - down

    def weights(self) -> list[int]:
        """The positions of each period."""
        if self._weights is None:
            terms, opening = self.terms, self.opening
            regular = (
                terms.day_count is DayCount.MONTHLY
                and terms.unit is Unit.MONTH
                and terms.first_due is None
                and terms.method in _WHOLE_MONTHS
                and (terms.holidays is Holidays.NONE or not terms.moved_interest)
                and opening.on == self.growth.start
            )
            if regular:
                self._weights = [30 * terms.every] * len(self.ends)
            else:
                self._weights = self.growth.weights([opening.on, *self.ends])
        return self._weights

    def _agreed(self, index: int, start: date, end: date, inside: list[tuple[int, date]]) -> int:
        """The interest of a period as if none were paused, in parts."""
        if index < self.terms.interest_free - self.opening.number:
            return 0
        before = self.balance - sum(net for net, _ in inside)
        grown = sum(net * self.growth.agreed(on, end) for net, on in inside)
        return before * self.growth.agreed(start, end) + grown

    def _growths(self, index: int, end: date) -> list[int]:
        """What a fen grows by in the periods after one, as far as the rate is known at its end."""
        rate = self.growth.rate_known(end)
        growths = [rate * weight for weight in self.weights()[index + 1 :]]
        free = self.terms.interest_free - self.opening.number
        for later in range(min(free - index - 1, len(growths))):
            growths[later] = 0
        return growths

    def _level(self, owed: int, growths: list[int]) -> tuple[list[int], list[int]]:
        """Set the level by which the balance comes to its end; the instalments that it makes."""
        terms, parts = self.terms, self.growth.parts
        left, rounding = terms.balloon, terms.rounding
        self.each = level(self.balance * parts + owed, growths, parts, left, rounding)
        interest = rounded(owed, parts, rounding)
        self.is_known = True
        if not terms.spread:
            return run(self.balance, interest, growths, parts, self.each, rounding)
        self.each, found = spread(self.balance, interest, growths, parts, self.each, left, rounding)
        return found

    def _principal(self, index: int, first: int) -> int:
        """The principal of an instalment that is no level and not the last one."""
        terms, count = self.terms, len(self.ends)
        if terms.method is Method.BY_DATES:
            weights = [planned.weight for planned in terms.dates[self.opening.number :]][index:]
            whole = sum(weights)
            return rounded(self.balance * weights[0], whole, terms.rounding) if whole else 0
        if terms.method is not Method.EQUAL_PRINCIPAL:
            return 0
        if not self.is_known:
            self.each = rounded(max(self.balance - terms.balloon, 0), count - first, terms.rounding)
            self.is_known = True
        return min(self.each, self.balance)

    def _append(self, rows: list[Instalment], index: int, start: date, interest: int, principal: int) -> None:
        """One instalment, with what is deferred, fees and what another pays."""
        terms, opening = self.terms, self.opening
        self.balance -= principal
        number = opening.number + index + 1
        interest += self.deferred
        if number <= terms.grace_interest and index < len(self.ends) - 1:
            interest, self.deferred = 0, interest
        else:
            self.deferred = 0
        fees = terms.fees
        fee = fees.each + (rounded(self.drawn * fees.each_ppm, PPM, terms.rounding) if fees.each_ppm else 0)
        subsidy = interest * terms.subsidy_ppm // PPM if terms.subsidy_ppm else 0
        end, due = self.ends[index], self.dues[index]
        rows.append(Instalment(number, start, end, due, principal, interest, fee, self.balance, subsidy))

    def _append_all(self, rows: list[Instalment], index: int, start: date, found: tuple[list[int], list[int]]) -> None:
        """The instalments of a level up to the last one, when nothing changes it any more."""
        terms, number = self.terms, self.opening.number + index + 1
        if terms.fees == NO_FEES and not (terms.subsidy_ppm or self.deferred or number <= terms.grace_interest):
            left = self.balance
            for interest, principal, end, due in zip(*found, self.ends[index:], self.dues[index:], strict=True):
                left -= principal
                rows.append(Instalment(number, start, end, due, principal, interest, 0, left))
                start = end
                number += 1
            return
        for place, (interest, principal) in enumerate(zip(*found, strict=True), index):
            self._append(rows, place, start, interest, principal)
            start = self.ends[place]
