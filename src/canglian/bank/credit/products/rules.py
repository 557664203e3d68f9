"""Which version of a loan product is in force."""

from datetime import date
from typing import Final

from canglian.bank.credit.benchmarks.rules import RATES
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

RATE_MAX = 360_000
"""The highest yearly rate in millionths: 36 %."""

PRODUCTS: Final = Versioned(LoanProduct, "code", lambda _book, _code: ())


def product_in_force(book: Book, code: str) -> LoanProduct:
    """The version that is in force on the business date and can be applied for.

    Rejects ``loan_product.not_found`` and ``loan_product.ended``.
    """
    product = PRODUCTS.get(book, code)
    if not product.active:
        book.reject("loan_product.ended", loan_product=code, field="product")
    return product


def rate_on(book: Book, product: LoanProduct, day: date) -> int:
    """The yearly rate that a floating product comes to on a day. Rejects ``benchmark_rate.not_found``."""
    assert product.benchmark is not None
    return product.floating_ppm(RATES.get(book, product.benchmark, day).rate_ppm)


def rate_today(book: Book, product: LoanProduct, agreed_ppm: int) -> int:
    """The yearly rate of a loan that is drawn today by a contract: the agreed one, or as the published one stands."""
    return rate_on(book, product, book.today) if product.is_floating else agreed_ppm
