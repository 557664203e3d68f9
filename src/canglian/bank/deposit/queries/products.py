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


async def products(reader: Reader, book: int, today: date) -> list[ProductView]:
    """All products by their codes. A book that has used one not yet shows the first version of it."""
    versions: dict[str, list[DepositProduct]] = {}
    for found in await stored.versions(reader, book, DepositProduct):
        versions.setdefault(found.code, []).append(found)
    for first in first_products(EARLIEST):
        versions.setdefault(first.code, [first])
    return [ProductView(code, in_force(versions[code], today), versions[code]) for code in sorted(versions)]


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


async def policy_on(reader: Reader, book: int, day: date) -> DepositPolicy:
    """The figures in force on a day."""
    return next(one for one in await policies(reader, book) if one.effective_from <= day)
