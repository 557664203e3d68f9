"""What receivers of splits still owe because of refunds."""

from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.payment.model import SplitClaim
from canglian.bank.payment.queries.merchants import of_merchant
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_number, by_text


class ClaimFilter(msgspec.Struct, frozen=True):
    """Which claims; None means any."""

    receiver: Annotated[str | None, doc("Only those that this merchant owes.")] = None
    merchant: Annotated[str | None, doc("Only those that are owed to this merchant.")] = None
    first_date: Annotated[date | None, doc("Only of this business date or later.")] = None
    last_date: Annotated[date | None, doc("Only of this business date or earlier.")] = None


_CLAIMS = listing(SplitClaim, by_text("id"), amount=by_number("amount"), at=by_instant("at"))


async def claims(
    reader: Reader,
    book: int,
    asked: ClaimFilter,
    order: Order,
    *,
    merchant_named: str | None = None,
    receiver_named: str | None = None,
) -> Page[SplitClaim]:
    """A page of claims, newest first; names are as they were typed."""
    where = Where("book = $1")
    of_merchant(where, asked.receiver, receiver_named, "receiver")
    of_merchant(where, asked.merchant, merchant_named)
    where.add('"on" >= ?', asked.first_date)
    where.add('"on" <= ?', asked.last_date)
    return await _CLAIMS.page(reader, book, where, order)


async def claim(reader: Reader, book: int, identity: str) -> SplitClaim:
    """A claim; NotFound ``split_claim.not_found``."""
    return await one(reader, book, SplitClaim, identity)
