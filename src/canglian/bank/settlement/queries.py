"""What the calendar's screens and API read."""

from collections.abc import Iterable
from datetime import date

import msgspec

from canglian.bank.settlement.calendar import BusinessDay, YearOf, business_day_after, day_in
from canglian.bank.settlement.model import YEAR_FIRST, YEAR_LAST, CalendarYear
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_keys, listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_number

YEARS_MAX = 200


class YearFilter(msgspec.Struct, frozen=True):
    """Which years: all of them."""


_YEARS = listing(CalendarYear, by_number("year"))


async def years(reader: Reader, book: int, asked: YearFilter, order: Order) -> Page[CalendarYear]:
    """A page of the years in the calendar, the last one first."""
    return await _YEARS.page(reader, book, Where("book = $1"), order)


async def year(reader: Reader, book: int, number: int | str) -> CalendarYear:
    """A year; NotFound ``calendar_year.not_found``."""
    if not str(number).isdecimal():
        raise NotFound("calendar_year.not_found", calendar_year=number)
    return await one(reader, book, CalendarYear, int(number))


async def year_or_none(reader: Reader, book: int, number: int) -> CalendarYear | None:
    """A year, None where it is not in the calendar yet."""
    return (await years_by_number(reader, book, [number])).get(number)


async def years_by_number(reader: Reader, book: int, numbers: Iterable[int]) -> dict[int, CalendarYear]:
    """Those of some years that are in the calendar."""
    return {found.year: found for found in await by_keys(reader, book, CalendarYear, list(numbers))}


async def around(reader: Reader, book: int, day: date) -> tuple[BusinessDay, BusinessDay, BusinessDay]:
    """The business day before a day, the day itself, and the business day after it.

    NotFound ``calendar_year.not_found`` for a day of a year that no calendar has.
    """
    if not YEAR_FIRST <= day.year <= YEAR_LAST:
        raise NotFound("calendar_year.not_found", calendar_year=day.year)
    years: YearOf = (await years_by_number(reader, book, range(day.year - 1, day.year + 2))).get
    return business_day_after(years, day, -1), day_in(years, day), business_day_after(years, day)
