"""A plan of instalments: what it is, and how one is made."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from canglian.bank.credit.plan.checks import check_drawdowns, check_terms
from canglian.bank.credit.plan.dates import Calendar, due_days, moved
from canglian.bank.credit.plan.growth import Growth
from canglian.bank.credit.plan.planning import planned
from canglian.bank.credit.plan.returns import xirr
from canglian.bank.credit.plan.rounding import rounded
from canglian.bank.credit.plan.rows import Instalment, Opening
from canglian.bank.credit.plan.terms import PPM, Drawdown, Terms


class Schedule(msgspec.Struct, frozen=True):
    """The instalments of a loan from ``opening.on`` on.

    ``start`` is the day on which the loan began; a plan that goes on after a prepayment opens later, with a balance.
    ``drawdowns`` are those that ``opening`` does not have in its balance.
    """

    terms: Terms
    start: date
    opening: Opening
    drawdowns: tuple[Drawdown, ...]
    instalments: tuple[Instalment, ...]
    upfront_fee: int = 0

    @property
    def principal(self) -> int:
        """All principal that is paid back."""
        return sum(row.principal for row in self.instalments)

    @property
    def interest(self) -> int:
        """All interest, with what another pays of it."""
        return sum(row.interest for row in self.instalments)

    @property
    def subsidy(self) -> int:
        """What another pays of the interest."""
        return sum(row.subsidy for row in self.instalments)

    @property
    def fees(self) -> int:
        """All fees."""
        return self.upfront_fee + sum(row.fee for row in self.instalments)

    @property
    def total(self) -> int:
        """All that the borrower pays."""
        return self.upfront_fee + sum(row.total for row in self.instalments)

    @property
    def end(self) -> date:
        """The day on which the last instalment is due."""
        return self.instalments[-1].due

    def flows(self) -> list[tuple[date, int]]:
        """What the borrower receives and, below nothing, pays, by days."""
        got = [(self.opening.on, self.opening.balance)] if self.opening.balance else []
        got += [(drawdown.on, drawdown.amount) for drawdown in self.drawdowns]
        if self.upfront_fee:
            got.append((got[0][0], -self.upfront_fee))
        return got + [(row.due, -row.total) for row in self.instalments]

    def annual_rate(self) -> Decimal:
        """The yearly rate of return by days (XIRR), with all fees and without what another pays: 0.06 is 6 %."""
        return xirr(self.flows())


def schedule(
    terms: Terms, start: date, drawdowns: Sequence[Drawdown] | None = None, calendar: Calendar | None = None
) -> Schedule:
    """Plan a loan that begins on a day; without ``drawdowns`` all of its principal is drawn then.

    ``calendar`` says of a day whether it is a business day; without it no day is moved. Rejects ``loan_plan.…`` codes.
    """
    drawn = (Drawdown(start, terms.principal),) if drawdowns is None else tuple(drawdowns)
    check_terms(terms, start)
    days = due_days(terms, start)
    dues = moved(days, start, terms.holidays, calendar)
    ends = dues if terms.moved_interest else days
    check_drawdowns(terms, start, drawn, ends[-1])
    opening = Opening(start)
    rows = planned(terms, Growth(terms, start), opening, drawn, ends, dues)
    fees = terms.fees
    upfront = fees.upfront
    if fees.upfront_ppm:
        upfront += rounded(terms.principal * fees.upfront_ppm, PPM, terms.rounding)
    return Schedule(terms, start, opening, drawn, rows, upfront)
