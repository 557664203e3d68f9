"""What ends a loan on a day, and what is left of its plan after a part is paid back or its terms change."""

import enum
from datetime import date

import msgspec
from msgspec.structs import replace

from canglian.bank.credit.plan.accruing import accrued, earned, periods
from canglian.bank.credit.plan.checks import check_terms
from canglian.bank.credit.plan.dates import Calendar, due_days, moved
from canglian.bank.credit.plan.growth import Growth
from canglian.bank.credit.plan.planning import LEVEL, planned
from canglian.bank.credit.plan.rounding import rounded
from canglian.bank.credit.plan.rows import Instalment, Opening
from canglian.bank.credit.plan.schedules import Schedule
from canglian.bank.credit.plan.terms import PPM, Drawdown, Method, PlannedDate, Terms
from canglian.kernel.errors import Rejection


class Keep(enum.Enum):
    """What stays as it was after a prepayment."""

    INSTALMENT = "instalment"
    """The instalments: the term becomes shorter (缩短期限)."""
    TERM = "term"
    """The term: the instalments become lower (减少月供)."""


class Payoff(msgspec.Struct, frozen=True):
    """What is owed on a day by who has paid all that was due until then, in fen.

    ``interest`` is that of all days until this one, with what another pays of it (``subsidy``); ``fee`` with the one
    for paying early, ``early_fee``. ``ended``: principal of a period that is over and is due later: it is not early.
    """

    on: date
    principal: int
    interest: int
    fee: int
    subsidy: int
    early_fee: int = 0
    ended: int = 0

    @property
    def total(self) -> int:
        """What the borrower pays."""
        return self.principal + self.interest + self.fee - self.subsidy


class Prepaid(msgspec.Struct, frozen=True):
    """What a payment on a day was for, and the plan that is left; None where nothing is.

    ``saved``: the interest that is not to be paid any more.
    """

    on: date
    principal: int
    interest: int
    fee: int
    subsidy: int
    schedule: Schedule | None
    saved: int

    @property
    def total(self) -> int:
        """What was paid."""
        return self.principal + self.interest + self.fee - self.subsidy


def payoff(schedule: Schedule, on: date) -> Payoff:
    """What ends a loan on a day. Rejects ``loan_plan.before_start`` and ``loan_plan.after_end``."""
    _require_inside(schedule, on)
    terms = schedule.terms
    principal = schedule.opening.balance + sum(drawn.amount for drawn in schedule.drawdowns if drawn.on <= on)
    interest = schedule.opening.deferred + accrued(schedule, on)
    fee = ended = 0
    for row in schedule.instalments:
        if row.due <= on:
            principal -= row.principal
            interest -= row.interest
        elif row.end <= on:
            ended += row.principal
            fee += row.fee
    interest = max(interest, 0)
    early = rounded((principal - ended) * terms.fees.early_ppm, PPM, terms.rounding)
    return Payoff(on, principal, interest, fee + early, interest * terms.subsidy_ppm // PPM, early, ended)


def prepaid(schedule: Schedule, on: date, amount: int, keep: Keep = Keep.INSTALMENT) -> Prepaid:
    """Pay an amount back on a day: what is due and the interest to this day first, then principal with its fee.

    Whoever pays again on the same day pays no interest again. Rejects ``loan_plan.before_start``,
    ``loan_plan.after_end``, ``loan_plan.prepayment_too_small`` and ``loan_plan.prepayment_too_large``.
    """
    owed = payoff(schedule, on)
    day = on.isoformat()
    if amount > owed.total:
        raise Rejection("loan_plan.prepayment_too_large", day=day, amount=owed.total, asset="CNY")
    before = _interest_left(schedule, on)
    if amount == owed.total:
        return Prepaid(on, owed.principal, owed.interest, owed.fee, owed.subsidy, None, before - owed.interest)
    due_fee = owed.fee - owed.early_fee
    first = owed.interest - owed.subsidy + due_fee + owed.ended
    principal = (amount - first) * PPM // (PPM + schedule.terms.fees.early_ppm)
    if principal <= 0 or not _left(schedule, on):
        raise Rejection("loan_plan.prepayment_too_small", day=day, amount=first, asset="CNY")
    balance = owed.principal - owed.ended - principal
    if keep is Keep.INSTALMENT:
        after = _shortened(schedule, on, balance)
    else:
        after = reopened(schedule, on, balance=balance, deferred=0)
    fee = amount - first - principal + due_fee
    saved = before - owed.interest - after.interest
    return Prepaid(on, principal + owed.ended, owed.interest, fee, owed.subsidy, after, saved)


def reopened(
    schedule: Schedule,
    on: date,
    *,
    balance: int | None = None,
    deferred: int | None = None,
    terms: Terms | None = None,
    calendar: Calendar | None = None,
) -> Schedule:
    """The plan from a day on, for another balance or by other terms: rescheduled, extended, or after a prepayment.

    ``balance``: the principal that is owed on this day, without later drawdowns; ``deferred``: interest until then that
    is due with the next instalment. Both are by default as planned, with all paid that was due. ``terms`` may have more
    or fewer instalments, whose days are then those of the terms as ``calendar`` moves them; else days stay.
    Rejects ``loan_plan.before_start``, ``loan_plan.after_end`` and the codes of ``schedule``.
    """
    owed = payoff(schedule, on) if balance is None or deferred is None else None
    if owed is not None:
        balance = owed.principal if balance is None else balance
        deferred = owed.interest if deferred is None else deferred
    assert balance is not None
    assert deferred is not None
    changed = schedule.terms if terms is None else terms
    check_terms(changed, schedule.start)
    days = [(row.end, row.due) for row in _left(schedule, on)]
    is_same = changed.instalments == schedule.terms.instalments and changed.dates == schedule.terms.dates
    if not is_same:
        found = due_days(changed, schedule.start)
        dues = moved(found, schedule.start, changed.holidays, calendar)
        ends = dues if changed.moved_interest else found
        days = [(end, due) for end, due in zip(ends, dues, strict=True) if end > on and due > on]
        if not days:
            raise Rejection("loan_plan.after_end", day=on.isoformat(), end=dues[-1].isoformat())
        number = len(ends) - len(days)
    else:
        number = _left(schedule, on)[0].number - 1
    return _reopened(schedule, on, changed, Opening(on, balance, 0, number, deferred), days)


def _reopened(schedule: Schedule, on: date, terms: Terms, opening: Opening, days: list[tuple[date, date]]) -> Schedule:
    paid = [row.end for row in schedule.instalments if row.due <= on]
    drawn = schedule.opening.drawn + sum(each.amount for each in schedule.drawdowns if each.on <= on)
    opening = replace(opening, on=max(on, *paid) if paid else on, drawn=drawn)
    later = tuple(each for each in schedule.drawdowns if each.on > on)
    if terms.balloon > opening.balance + sum(each.amount for each in later):
        terms = replace(terms, balloon=opening.balance)
    ends, dues = [end for end, _ in days], [due for _, due in days]
    rows = planned(terms, Growth(terms, schedule.start), opening, later, ends, dues)
    return Schedule(terms, schedule.start, opening, later, rows)


def _shortened(schedule: Schedule, on: date, balance: int) -> Schedule:
    """The plan that goes on with the same instalments until nothing is owed.

    A plan by dates that is not wholly drawn yet keeps all of its days.
    """
    terms, left = schedule.terms, _left(schedule, on)
    number = left[0].number - 1
    later = [drawn for drawn in schedule.drawdowns if drawn.on > on]
    if terms.method is Method.BY_DATES and not later:
        dates = _dates_from_the_end(terms, left, balance)
        terms = replace(terms, dates=dates)
        days = [(row.end, row.due) for row in left[: len(dates) - number]]
        return _reopened(schedule, on, terms, Opening(on, balance, number=number), days)
    each = _kept(schedule, left)
    if each is None:
        return reopened(schedule, on, balance=balance, deferred=0)
    count = _count(schedule, on, balance, each, left, later)
    terms = replace(terms, instalments=number + count)
    days = [(row.end, row.due) for row in left[:count]]
    return _reopened(schedule, on, terms, Opening(on, balance, number=number, level=each), days)


def _kept(schedule: Schedule, left: list[Instalment]) -> int | None:
    """The sum of an instalment that is kept, or its principal; None where a method keeps none."""
    terms = schedule.terms
    if terms.method not in LEVEL and terms.method is not Method.EQUAL_PRINCIPAL:
        return None
    growth = Growth(terms, schedule.start)
    numbers = {row.number for row in left[:-1] if row.number > terms.grace_principal}
    found = next((period for period in periods(schedule) if period.row.number in numbers), None)
    if found is None:
        return None
    interest = earned(terms, growth, found, found.row.end) if terms.method in LEVEL else 0
    return found.row.principal + interest


def _count(schedule: Schedule, on: date, balance: int, each: int, left: list[Instalment], later: list[Drawdown]) -> int:
    """How many instalments of a sum, or of a principal, it takes until nothing is owed."""
    terms = schedule.terms
    growth, start = Growth(terms, schedule.start), on
    is_level = terms.method in LEVEL
    for count, row in enumerate(left, 1):
        interest = 0
        if is_level and row.number > terms.interest_free:
            interest = rounded(balance * growth.earned(start, row.end), growth.parts, terms.rounding)
        drawn = [each for each in later if start <= each.on < row.end]
        balance += sum(drawdown.amount for drawdown in drawn)
        has_more = any(drawdown.on >= row.end for drawdown in later)
        start = row.end
        if row.number <= terms.grace_principal or has_more:
            continue
        if balance + interest <= each:
            return count
        balance -= min(max(each - interest, 0), balance)
    return len(left)


def _dates_from_the_end(terms: Terms, left: list[Instalment], balance: int) -> tuple[PlannedDate, ...]:
    """The days of a plan by dates that are still needed, each with the principal that it had."""
    dates = list(terms.dates[: left[0].number - 1])
    for row in left:
        principal = min(row.principal, balance)
        dates.append(PlannedDate(terms.dates[row.number - 1].due, principal))
        balance -= principal
        if not balance:
            break
    return tuple(dates)


def _left(schedule: Schedule, on: date) -> list[Instalment]:
    """The instalments whose period is not over, and which are not paid."""
    return [row for row in schedule.instalments if row.number and row.end > on and row.due > on]


def _interest_left(schedule: Schedule, on: date) -> int:
    """All interest that is not paid by a day, if nothing changes."""
    return sum(row.interest for row in schedule.instalments if row.due > on)


def _require_inside(schedule: Schedule, on: date) -> None:
    begins, ends = schedule.opening.on, schedule.end
    if on < begins:
        raise Rejection("loan_plan.before_start", day=on.isoformat(), start=begins.isoformat())
    if on >= ends:
        raise Rejection("loan_plan.after_end", day=on.isoformat(), end=ends.isoformat())
