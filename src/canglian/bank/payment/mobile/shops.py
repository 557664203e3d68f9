"""For which merchants somebody works: as its owner, as one who was made an owner, or as a cashier."""

from collections.abc import Callable

import msgspec

from canglian.bank.payment.model import Merchant, StaffRole
from canglian.bank.payment.queries import merchants, sales, stores
from canglian.bank.payment.queries.merchants import MerchantFilter
from canglian.bank.wallet.mobile.others import HomeRow
from canglian.kernel.errors import Forbidden, NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.console.formats import money
from canglian.web.mobile import Person
from canglian.web.services import Services

SHOPS_MAX = 50


class Shop(msgspec.Struct, frozen=True):
    """A merchant, and what somebody is there."""

    merchant: Merchant
    role: StaffRole

    @property
    def is_owner(self) -> bool:
        """Whether they do everything that a merchant does by itself."""
        return self.role is StaffRole.OWNER

    @property
    def at(self) -> str:
        """Its first page."""
        return f"/m/shop/{self.merchant.id}"


async def shops_of(services: Services, person: Person) -> list[Shop]:
    """The merchants of a person: their own first."""
    if person.party is None:
        return []
    reader, book = services.reader, person.book
    asked = MerchantFilter(party=person.party)
    page = await merchants.merchants(reader, book, asked, Order("id", None, SHOPS_MAX))
    found = {merchant.id: Shop(merchant, StaffRole.OWNER) for merchant in page.items}
    for staff in await stores.engagements(reader, book, person.party):
        if staff.merchant not in found:
            found[staff.merchant] = Shop(await merchants.merchant(reader, book, staff.merchant), staff.role)
    return list(found.values())


async def own_shop(services: Services, person: Person, identity: str, *, as_owner: bool = False) -> Shop:
    """A merchant for which this person works. NotFound ``merchant.not_found`` for all others.

    Forbidden ``merchant_staff.not_owner`` for a cashier where only an owner may go on.
    """
    for shop in await shops_of(services, person):
        if shop.merchant.id == identity:
            if as_owner and not shop.is_owner:
                raise Forbidden("merchant_staff.not_owner")
            return shop
    raise NotFound("merchant.not_found", merchant=identity)


async def home_rows(services: Services, person: Person) -> list[HomeRow]:
    """What somebody paid to merchants, and the merchants they work for, each with what it took today."""
    own = HomeRow("/m/payments", "My payments", "receipt", is_name=False)
    reader, book = services.reader, person.book
    found = await shops_of(services, person)
    if not found:
        return [own]
    today = (await book_figures(reader, book)).today
    days = [await sales.on_day(reader, book, shop.merchant.id, today) for shop in found]
    shops = [
        HomeRow(shop.at, shop.merchant.name, "building-store", money(day.paid))
        for shop, day in zip(found, days, strict=True)
    ]
    return [own, *shops]


FindShopRows = Callable[[Shop], list[HomeRow]]
"""What a room above has on the page of a merchant, for who works there."""

_found: list[FindShopRows] = []


def on_shop(find: FindShopRows) -> None:
    """The page of a merchant has these rows, too."""
    _found.append(find)


def shop_rows(shop: Shop) -> list[HomeRow]:
    """What rooms above have on the page of a merchant."""
    return [row for find in _found for row in find(shop)]
