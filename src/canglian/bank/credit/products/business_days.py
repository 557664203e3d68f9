"""The business days by which a loan's instalments are moved, where its product says so."""

from collections.abc import Callable
from datetime import date

from canglian.bank.credit.products.model import LoanHolidays, LoanProduct
from canglian.bank.settlement import CalendarYear
from canglian.bank.settlement.calendar import YearOf, day_in
from canglian.kernel.book import Book

MONTHS_OF_A_YEAR = 12


def calendar_of(book: Book, product: LoanProduct, start: date, months: int) -> Callable[[date], bool] | None:
    """The calendar of a book for a loan that begins on a day; None where nothing is moved."""
    if product.holidays is LoanHolidays.NONE:
        return None
    years = years_of(start, months)
    book.require([(CalendarYear, year) for year in years])
    return business_days(lambda year: book.maybe(CalendarYear, year))


def years_of(start: date, months: int) -> range:
    """The years of a term, with those into which its first and last day may be moved."""
    return range(start.year - 1, start.year + months // MONTHS_OF_A_YEAR + 3)


def business_days(years: YearOf) -> Callable[[date], bool]:
    """Whether a day is a business day."""
    return lambda day: day_in(years, day).is_business_day
