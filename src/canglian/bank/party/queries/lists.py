"""Consents, list entries and versions of the rules."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.party.model import Colour, Consent, ListedBy, ListEntry, PartyPolicy
from canglian.bank.party.rules import first_policy, is_in_force
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.values import EARLIEST


class EntryView(msgspec.Struct, frozen=True):
    """A list entry by its mask. ``in_force`` is about the book's business date."""

    id: Annotated[str, doc("Its number or id.")]
    colour: Annotated[Colour, doc("`black` refuses, `grey` requires a review.")]
    listed_by: Annotated[ListedBy, doc("What the entry knows somebody by.")]
    subject: Annotated[str, doc("What it is about, such as `transfer:88213`.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    until: Annotated[date | None, doc("The last day on which it holds; null for ever.")]
    in_force: Annotated[bool, doc("Whether it holds today.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
    ended_at: Annotated[datetime | None, doc("When it was taken off the list; null while it stands.")]
    ended_by: Annotated[str | None, doc("Who ended it, or null.")]
    end_reason: Annotated[str | None, doc("Why it was ended, or null.")]


class EntryFilter(msgspec.Struct, frozen=True):
    """Which list entries; None means any. ``index`` is the blind index of somebody."""

    colour: Colour | None = None
    ended: bool | None = None
    index: str | None = None


class ConsentFilter(msgspec.Struct, frozen=True):
    """Which consents; None means any."""

    party: str | None = None
    scope: str | None = None
    receiver: str | None = None
    withdrawn: bool | None = None


_ENTRIES = listing(ListEntry, by_text("id"))
_CONSENTS = listing(Consent, by_text("id"))


def entry_view(found: ListEntry, today: date) -> EntryView:
    """A list entry by its mask."""
    return EntryView(
        found.id,
        found.colour,
        found.listed_by,
        found.mask,
        found.reason,
        found.until,
        is_in_force(found, today),
        found.added_at,
        found.added_by,
        found.ended_at,
        found.ended_by,
        found.end_reason,
    )


async def entries(reader: Reader, book: int, today: date, asked: EntryFilter, order: Order) -> Page[EntryView]:
    """A page of list entries, newest first."""
    where = Where("book = $1")
    where.add("colour = ?", asked.colour)
    where.add("(ended_at IS NOT NULL) = ?", asked.ended)
    where.add("subject = ?", asked.index)
    page = await _ENTRIES.page(reader, book, where, order)
    return Page([entry_view(entry, today) for entry in page.items], page.next_cursor)


async def entries_about(reader: Reader, book: int, today: date, *indexes: str | None) -> list[EntryView]:
    """The list entries about somebody, newest first."""
    found = [entry for index in indexes if index for entry in await some(reader, book, ListEntry, "subject", index)]
    return [entry_view(entry, today) for entry in found]


async def consents(reader: Reader, book: int, asked: ConsentFilter, order: Order) -> Page[Consent]:
    """A page of consents, newest first."""
    where = Where("book = $1")
    where.add("party = ?", asked.party)
    where.add("scope = ?", asked.scope)
    where.add("receiver = ?", asked.receiver)
    where.add("(withdrawn_at IS NOT NULL) = ?", asked.withdrawn)
    return await _CONSENTS.page(reader, book, where, order)


async def consent(reader: Reader, book: int, identity: str) -> Consent:
    """A consent; NotFound ``consent.not_found``."""
    return await one(reader, book, Consent, identity)


async def consents_of(reader: Reader, book: int, party: str) -> list[Consent]:
    """The consents of a party, newest first."""
    return await some(reader, book, Consent, "party", party)


async def policies(reader: Reader, book: int) -> list[PartyPolicy]:
    """All versions of the rules, newest first; a book that has used none yet begins with the first one."""
    return await stored.versions(reader, book, PartyPolicy) or [first_policy(EARLIEST)]


async def policy_on(reader: Reader, book: int, today: date) -> PartyPolicy:
    """The version of the rules that applies on a day."""
    return next(policy for policy in await policies(reader, book) if policy.effective_from <= today)
