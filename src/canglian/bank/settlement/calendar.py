"""Which days are business days: weekends, holidays, and the weekend days that are worked in exchange.

A year that is not gazetted yet goes by weekends alone, and its days are *unconfirmed*: good for a forecast, refused as
a value date that cannot be taken back.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated

import msgspec

from canglian.bank.settlement.model import CalendarYear
from canglian.kernel.book import Book
from canglian.kernel.fields import doc

SATURDAY = 5
STEPS_MAX = 60
"""No run of days off is longer than this."""

YearOf = Callable[[int], CalendarYear | None]
"""Gives a year of the calendar, None where it is not gazetted."""


class BusinessDay(msgspec.Struct, frozen=True):
    """What the calendar says of a day."""

    day: Annotated[date, doc("The day.")]
    is_business_day: Annotated[bool, doc("Whether banks settle on it.")]
    confirmed: Annotated[bool, doc("Whether its year is gazetted; else weekends alone decide.")]
    name: Annotated[str | None, doc("The holiday that it belongs to, or null.")]


def day_in(years: YearOf, day: date) -> BusinessDay:
    """What the calendar says of a day."""
    year, written = years(day.year), day.isoformat()
    if year is None:
        return BusinessDay(day, day.weekday() < SATURDAY, False, None)
    if written in year.holidays:
        return BusinessDay(day, False, True, year.holidays[written])
    if written in year.workdays:
        return BusinessDay(day, True, True, year.workdays[written])
    return BusinessDay(day, day.weekday() < SATURDAY, True, None)


def business_day_after(years: YearOf, day: date, count: int = 1) -> BusinessDay:
    """The ``count``-th business day after a day; before it where ``count`` is negative."""
    step, found = timedelta(days=1 if count > 0 else -1), day_in(years, day)
    for _ in range(abs(count)):
        found = _next(years, found.day, step)
    return found


def _next(years: YearOf, day: date, step: timedelta) -> BusinessDay:
    for _ in range(STEPS_MAX):
        day += step
        found = day_in(years, day)
        if found.is_business_day:
            return found
    raise AssertionError(f"no business day near {day}")


# -- for decisions -------------------------------------------------------------------------------------------------


def business_day(book: Book, day: date) -> BusinessDay:
    """What the calendar of a book says of a day."""
    return day_in(_years(book), day)


def next_business_day(book: Book, day: date, count: int = 1) -> BusinessDay:
    """The ``count``-th business day after a day."""
    return business_day_after(_years(book), day, count)


def following_day(book: Book, day: date) -> date:
    """The business day after a day, by which the business date goes on."""
    return next_business_day(book, day).day


def require_business_day(book: Book, day: date, field: str = "day") -> None:
    """Refuse a day as a value date that cannot be taken back.

    Rejects ``calendar.no_business_day`` with the next one, and ``calendar.unconfirmed``.
    """
    found = business_day(book, day)
    if not found.confirmed:
        book.reject("calendar.unconfirmed", day=day.isoformat(), field=field)
    if not found.is_business_day:
        following = next_business_day(book, day).day
        book.reject("calendar.no_business_day", day=day.isoformat(), next_day=following.isoformat(), field=field)


def _years(book: Book) -> YearOf:
    return lambda year: book.maybe(CalendarYear, year)
