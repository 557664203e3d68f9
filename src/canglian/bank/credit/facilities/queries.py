"""Facilities and holds on limits as they are shown."""

from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.credit.facilities.model import Facility, FacilityState, LimitHold, LimitHoldState
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page, Where, by_text

DUE_MAX = 500


class FacilityFilter(msgspec.Struct, frozen=True):
    """Which facilities; None means any."""

    state: Annotated[FacilityState | None, doc("Only in this state.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    review_until: Annotated[date | None, doc("Only those whose review is due by this day.")] = None
    review_due: Annotated[bool | None, doc("Only those whose review is due on the business date, or is not yet.")] = (
        None
    )


class LimitHoldFilter(msgspec.Struct, frozen=True):
    """Which holds; None means any."""

    state: Annotated[LimitHoldState | None, doc("Only in this state.")] = None
    facility: Annotated[str | None, doc("Only of this facility.")] = None


class Room(msgspec.Struct, frozen=True):
    """What can be drawn for a product."""

    product: Annotated[str, doc("The loan product's code.")]
    room: Annotated[int, doc("How much can be drawn today, in fen.")]


class FacilityWhole(msgspec.Struct, frozen=True):
    """A facility with what can be drawn of it today."""

    facility: Annotated[Facility, doc("The facility itself.")]
    rooms: Annotated[list[Room], doc("What can be drawn for which product.")]


_FACILITIES = listing(Facility, by_text("id"))
_HOLDS = listing(LimitHold, by_text("id"))


async def facilities(reader: Reader, book: int, asked: FacilityFilter, order: Order) -> Page[Facility]:
    """A page of facilities, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("party = ?", asked.party)
    where.add("review_on <= ?", asked.review_until)
    where.add("(review_on <= (SELECT today FROM book WHERE book = $1)) = ?", asked.review_due)
    return await _FACILITIES.page(reader, book, where, order)


async def holds(reader: Reader, book: int, asked: LimitHoldFilter, order: Order) -> Page[LimitHold]:
    """A page of holds, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("facility = ?", asked.facility)
    return await _HOLDS.page(reader, book, where, order)


async def facility(reader: Reader, book: int, identity: str) -> Facility:
    """A facility; NotFound ``facility.not_found``."""
    return await one(reader, book, Facility, identity)


async def hold(reader: Reader, book: int, identity: str) -> LimitHold:
    """A hold; NotFound ``limit_hold.not_found``."""
    return await one(reader, book, LimitHold, identity)


async def whole(reader: Reader, book: int, identity: str) -> FacilityWhole:
    """A facility with what can be drawn of it; NotFound ``facility.not_found``."""
    found = await facility(reader, book, identity)
    today = (await book_figures(reader, book)).today
    return FacilityWhole(found, [Room(part.product, found.room(part.product, today)) for part in found.parts])


async def count_reviews(reader: Reader, book: int, most: int) -> int:
    """How many facilities are due for a review, up to ``most``."""
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM facility WHERE book = $1 "
        "AND review_on <= (SELECT today FROM book WHERE book = $1) LIMIT $2) AS due"
    )
    return (await reader.rows(sql, book, most))[0][0]


async def of_party(reader: Reader, book: int, party: str) -> Facility | None:
    """The facility of a customer."""
    return next(iter(await some(reader, book, Facility, "party", party)), None)


async def expiring_holds(reader: Reader, book: int, today: date) -> list[str]:
    """Holds whose last day is over."""
    sql = (
        "SELECT id FROM limit_hold WHERE book = $1 AND until < $2 AND state = 'pending' "
        f"ORDER BY until, id LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, today)]
