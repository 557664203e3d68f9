"""What rooms above show on the first page of a merchant's people: facts of today, and pages of their own.

A room says so at import::

    on_shop(discounts_today)
"""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from canglian.bank.payment.mobile.shops import Shop
from canglian.web.mobile import Person
from canglian.web.services import Services


class ShopFacts(msgspec.Struct, frozen=True):
    """Facts under a title, and a page that tells more. Titles are message ids; names and amounts are texts."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    href: str = ""
    link: str = ""
    note: str = ""


Find = Callable[[Services, Person, Shop], Awaitable[ShopFacts | None]]
"""What a room above has on the page of a merchant."""

_shops: list[Find] = []


def on_shop(find: Find) -> None:
    """The page of a merchant has these facts, too."""
    _shops.append(find)


async def facts_above(services: Services, person: Person, shop: Shop) -> list[ShopFacts]:
    """What rooms above have on the page of a merchant."""
    found = [await find(services, person, shop) for find in _shops]
    return [facts for facts in found if facts is not None]
