"""The terms of a merchant in force, and until which date a settlement reaches by its cycle."""

from datetime import date, timedelta

from canglian.bank.settlement.calendar import YearOf, business_day_after, day_in
from canglian.bank.settlement.settling.model import SettlementTerms
from canglian.kernel.book import Book

CYCLE = 1
"""Business days after which what is paid is settled, for a merchant that has no terms of its own."""

MINIMUM = 1
CYCLE_MAX = 10


def terms_of(book: Book, merchant: str) -> SettlementTerms:
    """The terms of a merchant; the first ones where nobody has set any."""
    return book.maybe(SettlementTerms, merchant) or SettlementTerms(
        merchant, CYCLE, MINIMUM, None, book.now, "system:settlement"
    )


def settled_until(years: YearOf, day: date, cycle: int) -> date:
    """The last business date whose payments are settled on a business day, after ``cycle`` business days.

    T+0 settles the day itself and the days off before it; T+1 all before the day; each further day one business day
    less.
    """
    if cycle == 0:
        return day
    first = day if cycle == 1 else business_day_after(years, day, 1 - cycle).day
    return first - timedelta(days=1)


def settles_on(years: YearOf, day: date, cycle: int) -> date:
    """On which business date what is paid on a day is settled."""
    if cycle == 0:
        return day if day_in(years, day).is_business_day else business_day_after(years, day).day
    return business_day_after(years, day, cycle).day
