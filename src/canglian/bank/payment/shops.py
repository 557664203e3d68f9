"""Merchants as those whom money for a purpose may be paid to: its room below asks for them here."""

from collections.abc import Iterable, Mapping

from canglian.bank.payment.model import Merchant
from canglian.bank.payment.queries import merchants
from canglian.bank.purpose import shops
from canglian.bank.purpose.rules import Rules
from canglian.bank.purpose.shops import Shop
from canglian.kernel.postgres.reader import Reader


def _shop(merchant: Merchant) -> Shop:
    return Shop(merchant.id, merchant.name, merchant.store, merchant.category, merchant.region, merchant.lists)


class Merchants:
    """The merchants of a book."""

    async def find(self, reader: Reader, book: int, text: str) -> list[Shop]:
        """Those whose name has this text in it, or the one of this id."""
        return [_shop(found) for found in await merchants.called(reader, book, text)]

    async def named(self, reader: Reader, book: int, identities: Iterable[str]) -> Mapping[str, Shop]:
        """Those with these ids."""
        return {found.id: _shop(found) for found in await merchants.by_ids(reader, book, identities)}

    async def fitting(self, reader: Reader, book: int, rules: Rules) -> list[Shop]:
        """Those that take payments and that the rules may allow."""
        allowed = rules.allowed
        found = await merchants.taking(reader, book, allowed.ids, allowed.categories, allowed.regions)
        return [_shop(merchant) for merchant in found]


shops.register(Merchants())
