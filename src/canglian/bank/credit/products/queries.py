"""Loan products as they are stored."""

from collections.abc import Callable, Sequence
from datetime import date

from canglian.bank.credit.benchmarks import queries as benchmarks
from canglian.bank.credit.benchmarks.model import BenchmarkRate
from canglian.bank.credit.products.business_days import business_days, years_of
from canglian.bank.credit.products.model import LoanHolidays, LoanProduct
from canglian.bank.settlement import queries as calendars
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.versions import versions as stored
from canglian.kernel.versions import in_force


async def versions(reader: Reader, book: int) -> list[LoanProduct]:
    """All versions, by code and the latest first."""
    return await stored(reader, book, LoanProduct)


async def on_offer(reader: Reader, book: int, today: date) -> list[LoanProduct]:
    """What can be applied for on a day, by code, each with the rate of that day."""
    by_code: dict[str, list[LoanProduct]] = {}
    for version in await versions(reader, book):
        by_code.setdefault(version.code, []).append(version)
    found = [in_force(each, today) for each in by_code.values()]
    return [
        product.replace(rate_ppm=await rate(reader, book, product, product.rate_ppm, today))
        for product in found
        if product is not None and product.active
    ]


async def product(reader: Reader, book: int, code: str, number: int) -> LoanProduct:
    """One version; NotFound ``loan_product.not_found``."""
    for version in await stored(reader, book, LoanProduct, code):
        if version.version == number:
            return version
    raise NotFound("loan_product.not_found", loan_product=code)


async def calendar(
    reader: Reader, book: int, asked: LoanProduct, start: date, months: int = 0
) -> Callable[[date], bool] | None:
    """The business days for a loan of a product that begins on a day; None where no instalment is moved.

    They reach to the end of the product's longest term, or of so many months where those are more.
    """
    if asked.holidays is LoanHolidays.NONE:
        return None
    years = await calendars.years_by_number(reader, book, years_of(start, max([months, *asked.terms])))
    return business_days(years.get)


async def rate(reader: Reader, book: int, asked: LoanProduct, agreed_ppm: int, day: date) -> int:
    """The yearly rate of a loan that is drawn on a day: the agreed one, or as the published one stands."""
    if asked.benchmark is None:
        return agreed_ppm
    return floating(asked, await benchmarks.versions(reader, book, asked.benchmark))(day)


def floating(asked: LoanProduct, published: Sequence[BenchmarkRate]) -> Callable[[date], int]:
    """The yearly rate of a floating product by days, where a rate was published."""

    def on(day: date) -> int:
        found = in_force(published, day)
        assert found is not None, "a product follows a rate that was published"
        return asked.floating_ppm(found.rate_ppm)

    return on
