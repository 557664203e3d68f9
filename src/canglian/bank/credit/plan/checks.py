"""Terms that cannot be planned are refused, each by its own code."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from canglian.bank.credit.plan.dates import month_day
from canglian.bank.credit.plan.planning import LEVEL
from canglian.bank.credit.plan.terms import (
    EARLIEST,
    INSTALMENTS_MAX,
    LATEST,
    PPM,
    RATE_MAX,
    YEARS_MAX,
    Drawdown,
    Method,
    MonthEnd,
    Terms,
    Unit,
)
from canglian.kernel.errors import Rejection
from canglian.kernel.values import AMOUNT_MAX

_DAYS = {Unit.MONTH: 28, Unit.WEEK: 7, Unit.DAY: 1}


def check_start(start: date) -> None:
    """Refuse a day on which no loan begins. Rejects ``loan_plan.start_invalid``."""
    if not EARLIEST <= start <= LATEST:
        raise Rejection("loan_plan.start_invalid", earliest=EARLIEST.isoformat(), latest=LATEST.isoformat())


def check_terms(terms: Terms, start: date) -> None:
    """Refuse terms that make no plan from a day on. Rejects ``loan_plan.…`` codes."""
    check_start(start)
    if not 0 < terms.principal <= AMOUNT_MAX:
        raise Rejection("loan_plan.principal_invalid", limit=AMOUNT_MAX, asset="CNY")
    if not 0 <= terms.rate_ppm <= RATE_MAX:
        raise Rejection("loan_plan.rate_invalid", most_bps=RATE_MAX // 100)
    if terms.method is Method.BY_DATES:
        _check_dates(terms, start)
    elif not 0 < terms.instalments <= INSTALMENTS_MAX:
        raise Rejection("loan_plan.instalments_invalid", most=INSTALMENTS_MAX)
    elif terms.dates:
        raise Rejection("loan_plan.dates_invalid", start=start.isoformat())
    elif terms.every < 1 or terms.instalments * terms.every * _DAYS[terms.unit] > YEARS_MAX * 366:
        raise Rejection("loan_plan.term_invalid", most=YEARS_MAX)
    if terms.first_due is not None and not start < terms.first_due <= _years_after(start):
        raise Rejection("loan_plan.first_due_invalid", start=start.isoformat())
    _check_grace(terms)
    if terms.balloon and not (
        0 < terms.balloon < terms.principal and (terms.method in LEVEL or terms.method is Method.EQUAL_PRINCIPAL)
    ):
        raise Rejection("loan_plan.balloon_invalid")
    if terms.method is Method.BALLOON and not terms.balloon:
        raise Rejection("loan_plan.balloon_invalid")
    fees = terms.fees
    shares = (terms.down_payment_ppm, terms.subsidy_ppm, fees.upfront_ppm, fees.each_ppm, fees.early_ppm)
    if not 0 <= min(shares) <= max(shares) <= PPM or min(fees.upfront, fees.each) < 0:
        raise Rejection("loan_plan.share_invalid")
    if max(fees.upfront, fees.each) > AMOUNT_MAX:
        raise Rejection("loan_plan.share_invalid")
    if terms.rate_changes or terms.pauses:
        _check_changes(terms, start)


def check_drawdowns(terms: Terms, start: date, drawdowns: Sequence[Drawdown], end: date) -> None:
    """Refuse drawdowns that a loan from ``start`` to ``end`` cannot have. Rejects ``loan_plan.drawdowns_invalid``."""
    days = [drawdown.on for drawdown in drawdowns]
    amounts = [drawdown.amount for drawdown in drawdowns]
    if not days or days != sorted(days) or days[0] < start or days[-1] >= end or min(amounts) <= 0:
        raise Rejection("loan_plan.drawdowns_invalid")
    if sum(amounts) > terms.principal or sum(amounts) <= terms.balloon:
        raise Rejection("loan_plan.drawdowns_invalid")


def _check_dates(terms: Terms, start: date) -> None:
    days = [start, *(planned.due for planned in terms.dates)]
    weights = [planned.weight for planned in terms.dates]
    if len(days) < 2 or len(weights) > INSTALMENTS_MAX or any(b <= a for a, b in pairwise(days)):
        raise Rejection("loan_plan.dates_invalid", start=start.isoformat())
    if min(weights) < 0 or not 0 < sum(weights) <= AMOUNT_MAX or days[-1] > _years_after(start):
        raise Rejection("loan_plan.dates_invalid", start=start.isoformat())


def _check_grace(terms: Terms) -> None:
    graces = (terms.grace_principal, terms.grace_interest, terms.interest_free)
    if graces == (0, 0, 0):
        return
    count = len(terms.dates) if terms.method is Method.BY_DATES else terms.instalments
    if min(graces) < 0 or max(graces) >= count or terms.method is Method.BULLET:
        raise Rejection("loan_plan.grace_invalid", instalments=count)


def _check_changes(terms: Terms, start: date) -> None:
    days = [start, *(change.on for change in terms.rate_changes)]
    is_sound = all(a < b for a, b in pairwise(days)) and len(days) <= INSTALMENTS_MAX
    before = start
    for pause in terms.pauses:
        is_sound = is_sound and before <= pause.start < pause.end
        before = pause.end
    if not is_sound:
        raise Rejection("loan_plan.rate_changes_invalid")
    if not all(0 <= change.rate_ppm <= RATE_MAX for change in terms.rate_changes):
        raise Rejection("loan_plan.rate_invalid", most_bps=RATE_MAX // 100)


def _years_after(start: date) -> date:
    return month_day(start.year + YEARS_MAX, start.month, start.day, MonthEnd.CLAMP)
