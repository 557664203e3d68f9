"""Parties as they are shown: by masks, with what hangs on them. Nothing sealed leaves this module but in ``Party``."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.party import rules
from canglian.bank.party.model import (
    BeneficialOwner,
    Level,
    Party,
    PartyDocument,
    PartyKind,
    PartyRole,
    PartyState,
    Risk,
    RoleName,
    Unmasking,
)
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import by_keys, listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_date, by_instant, by_text

DUPLICATES_MAX = 50


class PartyView(msgspec.Struct, frozen=True):
    """A party by its masks. ``roles`` are those that go on."""

    id: Annotated[str, doc("Its number or id.")]
    kind: Annotated[PartyKind, doc("What kind of party it is.")]
    name: Annotated[str, doc("What people read.")]
    number: Annotated[str | None, doc("The identity number or credit code, masked.")]
    mobile: Annotated[str | None, doc("The mobile number: in plain when it is sent, masked when it is shown.")]
    has_address: Annotated[bool, doc("Whether an address is kept; it is shown by an unmasking only.")]
    nationality: Annotated[str, doc("The country, as two letters.")]
    occupation: Annotated[str | None, doc("What the person does for a living.")]
    representative: Annotated[str | None, doc("The legal representative's party.")]
    level: Annotated[Level, doc("How well the party is known: `none`, `remote` or `face_to_face`.")]
    verified_at: Annotated[datetime | None, doc("When the party was last verified, or null.")]
    risk: Annotated[Risk, doc("The risk of money laundering: low, medium, high or prohibited.")]
    review_on: Annotated[date, doc("When the party is to be looked at again.")]
    state: Annotated[PartyState, doc("The state it is in, or is to be in.")]
    merged_into: Annotated[str | None, doc("The party that goes on in its place, or null.")]
    ended_on: Annotated[date | None, doc("The business date on which it ended; null while it holds.")]
    roles: Annotated[list[RoleName], doc("The parts that the party plays.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    claimed_until: Annotated[
        datetime | None, doc("Until when the number counts that the person named without proof; null for a proven one.")
    ]
    mobile_shared: Annotated[
        bool, doc("Whether another active person has the mobile number too; it signs in one of them.")
    ]


class PartyFilter(msgspec.Struct, frozen=True):
    """Which parties; None means any."""

    kind: Annotated[PartyKind | None, doc("Only of this kind.")] = None
    level: Annotated[Level | None, doc("Only of this level of verification.")] = None
    risk: Annotated[Risk | None, doc("Only of this risk.")] = None
    state: Annotated[PartyState | None, doc("Only in this state.")] = None
    role: Annotated[RoleName | None, doc("Only who plays this part.")] = None
    review_until: Annotated[date | None, doc("Only whose risk is to be reviewed by this day.")] = None
    since: Annotated[datetime | None, doc("Only those registered from this time on.")] = None
    until: Annotated[datetime | None, doc("Only those registered up to this time.")] = None


class DocumentView(msgspec.Struct, frozen=True):
    """A document by its mask."""

    id: Annotated[str, doc("Its number or id.")]
    party: Annotated[str, doc("The party's id.")]
    kind: Annotated[str, doc("What kind of document it is.")]
    number: Annotated[str, doc("The document's number: in plain where it was disclosed, else masked.")]
    authority: Annotated[str, doc("Who issued the document.")]
    valid_from: Annotated[date, doc("The first day of the document's validity.")]
    valid_until: Annotated[date | None, doc("The last day of the document's validity; null for life.")]
    digest: Annotated[str | None, doc("The SHA-256 of its picture.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]


class Happened(msgspec.Struct, frozen=True):
    """A line of a party's history."""

    at: Annotated[datetime, doc("When.")]
    kind: Annotated[str, doc("What kind it is, such as `transfer.posted`.")]
    actor: Annotated[str, doc("Who asked: `user:ann`, `key:ck8f…` or `system:…`.")]


_PARTIES = listing(
    Party,
    by_text("id"),
    created_at=by_instant("created_at"),
    updated_at=by_instant("updated_at"),
    review_on=by_date("review_on"),
)


def _view(found: Party, roles: Iterable[RoleName], *, mobile_shared: bool) -> PartyView:
    """A party by its masks."""
    return PartyView(
        found.id,
        found.kind,
        found.name_mask,
        found.number_mask,
        found.mobile_mask,
        found.address_sealed is not None,
        found.nationality,
        found.occupation,
        found.representative,
        found.level,
        found.verified_at,
        found.risk,
        found.review_on,
        found.state,
        found.merged_into,
        found.ended_on,
        list(roles),
        found.created_at,
        found.updated_at,
        found.claimed_until,
        mobile_shared,
    )


def document_view(found: PartyDocument) -> DocumentView:
    """A document by its mask."""
    return DocumentView(
        found.id,
        found.party,
        found.kind.value,
        found.number_mask,
        found.authority,
        found.valid_from,
        found.valid_until,
        found.digest,
        found.added_at,
        found.added_by,
    )


async def parties(reader: Reader, book: int, asked: PartyFilter, order: Order) -> Page[PartyView]:
    """A page of parties, newest first."""
    where = Where("book = $1")
    where.add("kind = ?", asked.kind)
    where.add("level = ?", asked.level)
    where.add("risk = ?", asked.risk)
    where.add("state = ?", asked.state)
    where.add("review_on <= ?", asked.review_until)
    where.add("created_at >= ?", asked.since)
    where.add("created_at <= ?", asked.until)
    playing = "SELECT party FROM party_role WHERE book = $1 AND ended_on IS NULL AND role = ?"
    where.add(f"id IN ({playing})", asked.role)
    page = await _PARTIES.page(reader, book, where, order)
    return Page(await views(reader, book, page.items), page.next_cursor)


async def party(reader: Reader, book: int, identity: str) -> Party:
    """A party as it is stored; NotFound ``party.not_found``."""
    return await one(reader, book, Party, identity)


async def masked(reader: Reader, book: int, identity: str) -> PartyView:
    """A party by its masks; NotFound ``party.not_found``."""
    return (await views(reader, book, [await party(reader, book, identity)]))[0]


async def views(reader: Reader, book: int, found: list[Party]) -> list[PartyView]:
    """Parties by their masks, with the roles that go on."""
    if not found:
        return []
    sql = (
        "SELECT party, role FROM party_role WHERE book = $1 AND party = ANY($2::text[]) AND ended_on IS NULL "
        "GROUP BY party, role ORDER BY role"
    )
    roles: defaultdict[str, list[RoleName]] = defaultdict(list)
    for row in await reader.rows(sql, book, [each.id for each in found]):
        roles[row[0]].append(RoleName(row[1]))
    shared = await _sharing_mobiles(reader, book, found)
    return [_view(each, roles[each.id], mobile_shared=each.id in shared) for each in found]


async def _sharing_mobiles(reader: Reader, book: int, found: list[Party]) -> set[str]:
    """Which of some parties are persons with a mobile that another active person has."""
    people = [each for each in found if each.kind is PartyKind.PERSON and each.mobile_index is not None]
    if not people:
        return set()
    sql = (
        "SELECT mobile_index, count(*), min(id) FROM party WHERE book = $1 AND mobile_index = ANY($2::text[]) "
        "AND mobile_index IS NOT NULL AND kind = 'person' AND state = 'active' GROUP BY mobile_index"
    )
    rows = await reader.rows(sql, book, list({each.mobile_index for each in people}))
    having = {row[0]: (row[1], row[2]) for row in rows}
    return {each.id for each in people if having.get(each.mobile_index, (1, each.id)) != (1, each.id)}


async def known_by(reader: Reader, book: int, column: str, indexes: Iterable[str]) -> list[PartyView]:
    """The parties with any of some blind indexes of ``name``, ``number`` or ``mobile``; who was merged or erased is
    left out."""
    found = [each for index in indexes for each in await _with_index(reader, book, column, index)]
    return await views(reader, book, found)


async def _with_index(reader: Reader, book: int, column: str, index: str) -> list[Party]:
    found = await some(reader, book, Party, f"{column}_index", index)
    return [each for each in found if each.state not in (PartyState.MERGED, PartyState.ERASED)]


class Alike(msgspec.Struct, frozen=True):
    """Another party that may be the same one, and what the two have in common."""

    party: Annotated[PartyView, doc("The party's id.")]
    common: Annotated[list[str], doc("What both have in common.")]


async def duplicates(reader: Reader, book: int, of: Party) -> list[Alike]:
    """The parties of the same kind that share the number, mobile or name of one."""
    indexes = {column: getattr(of, f"{column}_index") for column in ("number", "mobile", "name")}
    found: dict[str, Party] = {}
    common: defaultdict[str, list[str]] = defaultdict(list)
    for column, index in indexes.items():
        for other in [] if index is None else await _with_index(reader, book, column, index):
            if other.id != of.id and other.kind is of.kind and len(found) < DUPLICATES_MAX:
                found[other.id] = other
                common[other.id].append(column)
    return [Alike(view, common[view.id]) for view in await views(reader, book, list(found.values()))]


async def holder(reader: Reader, book: int, claimant: str) -> Party | None:
    """The active party with the number that another one claims."""
    claiming = (await some(reader, book, Party, "id", claimant))[:1]
    index = claiming[0].number_index if claiming else None
    found = [] if index is None else await some(reader, book, Party, "number_index", index)
    held = (each for each in found if each.proven_number is not None and each.state is PartyState.ACTIVE)
    return next((each for each in held if each.id != claimant), None)


async def signed_in_by(reader: Reader, book: int, mobile_index: str) -> Party | None:
    """The active person whom a mobile signs in."""
    found = await some(reader, book, Party, "mobile_index", mobile_index)
    return rules.signed_in_by([each for each in found if each.state is PartyState.ACTIVE])


async def sharing(reader: Reader, book: int, of: Party) -> list[Party]:
    """All that have the mobile of a party, itself too; nobody where it has none."""
    return await some(reader, book, Party, "mobile_index", of.mobile_index) if of.mobile_index is not None else []


async def roles_of(reader: Reader, book: int, identity: str) -> list[PartyRole]:
    """The roles of a party, those that ended too."""
    return await some(reader, book, PartyRole, "party", identity)


async def documents_of(reader: Reader, book: int, identity: str) -> list[PartyDocument]:
    """The documents of a party."""
    return await some(reader, book, PartyDocument, "party", identity)


async def owners_of(reader: Reader, book: int, company: str) -> list[BeneficialOwner]:
    """The beneficial owners of an organisation."""
    return await some(reader, book, BeneficialOwner, "company", company)


async def owned_by(reader: Reader, book: int, owner: str) -> list[BeneficialOwner]:
    """The organisations that a person owns or controls."""
    return await some(reader, book, BeneficialOwner, "owner", owner)


async def unmaskings_of(reader: Reader, book: int, identity: str) -> list[Unmasking]:
    """Who was shown the data of a party, and why."""
    return await some(reader, book, Unmasking, "party", identity)


async def unmasking_by(reader: Reader, book: int, identity: str, actor: str) -> Unmasking:
    """An unmasking, for its requester; NotFound ``unmasking.not_found``, also where it is another's."""
    found = await one(reader, book, Unmasking, identity)
    if found.by != actor:
        raise NotFound("unmasking.not_found", unmasking=identity)
    return found


async def merged_into(reader: Reader, book: int, identity: str) -> list[PartyView]:
    """The records that were merged into a party."""
    return await views(reader, book, await some(reader, book, Party, "merged_into", identity))


async def by_ids(reader: Reader, book: int, identities: Sequence[str]) -> list[Party]:
    """The parties with these ids, as far as there are any."""
    return await by_keys(reader, book, Party, identities)


async def names(reader: Reader, book: int, identities: Iterable[str | None]) -> dict[str, str]:
    """The masked names of parties by their ids."""
    wanted = [each for each in set(identities) if each is not None]
    if not wanted:
        return {}
    rows = await reader.rows("SELECT id, name_mask FROM party WHERE book = $1 AND id = ANY($2::text[])", book, wanted)
    return {row[0]: row[1] for row in rows}


async def history(reader: Reader, book: int, identity: str, limit: int = 30) -> list[Happened]:
    """What happened to a party and by whom, newest first."""
    sql = (
        "SELECT e.at, e.kind, c.actor FROM event e JOIN command c ON c.book = $1 AND c.number = e.command "
        f"WHERE e.book = $1 AND e.subject = $2 ORDER BY e.number DESC LIMIT {limit}"
    )
    return [Happened(*row) for row in await reader.rows(sql, book, f"party:{identity}")]
