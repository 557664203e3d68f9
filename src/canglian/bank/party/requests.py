"""What faces are asked in plain, and the commands that it becomes, checked and sealed on the way.

The API reads these structs from JSON, the console from forms.
"""

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from canglian.bank.party.codes import TypedDigits, index_of
from canglian.bank.party.commands import (
    AddListEntry,
    GiveAccount,
    MatchElements,
    RegisterParty,
    SubmitDocument,
    TypeCode,
)
from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.parties import Nationality, Occupation, PartyId
from canglian.bank.party.model import Colour, DocumentKind, ListedBy, PartyKind
from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import SealedText, Sealer
from canglian.kernel.crypto import Keyring
from canglian.kernel.fields import Reason, doc
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import Name, Reference
from canglian.web.actions import Resolve, Typed
from canglian.web.operations import RequestContext
from canglian.web.principal import Principal
from canglian.web.services import Services

Plain = Annotated[str, Meta(min_length=1, max_length=240, description="Personal data in plain; it is sealed at once.")]


class PartyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person or an organisation to be known. The number is an identity number, or a unified credit code."""

    kind: Annotated[PartyKind, doc("What kind of party it is.")]
    name: Plain
    number: Annotated[Plain | None, doc("The identity number or credit code in plain; it is sealed at once.")] = None
    mobile: Annotated[Plain | None, doc("The mobile number: in plain when it is sent, masked when it is shown.")] = None
    address: Annotated[Plain | None, doc("The postal address, in plain.")] = None
    nationality: Nationality = "CHN"
    occupation: Annotated[Occupation | None, doc("What the person does for a living.")] = None
    representative: Annotated[PartyId | None, doc("The legal representative's party.")] = None

    def command(self, sealer: Sealer) -> RegisterParty:
        """The command. Rejects ``party.*_form`` and the like."""
        return RegisterParty(
            party_kind=self.kind,
            name=sealer.name(self.name, self.kind),
            number=None if self.number is None else sealer.number(self.number, self.kind),
            mobile=None if self.mobile is None else sealer.mobile(self.mobile),
            address=None if self.address is None else sealer.address(self.address),
            nationality=self.nationality,
            occupation=self.occupation,
            representative=self.representative,
        )


class PartyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays, null clears. A number is added where there was none."""

    name: Plain | UnsetType = UNSET
    number: Plain | UnsetType = UNSET
    mobile: Annotated[
        Plain | UnsetType | None,
        doc("The mobile number: in plain when it is sent, masked when it is shown."),
    ] = UNSET
    address: Annotated[Plain | UnsetType | None, doc("The postal address, in plain.")] = UNSET
    nationality: Nationality | UnsetType = UNSET
    occupation: Annotated[Occupation | UnsetType | None, doc("What the person does for a living.")] = UNSET
    representative: Annotated[PartyId | UnsetType | None, doc("The legal representative's party.")] = UNSET


class TypedName(Typed, frozen=True, kw_only=True):
    """Another name of somebody who was verified, and why."""

    name: Plain
    reason: Reason


class DocumentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper that was seen. ``digest`` is the SHA-256 of its picture, which is kept elsewhere."""

    document_kind: Annotated[DocumentKind, doc("What kind of document it is.")] = msgspec.field(name="kind")
    number: Plain
    authority: Annotated[Name, doc("Who issued the document.")]
    valid_from: Annotated[date, doc("The first day of the document's validity.")]
    valid_until: Annotated[date | None, doc("The last day of the document's validity; null for life.")] = None
    digest: Annotated[Digest | None, doc("The SHA-256 of its picture.")] = None


class OpeningDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document that was read on the way of an opening."""

    kind: Annotated[DocumentKind, doc("What kind of document it is.")]
    number: Plain
    authority: Annotated[Name, doc("Who issued the document.")]
    valid_from: Annotated[date, doc("The first day of the document's validity.")]
    digest: Digest
    valid_until: Annotated[date | None, doc("The last day of the document's validity; null for life.")] = None

    def command(self, sealer: Sealer, opening: str) -> SubmitDocument:
        """The command. Rejects ``party_document.number_form``."""
        return SubmitDocument(
            opening=opening,
            document_kind=self.kind,
            number=sealer.document(self.number),
            authority=self.authority,
            valid_from=self.valid_from,
            digest=self.digest,
            valid_until=self.valid_until,
        )


class OpeningElements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The element check's answer by the bank of the account. ``account`` is its number."""

    elements: Annotated[int, Meta(ge=1, le=5), doc("How many of the five elements agree, or have to.")]
    matched: Annotated[bool, doc("Whether it agreed.")]
    account: Annotated[Plain, doc("The number of the bound account, in plain.")]
    reference: Reference

    def command(self, sealer: Sealer, opening: str) -> MatchElements:
        """The command. Rejects ``remote_opening.account_form``."""
        return MatchElements(
            opening=opening,
            elements=self.elements,
            matched=self.matched,
            account=sealer.account(self.account),
            reference=self.reference,
        )


class OpeningAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person's own account at another bank."""

    account: Annotated[Plain, doc("The number of the account, in plain; it is sealed at once.")]

    def command(self, sealer: Sealer, opening: str) -> GiveAccount:
        """The command. Rejects ``remote_opening.account_form``."""
        return GiveAccount(opening=opening, account=sealer.account(self.account))


class TypedCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person typed."""

    code: Annotated[TypedDigits, doc("The six digits of the message.")]

    def command(self, keyring: Keyring, book: int, opening: str) -> TypeCode:
        """The command, with the keyed hash alone."""
        return TypeCode(opening=opening, code=index_of(keyring, book, opening, self.code))


class ListRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody for a list, by an identity number, credit code or mobile."""

    colour: Annotated[Colour, doc("`black` refuses, `grey` requires a review.")]
    listed_by: Annotated[ListedBy, doc("What the entry knows somebody by.")]
    value: Plain
    reason: Reason
    until: Annotated[date | None, doc("The last day on which it holds; null for ever.")] = None

    def command(self, sealer: Sealer) -> AddListEntry:
        """The command. Rejects what the number or mobile is refused for."""
        return AddListEntry(
            colour=self.colour,
            subject=sealer.subject(self.value, self.listed_by),
            reason=self.reason,
            until=self.until,
        )


class SearchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to look for, by one of a number, a mobile or a whole name: in the body, never in an address."""

    number: Annotated[Plain | None, doc("The identity number or credit code to look for; it stays in the body.")] = None
    mobile: Annotated[Plain | None, doc("Only who has this mobile number, in plain.")] = None
    name: Annotated[Plain | None, doc("What people read.")] = None


async def sealed_document(context: RequestContext, body: DocumentRequest) -> SealedText:
    """The number of a paper, sealed. Rejects ``party_document.number_form``; Busy ``lookup.key_often``."""
    context.names_somebody()
    return (await sealer_for(context.services, context.principal, context.key)).document(body.number)


def sealed(name: str) -> Resolve:
    """One piece of a ``PartyChange``, sealed; what is left out stays, null clears. Rejects ``party.*_form``.

    A number or a mobile is a question, too, which an API key may ask so often: ``lookup.key_often``.
    """

    async def made(context: RequestContext, body: PartyChange) -> Any:
        plain = getattr(body, name)
        if not isinstance(plain, str):
            return plain
        if name == "number":
            context.names_somebody()
        elif name == "mobile":
            context.questions.take()
        seal = getattr(await sealer_for(context.services, context.principal, context.key), name)
        if name not in ("name", "number"):
            return seal(plain)
        party = await parties.party(context.services.reader, context.principal.book, context.target["party"])
        return seal(plain, party.kind)

    return made


async def sealer_for(services: Services, principal: Principal, key: str | None) -> Sealer:
    """Who checks and seals what a request brings."""
    today = (await book_figures(services.reader, principal.book)).today
    return Sealer(services.keyring, today, None if key is None else f"{principal.scope}/{key}")
