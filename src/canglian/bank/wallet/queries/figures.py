"""The products and figures of wallets, by version."""

from datetime import date

from canglian.bank.wallet.model import WalletPolicy, WalletProduct
from canglian.bank.wallet.rules import first_policy, first_products
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.values import utc_now


async def products(reader: Reader, book: int) -> list[WalletProduct]:
    """All versions of all products, by code, newest first; those that a book begins with where it has none yet."""
    found = await stored.versions(reader, book, WalletProduct)
    known = {version.code for version in found}
    first = [product for product in first_products(utc_now()) if product.code not in known]
    return sorted([*found, *first], key=lambda product: (product.code, -product.version))


async def policies(reader: Reader, book: int) -> list[WalletPolicy]:
    """All versions of the figures, newest first; the first one where a book has none yet."""
    return await stored.versions(reader, book, WalletPolicy) or [first_policy(utc_now())]


async def policy_on(reader: Reader, book: int, day: date) -> WalletPolicy:
    """The figures that apply on a day."""
    found = await policies(reader, book)
    return next((version for version in found if version.effective_from <= day), found[-1])
