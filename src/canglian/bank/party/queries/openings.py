"""Remote openings and their steps."""

from datetime import datetime
from typing import Annotated

import msgspec

from canglian.bank.party.model import OpeningState, OpeningStep, RemoteOpening
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_text

DUE_MAX = 500


class OpeningView(msgspec.Struct, frozen=True):
    """An opening by its masks."""

    id: Annotated[str, doc("Its number or id.")]
    party: Annotated[str, doc("The party's id.")]
    channel: Annotated[str, doc("Where the opening was begun, such as `app`.")]
    state: Annotated[OpeningState, doc("The state it is in, or is to be in.")]
    outcome: Annotated[str | None, doc("Why it was rejected, or null.")]
    tries: Annotated[int, doc("How often it was tried.")]
    steps: Annotated[int, doc("The steps that were taken.")]
    account: Annotated[str | None, doc("The account's number.")]
    started_at: Annotated[datetime, doc("When it was begun.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    expires_at: Annotated[datetime | None, doc("When it ends by itself; null for one in review.")]
    reviewed_by: Annotated[str | None, doc("Who decided, or null.")]


class OpeningFilter(msgspec.Struct, frozen=True):
    """Which openings; None means any."""

    party: Annotated[str | None, doc("Only of this party.")] = None
    state: Annotated[OpeningState | None, doc("Only in this state.")] = None
    outcome: Annotated[str | None, doc("Only with this outcome.")] = None
    since: Annotated[datetime | None, doc("Only those begun from this time on.")] = None
    until: Annotated[datetime | None, doc("Only those begun up to this time.")] = None


_OPENINGS = listing(
    RemoteOpening, by_text("id"), started_at=by_instant("started_at"), updated_at=by_instant("updated_at")
)


def view(found: RemoteOpening) -> OpeningView:
    """An opening by its masks."""
    return OpeningView(
        found.id,
        found.party,
        found.channel,
        found.state,
        found.outcome,
        found.tries,
        found.steps,
        found.account_mask,
        found.started_at,
        found.updated_at,
        None if found.state is OpeningState.REVIEW else found.expires_at,
        found.reviewed_by,
    )


async def openings(reader: Reader, book: int, asked: OpeningFilter, order: Order) -> Page[OpeningView]:
    """A page of openings, newest first."""
    where = Where("book = $1")
    where.add("party = ?", asked.party)
    where.add("state = ?", asked.state)
    where.add("outcome = ?", asked.outcome)
    where.add("started_at >= ?", asked.since)
    where.add("started_at <= ?", asked.until)
    page = await _OPENINGS.page(reader, book, where, order)
    return Page([view(opening) for opening in page.items], page.next_cursor)


async def stored(reader: Reader, book: int, identity: str) -> RemoteOpening:
    """An opening as it is stored, for who opens its seals; NotFound ``remote_opening.not_found``."""
    return await one(reader, book, RemoteOpening, identity)


async def opening(reader: Reader, book: int, identity: str) -> OpeningView:
    """An opening; NotFound ``remote_opening.not_found``."""
    return view(await one(reader, book, RemoteOpening, identity))


async def steps(reader: Reader, book: int, identity: str) -> list[OpeningStep]:
    """The steps of an opening, in order."""
    found = await some(reader, book, OpeningStep, "opening", identity)
    return list(reversed(found))


async def openings_of(reader: Reader, book: int, party: str) -> list[OpeningView]:
    """The openings of a party, newest first."""
    return [view(opening) for opening in await some(reader, book, RemoteOpening, "party", party)]


async def claims_due(reader: Reader, book: int, now: datetime) -> list[str]:
    """Parties whose claim to a number has lapsed, some of them."""
    sql = (
        "SELECT id FROM party WHERE book = $1 AND claimed_until <= $2 AND number_index IS NOT NULL "
        f"ORDER BY claimed_until LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, now)]


async def due(reader: Reader, book: int, now: datetime) -> list[str]:
    """Openings whose time has passed, some of them."""
    sql = (
        "SELECT id FROM remote_opening WHERE book = $1 AND expires_at <= $2 "
        f"AND state NOT IN ('active', 'rejected', 'review') ORDER BY expires_at LIMIT {DUE_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, now)]
