"""The one place where personal data turns from plain to sealed on its way in, and back on its way out.

A command is logged as JSON, so a face seals before it submits: the command carries ``SealedText`` and never the text.
What is sealed under the idempotency key of a request is sealed alike when the request is repeated.
"""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.party import checks
from canglian.bank.party.model import Field, ListedBy, Party, PartyDocument, PartyKind
from canglian.kernel.crypto import Keyring, masked_card, masked_identity, masked_mobile, masked_name

NAME = "party.name"
NUMBER = "party.number"
MOBILE = "party.mobile"
ADDRESS = "party.address"
DOCUMENT = "party_document.number"
ACCOUNT = "remote_opening.account"

Index = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class SealedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of personal data as it may be stored: sealed, with its mask and blind index."""

    sealed: Annotated[str, Meta(pattern=r"^sealed:", max_length=2000)]
    mask: Annotated[str, Meta(max_length=200)]
    index: Index


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody as a list knows them: what by, the blind index, the mask."""

    listed_by: ListedBy
    index: Index
    mask: Annotated[str, Meta(max_length=40)]


class Sealer:
    """Checks and seals what one request brings. ``today`` is the business date, ``request`` its idempotency key."""

    def __init__(self, keyring: Keyring, today: date, request: str | None) -> None:
        self._keyring = keyring
        self._today = today
        self._request = request

    def name(self, plain: str, kind: PartyKind) -> SealedText:
        """A name; rejects ``party.name_form``."""
        told = checks.name(plain)
        return self._sealed(told, NAME, masked_name(told) if kind is PartyKind.PERSON else masked_title(told))

    def number(self, plain: str, kind: PartyKind) -> SealedText:
        """An identity number or credit code, as the kind has it; rejects ``party.identity_*``, ``party.credit_*``."""
        told = self._checked_number(plain, kind)
        return self._sealed(told, NUMBER, masked_number(told, kind))

    def mobile(self, plain: str) -> SealedText:
        """A mobile; rejects ``party.mobile_form``."""
        told = checks.mobile(plain)
        return self._sealed(told, MOBILE, masked_mobile(told))

    def address(self, plain: str) -> SealedText:
        """An address; rejects ``party.address_form``."""
        told = checks.address(plain)
        return self._sealed(told, ADDRESS, "****")

    def document(self, plain: str) -> SealedText:
        """A document's number, whose index is that of a party's number, so that the two can be compared."""
        told = checks.document_number(plain)
        return self._sealed(told, DOCUMENT, masked_document(told), index_about=NUMBER)

    def account(self, plain: str) -> SealedText:
        """An account at another bank; rejects ``remote_opening.account_form``."""
        told = checks.account_number(plain)
        mask = masked_card(told) if len(told) >= 15 else f"{'*' * (len(told) - 4)}{told[-4:]}"
        return self._sealed(told, ACCOUNT, mask)

    def subject(self, plain: str, listed_by: ListedBy) -> Subject:
        """Somebody for a list. A number is an identity number or, if it does not look like one, a credit code."""
        if listed_by is ListedBy.MOBILE:
            told = checks.mobile(plain)
            return Subject(listed_by, self._keyring.blind_index(told, MOBILE), masked_mobile(told))
        kind = kind_of_number(plain)
        told = self._checked_number(plain, kind)
        return Subject(listed_by, self._keyring.blind_index(told, NUMBER), masked_number(told, kind))

    def _checked_number(self, plain: str, kind: PartyKind) -> str:
        return checks.identity_number(plain, self._today) if kind is PartyKind.PERSON else checks.credit_code(plain)

    def _sealed(self, plain: str, about: str, mask: str, index_about: str | None = None) -> SealedText:
        sealed = self._keyring.seal(plain, about, request=self._request)
        return SealedText(sealed, mask, self._keyring.blind_index(plain, index_about or about))


def kind_of_number(plain: str) -> PartyKind:
    """Person for what looks like an identity number, company for what looks like a credit code.

    The eighteen digits of a number may look like both; it is a person's where its checksum says so.
    """
    told = checks.normalised(plain)
    if len(told) == 18 and told[:17].isdecimal() and told[:17].isascii():
        is_code = not told.isdecimal() or checks.credit_check(told[:17]) == told[17]
        return PartyKind.PERSON if checks.identity_check(told[:17]) == told[17] or not is_code else PartyKind.COMPANY
    return PartyKind.COMPANY


def name_index(keyring: Keyring, plain: str) -> str:
    """The blind index of a name; nothing is checked."""
    return keyring.blind_index(" ".join(plain.split()), NAME)


def number_index(keyring: Keyring, plain: str) -> str:
    """The blind index of a number."""
    return keyring.blind_index(plain, NUMBER)


def mobile_index(keyring: Keyring, plain: str) -> str:
    """The blind index of a mobile."""
    return keyring.blind_index(plain, MOBILE)


def opened(
    keyring: Keyring, party: Party, documents: list[PartyDocument], fields: list[Field]
) -> dict[str, str | list[dict[str, str]]]:
    """The plain text of some fields; what is not known, or was erased, is left out."""
    places = {
        Field.NAME: (party.name_sealed, NAME),
        Field.NUMBER: (party.number_sealed, NUMBER),
        Field.MOBILE: (party.mobile_sealed, MOBILE),
        Field.ADDRESS: (party.address_sealed, ADDRESS),
    }
    told: dict[str, str | list[dict[str, str]]] = {}
    for field in fields:
        if field is Field.DOCUMENTS:
            told[field.value] = [
                {"id": one.id, "kind": one.kind.value, "number": keyring.open(one.number_sealed, DOCUMENT)}
                for one in documents
                if one.number_sealed is not None
            ]
        elif (sealed := places[field][0]) is not None:
            told[field.value] = keyring.open(sealed, places[field][1])
    return told


def masked_number(value: str, kind: PartyKind) -> str:
    """The ends of an identity number; of a credit code the first two and the last four."""
    return masked_identity(value) if kind is PartyKind.PERSON else f"{value[:2]}{'*' * 12}{value[-4:]}"


def masked_document(value: str) -> str:
    """The first and the last character."""
    return masked_identity(value) if len(value) >= 15 else f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}"


def masked_title(value: str) -> str:
    """The name of an organisation: its first two and last two characters where it has six and more."""
    return f"{value[:2]}{'*' * (len(value) - 4)}{value[-2:]}" if len(value) >= 6 else masked_name(value)
