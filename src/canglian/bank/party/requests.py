"""What faces are asked in plain, and the commands that it becomes, checked and sealed on the way.

The API reads these structs from JSON, the console from forms.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from canglian.bank.party.checks import impersonal
from canglian.bank.party.codes import TypedDigits, index_of
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddDocument,
    AddListEntry,
    ChangeParty,
    GiveAccount,
    MatchElements,
    NoteIntentCheck,
    RegisterParty,
    SubmitDocument,
    TypeCode,
)
from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.intent import Instant
from canglian.bank.party.commands.parties import Nationality, Occupation, PartyId
from canglian.bank.party.model import (
    Colour,
    Control,
    DocumentKind,
    IntentHow,
    IntentOutcome,
    ListedBy,
    Party,
    PartyKind,
)
from canglian.bank.party.sealing import Sealer
from canglian.kernel.crypto import Keyring
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import Name, Reference
from canglian.web.principal import Principal
from canglian.web.services import Services

Plain = Annotated[str, Meta(min_length=1, max_length=240, description="Personal data in plain; it is sealed at once.")]


class PartyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person or an organisation to be known. The number is an identity number, or a unified credit code."""

    kind: PartyKind
    name: Plain
    number: Plain | None = None
    mobile: Plain | None = None
    address: Plain | None = None
    nationality: Nationality = "CHN"
    occupation: Occupation | None = None
    representative: PartyId | None = None

    def command(self, sealer: Sealer) -> RegisterParty:
        """The command. Rejects ``party.*_form`` and the like."""
        return RegisterParty(
            party_kind=self.kind,
            name=sealer.name(self.name, self.kind),
            number=None if self.number is None else sealer.number(self.number, self.kind),
            mobile=None if self.mobile is None else sealer.mobile(self.mobile),
            address=None if self.address is None else sealer.address(self.address),
            nationality=self.nationality,
            occupation=self.occupation and impersonal(self.occupation, "occupation"),
            representative=self.representative,
        )


class PartyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays, null clears. A number is added where there was none."""

    name: Plain | UnsetType = UNSET
    number: Plain | UnsetType = UNSET
    mobile: Plain | UnsetType | None = UNSET
    address: Plain | UnsetType | None = UNSET
    nationality: Nationality | UnsetType = UNSET
    occupation: Occupation | UnsetType | None = UNSET
    representative: PartyId | UnsetType | None = UNSET

    def command(self, sealer: Sealer, party: Party) -> ChangeParty:
        """The command. Rejects ``party.*_form`` and the like."""
        changes: dict[str, Any] = {
            name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not UNSET
        }
        seals: dict[str, Callable[[str], Any]] = {
            "name": partial(sealer.name, kind=party.kind),
            "number": partial(sealer.number, kind=party.kind),
            "mobile": sealer.mobile,
            "address": sealer.address,
            "occupation": partial(impersonal, field="occupation"),
        }
        for name, seal in seals.items():
            if changes.get(name) is not None:
                changes[name] = seal(changes[name])
        return ChangeParty(party=party.id, **changes)


class DocumentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper that was seen. ``digest`` is the SHA-256 of its picture, which is kept elsewhere."""

    kind: DocumentKind
    number: Plain
    authority: Name
    valid_from: date
    valid_until: date | None = None
    digest: Digest | None = None

    def command(self, sealer: Sealer, party: str) -> AddDocument:
        """The command. Rejects ``party_document.number_form``."""
        return AddDocument(
            party=party,
            document_kind=self.kind,
            number=sealer.document(self.number),
            authority=impersonal(self.authority, "authority"),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            digest=self.digest,
        )


class OpeningDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document that was read on the way of an opening."""

    kind: DocumentKind
    number: Plain
    authority: Name
    valid_from: date
    digest: Digest
    valid_until: date | None = None

    def command(self, sealer: Sealer, opening: str) -> SubmitDocument:
        """The command. Rejects ``party_document.number_form``."""
        return SubmitDocument(
            opening=opening,
            document_kind=self.kind,
            number=sealer.document(self.number),
            authority=impersonal(self.authority, "authority"),
            valid_from=self.valid_from,
            digest=self.digest,
            valid_until=self.valid_until,
        )


class OpeningElements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bank of the account said to the elements. ``account`` is its number."""

    elements: Annotated[int, Meta(ge=1, le=5)]
    matched: bool
    account: Plain
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

    account: Plain

    def command(self, sealer: Sealer, opening: str) -> GiveAccount:
        """The command. Rejects ``remote_opening.account_form``."""
        return GiveAccount(opening=opening, account=sealer.account(self.account))


class TypedCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person typed."""

    code: TypedDigits

    def command(self, keyring: Keyring, book: int, opening: str) -> TypeCode:
        """The command, with the keyed hash alone."""
        return TypeCode(opening=opening, code=index_of(keyring, book, opening, self.code))


class ListRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody for a list, by an identity number, credit code or mobile."""

    colour: Colour
    listed_by: ListedBy
    value: Plain
    reason: Name
    until: date | None = None

    def command(self, sealer: Sealer) -> AddListEntry:
        """The command. Rejects what the number or mobile is refused for."""
        return AddListEntry(
            colour=self.colour,
            subject=sealer.subject(self.value, self.listed_by),
            reason=impersonal(self.reason, "reason"),
            until=self.until,
        )


class OwnerRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who in the end owns or controls an organisation."""

    owner: PartyId
    control: Control
    share_bps: Annotated[int, Meta(ge=0, le=10_000)] = 0

    def command(self, company: str) -> AddBeneficialOwner:
        """The command."""
        return AddBeneficialOwner(company=company, owner=self.owner, control=self.control, share_bps=self.share_bps)


class IntentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That an organisation's representative was asked for its intent, and what came of it."""

    spoke_with: PartyId
    how: IntentHow
    held_at: Instant
    reference: Reference
    outcome: IntentOutcome
    note: Name | None = None

    def command(self, company: str) -> NoteIntentCheck:
        """The command. Rejects ``party.text_personal``."""
        return NoteIntentCheck(
            company=company,
            spoke_with=self.spoke_with,
            how=self.how,
            held_at=self.held_at,
            reference=impersonal(self.reference, "reference"),
            outcome=self.outcome,
            note=self.note and impersonal(self.note, "note"),
        )


class SearchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to look for, by one of a number, a mobile or a whole name: in the body, never in an address."""

    number: Plain | None = None
    mobile: Plain | None = None
    name: Plain | None = None


async def sealer_for(services: Services, principal: Principal, key: str | None) -> Sealer:
    """Who checks and seals what a request brings."""
    today = (await book_figures(services.reader, principal.book)).today
    return Sealer(services.keyring, today, None if key is None else f"{principal.scope}/{key}")
