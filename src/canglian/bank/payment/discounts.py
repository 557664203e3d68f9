"""Discounts that rooms above have for a payer: what their sources are called, whose PIN agrees to them, whose money
they are, and what a refund makes of them.

Rooms say so at import::

    on_discounts(coupons_for)
    on_left_out(coupons_left_out_of)
    on_keep("coupon", keep_coupons, refuse_over)
    on_source("coupon", name_of_coupon, wallet_of_coupon, terms_of=terms_of_coupon, funders_of=funders_of_coupon)

A discount is a source of a payment like any other: it is offered before the payer's own money, and tried with it.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec

from canglian.bank.payment.model import Merchant, PaymentOrder
from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import CanglianError
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


class LeftOut(msgspec.Struct, frozen=True):
    """What somebody has and an order does not take, and why."""

    name: str
    why: CanglianError


class Kept(msgspec.Struct, frozen=True):
    """What keeps discounts for an order, and before when."""

    id: str
    expires_at: datetime


FindDiscounts = Callable[[Services, Person, PaymentOrder, Merchant], Awaitable[list[Discount]]]
"""What a room above takes off an order of a person, as far as it may be used together."""

FindLeftOut = Callable[[Services, Person, PaymentOrder, Merchant], Awaitable[list[LeftOut]]]
"""What a room above does not take off an order of a person, with the reasons."""

Keep = Callable[[WalletService, PaymentOrder, Sequence[tuple[str, str]]], Awaitable[Kept]]
"""Keeps sources of a kind for an order: the wallet of each, and its id. Rejects what stands in the way."""

RefuseOver = Callable[[Reader, int, str, datetime], Awaitable[None]]
"""Rejects what was kept, by its id in a book, where that is over at an instant."""

OfSource = Callable[[Reader, int, str], Awaitable[str]]
"""A text about a source, by its id in a book."""

FundersOf = Callable[[Reader, int, str, int], Awaitable[list[tuple[str, int]]]]
"""Who would get how much of a part of a source that goes back, by its id in a book."""


class _Source(msgspec.Struct, frozen=True):
    name_of: OfSource
    wallet_of: OfSource
    terms_of: OfSource | None
    funders_of: FundersOf | None


_finding: list[FindDiscounts] = []
_sources: dict[str, _Source] = {}
_left_out: list[FindLeftOut] = []
_keeping: dict[str, tuple[Keep, RefuseOver]] = {}


def on_discounts(find: FindDiscounts) -> None:
    """Offer these to whoever pays an order on their phone."""
    _finding.append(find)


def on_source(
    source: str,
    name_of: OfSource,
    wallet_of: OfSource,
    *,
    terms_of: OfSource | None = None,
    funders_of: FundersOf | None = None,
) -> None:
    """Call sources of a kind so, and agree to them with the PIN of this wallet.

    ``terms_of`` gives a message id: what a refund makes of it. ``funders_of`` says to whom a part of it goes back.
    """
    _sources[source] = _Source(name_of, wallet_of, terms_of, funders_of)


def on_left_out(find: FindLeftOut) -> None:
    """Say these to whoever pays an order on their phone and asks why not this one."""
    _left_out.append(find)


def on_keep(source: str, keep: Keep, refuse_over: RefuseOver) -> None:
    """Keep sources of a kind for an order while its payer types the PIN."""
    _keeping[source] = keep, refuse_over


async def discounts_for(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[Discount]:
    """What rooms above take off an order of a person."""
    return [discount for find in _finding for discount in await find(services, person, order, merchant)]


async def name_above(reader: Reader, book: int, source: str, item: str) -> str:
    """What a source of a room above is called; nothing for kinds that have no name."""
    known = _sources.get(source)
    return "" if known is None else await known.name_of(reader, book, item)


async def signer_above(reader: Reader, book: int, source: str, item: str) -> str:
    """The wallet whose PIN agrees to a source of a room above; what is no such source stands for itself."""
    known = _sources.get(source)
    return item if known is None else await known.wallet_of(reader, book, item)


async def terms_above(reader: Reader, book: int, source: str, item: str) -> str:
    """The message id that says what a refund makes of a source; nothing for kinds that say nothing."""
    known = _sources.get(source)
    return "" if known is None or known.terms_of is None else await known.terms_of(reader, book, item)


async def funders_above(reader: Reader, book: int, source: str, item: str, amount: int) -> list[tuple[str, int]]:
    """Who gets how much of a part of a source that goes back; nobody beside its holder for kinds that say nothing."""
    known = _sources.get(source)
    return [] if known is None or known.funders_of is None else await known.funders_of(reader, book, item, amount)


async def left_out_for(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[LeftOut]:
    """What rooms above do not take off an order of a person, and why."""
    return [out for find in _left_out for out in await find(services, person, order, merchant)]


async def keep_for(service: WalletService, order: PaymentOrder, used: Sequence[tuple[str, str, str]]) -> list[str]:
    """Keep discounts (kind, wallet, id) for an order: by what they are kept, as ``refuse_over`` takes it."""
    kept: list[str] = []
    for kind, (keep, _) in _keeping.items():
        items = [(wallet, item) for source, wallet, item in used if source == kind]
        if items:
            kept.append(f"{kind}:{(await keep(service, order, items)).id}")
    return kept


async def refuse_over(reader: Reader, book: int, kept: str, now: datetime) -> None:
    """Reject what was kept and is over by now."""
    kind, _, identity = kept.partition(":")
    if kind in _keeping:
        await _keeping[kind][1](reader, book, identity, now)
