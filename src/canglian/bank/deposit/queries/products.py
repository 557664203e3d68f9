"""Products and figures with their versions."""

from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.deposit.model import DepositPolicy, DepositProduct
from canglian.bank.deposit.rules import first_policy, first_products
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.values import EARLIEST
from canglian.kernel.versions import in_force


class ProductView(msgspec.Struct, frozen=True):
    """A product as it is in force, with how many versions there are; none is in force before its date has come."""

    code: Annotated[str, doc("The short stable name.")]
    in_force: Annotated[DepositProduct | None, doc("The version that counts today, or null before the first one does.")]
    versions: Annotated[list[DepositProduct], doc("All versions, newest first.")]


async def versions(reader: Reader, book: int) -> list[DepositProduct]:
    """All versions by code, newest first. Of a product that the book has not used yet, the one that it begins with."""
    found = await stored.versions(reader, book, DepositProduct)
    known = {version.code for version in found}
    first = [version for version in first_products(EARLIEST) if version.code not in known]
    return sorted([*found, *first], key=lambda version: (version.code, -version.version))


async def products(reader: Reader, book: int, today: date) -> list[ProductView]:
    """All products by their codes. A book that has used one not yet shows the first version of it."""
    by_code: dict[str, list[DepositProduct]] = {}
    for found in await versions(reader, book):
        by_code.setdefault(found.code, []).append(found)
    return [ProductView(code, in_force(of_code, today), of_code) for code, of_code in by_code.items()]


async def product(reader: Reader, book: int, today: date, code: str) -> ProductView:
    """A product; NotFound ``deposit_product.not_found``."""
    for found in await products(reader, book, today):
        if found.code == code:
            return found
    raise NotFound("deposit_product.not_found", deposit_product=code)


async def policies(reader: Reader, book: int) -> list[DepositPolicy]:
    """All versions of the figures, newest first; a book that has used none yet begins with the first one."""
    found = await stored.versions(reader, book, DepositPolicy)
    return found or [first_policy(EARLIEST)]
