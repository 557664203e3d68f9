"""How forms ask for a customer: by the whole name, the mobile, the number of a document or the id.

A document is found by what is known of its holder.
"""

from collections.abc import Mapping, Sequence

from canglian.bank.party.model import Consent, PartyDocument, PartyRole
from canglian.bank.party.queries import parties
from canglian.bank.party.queries.parties import PartyView
from canglian.bank.party.sealing import IndexBy, search_indexes
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import some, used
from canglian.kernel.typed import typed_id
from canglian.web.additions import Pick, Picked, pick_code
from canglian.web.services import Services


async def found_by_text(services: Services, book: int, text: str) -> list[PartyView]:
    """The customers whom a text names whole, by masks."""
    identity, reader = typed_id(text), services.reader
    if identity.startswith("pty_"):
        return await parties.views(reader, book, await parties.by_ids(reader, book, [identity]))
    found: dict[str, PartyView] = {}
    for by in IndexBy:
        known = await parties.known_by(reader, book, by.value, search_indexes(services.keyring, by, text))
        found |= {party.id: party for party in known}
    return list(found.values())


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    return [_picked(party) for party in await found_by_text(services, book, text)]


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    found = await parties.views(services.reader, book, await parties.by_ids(services.reader, book, identities))
    order = {identity: position for position, identity in enumerate(identities)}
    return [_picked(party) for party in sorted(found, key=lambda party: order[party.id])]


def _picked(party: PartyView) -> Picked:
    return Picked(party.id, party.name, " · ".join(filter(None, (party.number, party.mobile))))


async def _find_documents(services: Services, book: int, text: str) -> list[Picked]:
    if typed_id(text).startswith("doc_"):
        return await _named_documents(services, book, [typed_id(text)])
    holders = await found_by_text(services, book, text)
    found = [each for holder in holders for each in await parties.documents_of(services.reader, book, holder.id)]
    names = {holder.id: holder.name for holder in holders}
    return [_picked_document(document, names) for document in found]


async def _named_documents(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    reader = services.reader
    found = [each for identity in identities for each in await some(reader, book, PartyDocument, "id", identity)]
    names = await parties.names(reader, book, [document.party for document in found])
    return [_picked_document(document, names) for document in found]


def _picked_document(document: PartyDocument, names: Mapping[str, str]) -> Picked:
    return Picked(document.id, document.number_mask, names.get(document.party, ""))


_FIELDS = ("party", "owner", "representative", "survivor", "other")


async def _within(reader: Reader, book: int) -> list[str]:
    return await used(reader, book, PartyRole, "within")


async def _scopes(reader: Reader, book: int) -> list[str]:
    return sorted({*FIRST_SCOPES, *await used(reader, book, Consent, "scope")})


FIRST_SCOPES = ("identity.face", "profile.basic")
"""What consents are about on a person's own pages, and in the examples."""

PICKS = (
    pick_code("within", "A thing of a scene, such as village:7", _within, ("within",)),
    pick_code("scope", "Which data, such as profile.basic", _scopes, ("scope",)),
    Pick("party", "Whole name, mobile, document, account or wallet number", _find, _named, _FIELDS),
    Pick("document", "Its holder's name, mobile or document number", _find_documents, _named_documents, ("document",)),
)
