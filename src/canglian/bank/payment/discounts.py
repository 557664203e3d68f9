"""Discounts that rooms above have for a payer, what their sources are called, and whose PIN agrees to them.

Rooms say so at import::

    on_discounts(coupons_for)
    on_source("coupon", name_of_coupon, wallet_of_coupon)

A discount is a source of a payment like any other: it is offered before the payer's own money, and tried with it.
"""

from collections.abc import Awaitable, Callable

import msgspec

from canglian.bank.payment.model import Merchant, PaymentOrder
from canglian.kernel.postgres.reader import Reader
from canglian.web.mobile import Person
from canglian.web.services import Services


class Discount(msgspec.Struct, frozen=True):
    """What takes how much off an order, and the wallet whose PIN agrees to it."""

    source: str
    item: str
    name: str
    asset: str
    amount: int
    wallet: str


FindDiscounts = Callable[[Services, Person, PaymentOrder, Merchant], Awaitable[list[Discount]]]
"""What a room above takes off an order of a person, as far as it may be used together."""

OfSource = Callable[[Reader, int, str], Awaitable[str]]
"""A text about a source, by its id in a book."""

_finding: list[FindDiscounts] = []
_sources: dict[str, tuple[OfSource, OfSource]] = {}


def on_discounts(find: FindDiscounts) -> None:
    """Offer these to whoever pays an order on their phone."""
    _finding.append(find)


def on_source(source: str, name_of: OfSource, wallet_of: OfSource) -> None:
    """Call sources of a kind so, and agree to them with the PIN of this wallet."""
    _sources[source] = name_of, wallet_of


async def discounts_for(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[Discount]:
    """What rooms above take off an order of a person."""
    return [discount for find in _finding for discount in await find(services, person, order, merchant)]


async def name_above(reader: Reader, book: int, source: str, item: str) -> str:
    """What a source of a room above is called; nothing for kinds that have no name."""
    known = _sources.get(source)
    return "" if known is None else await known[0](reader, book, item)


async def signer_above(reader: Reader, book: int, source: str, item: str) -> str:
    """The wallet whose PIN agrees to a source of a room above; what is no such source stands for itself."""
    known = _sources.get(source)
    return item if known is None else await known[1](reader, book, item)
