"""Quotes as they are shown, and those whose time is over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec

from canglian.bank.reward.quotes.model import CouponQuote, QuoteState
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_text


class CouponQuoteFilter(msgspec.Struct, frozen=True):
    """Which quotes; None means any."""

    order: Annotated[str | None, doc("Only of this order.")] = None
    state: Annotated[QuoteState | None, doc("Only in this state.")] = None
    party: Annotated[str | None, doc("Only of this customer's wallets.")] = None


_QUOTES = listing(CouponQuote, by_text("id"))


async def quotes(reader: Reader, book: int, asked: CouponQuoteFilter, order: Order) -> Page[CouponQuote]:
    """A page of quotes, newest first."""
    where = Where("book = $1")
    where.add('"order" = ?', asked.order)
    where.add("state = ?", asked.state)
    if asked.party is not None:
        where.add(
            "id IN (SELECT quote FROM coupon_quote_wallet WHERE book = $1 AND wallet = ANY(?::text[]))",
            await wallets_of(reader, book, asked.party),
        )
    return await _QUOTES.page(reader, book, where, order)


async def wallets_of(reader: Reader, book: int, party: str) -> list[str]:
    """The wallets of a customer."""
    return [row[0] for row in await reader.rows("SELECT id FROM wallet WHERE book = $1 AND party = $2", book, party)]


async def holders(reader: Reader, book: int, wallets: Iterable[str]) -> dict[str, str]:
    """Whose some wallets are: the customers' ids."""
    sql = "SELECT id, party FROM wallet WHERE book = $1 AND id = ANY($2::text[]) AND party IS NOT NULL"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(dict.fromkeys(wallets)))}


async def quote(reader: Reader, book: int, identity: str) -> CouponQuote:
    """A quote; NotFound ``coupon_quote.not_found``."""
    return await one(reader, book, CouponQuote, identity)


class KeptCoupon(msgspec.Struct, frozen=True):
    """A coupon that a quote keeps for an order: what it is called, the order, and until when."""

    coupon: str
    name: str
    quote: str
    order: str
    until: datetime


async def kept(reader: Reader, book: int, wallets: Iterable[str], now: datetime, most: int = 50) -> list[KeptCoupon]:
    """The coupons of some wallets that quotes keep for orders now; those that are free first come first."""
    sql = (
        'SELECT n.id, o.name, q.id, q."order", q.expires_at FROM coupon n '
        "JOIN campaign_offer o ON o.book = $1 AND o.id = n.offer "
        "JOIN coupon_quote q ON q.book = $1 AND q.id = n.quote "
        "WHERE n.book = $1 AND n.wallet = ANY($2::text[]) AND n.state = 'locked' AND q.state = 'open' "
        "AND q.expires_at > $3 ORDER BY q.expires_at, n.id LIMIT $4"
    )
    return [KeptCoupon(*row) for row in await reader.rows(sql, book, list(wallets), now, most)]


async def expiring(reader: Reader, book: int, now: datetime, most: int) -> list[str]:
    """Quotes that are open and whose time is over."""
    sql = (
        "SELECT id FROM coupon_quote WHERE book = $1 AND state = 'open' AND expires_at <= $2 "
        "ORDER BY expires_at, id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, now, most)]
