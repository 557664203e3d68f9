"""Which version of a loan product is in force."""

from typing import Final

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
