"""Papers that say who somebody is."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.model import DocumentKind, Party, PartyDocument
from canglian.bank.party.rules import active_party
from canglian.bank.party.sealing import SealedText
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import identifier
from canglian.kernel.values import Name

DocumentId = Annotated[str, identifier("doc", "A document's id.")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="The SHA-256 of the picture, in hexadecimal.")]
NUMBERED = (DocumentKind.IDENTITY_CARD, DocumentKind.BUSINESS_LICENCE)
"""The documents whose number is the party's own."""


class AddDocument(Command[PartyDocument], kind="party.add_document"):
    """Put a paper on record. The number of an identity card or business licence is that of the party.

    Rejects ``party_document.number_differs``, ``.dates``, ``.expired``, ``.not_yet_valid``.
    """

    party: PartyId
    document_kind: DocumentKind
    number: SealedText
    authority: Name
    valid_from: date
    valid_until: date | None = None
    digest: Digest | None = None

    def decide(self, book: Book) -> PartyDocument:
        return put_on_record(book, active_party(book, self.party), self)


def put_on_record(book: Book, party: Party, asked: AddDocument) -> PartyDocument:
    """Check a paper and add it."""
    if asked.document_kind in NUMBERED and asked.number.index != party.number_index:
        book.reject("party_document.number_differs", party=party.id, field="number")
    if asked.valid_until is not None and asked.valid_until < asked.valid_from:
        book.reject(
            "party_document.dates",
            valid_from=asked.valid_from.isoformat(),
            valid_until=asked.valid_until.isoformat(),
            field="valid_until",
        )
    if asked.valid_until is not None and asked.valid_until < book.today:
        book.reject("party_document.expired", valid_until=asked.valid_until.isoformat(), field="valid_until")
    if asked.valid_from > book.today:
        book.reject("party_document.not_yet_valid", valid_from=asked.valid_from.isoformat(), field="valid_from")
    document = PartyDocument(
        book.new_id("doc"),
        party.id,
        asked.document_kind,
        asked.number.sealed,
        asked.number.mask,
        asked.number.index,
        asked.authority,
        asked.valid_from,
        asked.valid_until,
        asked.digest,
        book.now,
        book.actor,
    )
    book.emit("party.document_added", f"party:{party.id}", party=party.id, document=document.id)
    return book.add(document)
