"""The products and figures of wallets, by version."""

from datetime import date

from canglian.bank.wallet.model import WalletPolicy, WalletProduct
from canglian.bank.wallet.rules import first_policy, first_products, newest
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import quoted, shape
from canglian.kernel.values import utc_now

LISTED_MAX = 500


async def products(reader: Reader, book: int) -> list[WalletProduct]:
    """All versions of all products, by code, newest first; those that a book begins with where it has none yet."""
    form = shape(WalletProduct)
    sql = (
        f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1 "
        f"ORDER BY code, version DESC LIMIT {LISTED_MAX}"
    )
    stored = [form.make(row) for row in await reader.rows(sql, book)]
    known = {one.code for one in stored}
    first = [one for one in first_products(utc_now()) if one.code not in known]
    return sorted([*stored, *first], key=lambda one: (one.code, -one.version))


async def product_on(reader: Reader, book: int, code: str, day: date) -> WalletProduct | None:
    """The version of a product in force on a day."""
    return newest((one for one in await products(reader, book) if one.code == code), day)


async def policies(reader: Reader, book: int) -> list[WalletPolicy]:
    """All versions of the figures, newest first; the first one where a book has none yet."""
    form = shape(WalletPolicy)
    sql = (
        f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1 "
        f"ORDER BY effective_from DESC LIMIT {LISTED_MAX}"
    )
    stored = [form.make(row) for row in await reader.rows(sql, book)]
    return stored or [first_policy(utc_now())]


async def policy_on(reader: Reader, book: int, day: date) -> WalletPolicy:
    """The figures that apply on a day."""
    found = await policies(reader, book)
    return next((one for one in found if one.effective_from <= day), found[-1])
