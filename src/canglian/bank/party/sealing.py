"""Sealing personal data when it comes in, and opening it when it goes out. Nothing else does either.

Commands are logged as JSON, so data is sealed before a command is submitted: commands carry ``SealedText``, never the
plain text. A repeated request with the same idempotency key seals to the same text.
"""

import enum
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.party import checks
from canglian.bank.party.model import Field, ListedBy, Party, PartyDocument, PartyKind
from canglian.kernel.crypto import Keyring, masked_card, masked_identity, masked_mobile, masked_name
from canglian.kernel.typed import compared_name, name_spellings, typed_mobile, typed_number

NAME = "party.name"
NUMBER = "party.number"
MOBILE = "party.mobile"
ADDRESS = "party.address"
DOCUMENT = "party_document.number"
ACCOUNT = "remote_opening.account"

Index = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class SealedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Personal data as it is stored: sealed, with its mask and blind index."""

    sealed: Annotated[str, Meta(pattern=r"^sealed:", max_length=2000)]
    mask: Annotated[str, Meta(max_length=200)]
    index: Index


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The subject of a list entry: listed by number or mobile, its blind index, its mask."""

    listed_by: ListedBy
    index: Index
    mask: Annotated[str, Meta(max_length=40)]


class Sealer:
    """Checks and seals the data of one request. ``today`` is the business date, ``request`` its idempotency key."""

    def __init__(self, keyring: Keyring, today: date, request: str | None) -> None:
        self._keyring = keyring
        self._today = today
        self._request = request

    def name(self, plain: str, kind: PartyKind) -> SealedText:
        """A name; rejects ``party.name_form``."""
        name = checks.name(plain)
        mask = masked_name(name) if kind is PartyKind.PERSON else masked_title(name)
        return self._sealed(name, NAME, mask, compared=compared_name(name))

    def number(self, plain: str, kind: PartyKind) -> SealedText:
        """An identity number or credit code, as the kind has it; rejects ``party.identity_*``, ``party.credit_*``."""
        number = self._checked_number(plain, kind)
        return self._sealed(number, NUMBER, masked_number(number, kind))

    def mobile(self, plain: str) -> SealedText:
        """A mobile number; rejects ``party.mobile_form``."""
        mobile = checks.mobile(plain)
        return self._sealed(mobile, MOBILE, masked_mobile(mobile))

    def address(self, plain: str) -> SealedText:
        """An address; rejects ``party.address_form``."""
        address = checks.address(plain)
        return self._sealed(address, ADDRESS, "****")

    def document(self, plain: str) -> SealedText:
        """A document's number, indexed like a party's number, so that the two can be compared."""
        number = checks.document_number(plain)
        return self._sealed(number, DOCUMENT, masked_document(number), index_about=NUMBER)

    def account(self, plain: str) -> SealedText:
        """An account at another bank; rejects ``remote_opening.account_form``."""
        number = checks.account_number(plain)
        mask = masked_card(number) if len(number) >= 15 else f"{'*' * (len(number) - 4)}{number[-4:]}"
        return self._sealed(number, ACCOUNT, mask)

    def subject(self, plain: str, listed_by: ListedBy) -> Subject:
        """The subject of a list entry. A number is an identity number or, if it has no such form, a credit code."""
        if listed_by is ListedBy.MOBILE:
            mobile = checks.mobile(plain)
            return Subject(listed_by, self._keyring.blind_index(mobile, MOBILE), masked_mobile(mobile))
        kind = kind_of_number(plain)
        number = self._checked_number(plain, kind)
        return Subject(listed_by, self._keyring.blind_index(number, NUMBER), masked_number(number, kind))

    def _checked_number(self, plain: str, kind: PartyKind) -> str:
        return checks.identity_number(plain, self._today) if kind is PartyKind.PERSON else checks.credit_code(plain)

    def _sealed(
        self, plain: str, about: str, mask: str, index_about: str | None = None, compared: str | None = None
    ) -> SealedText:
        sealed = self._keyring.seal(plain, about, request=self._request)
        return SealedText(sealed, mask, self._keyring.blind_index(compared or plain, index_about or about))


def kind_of_number(plain: str) -> PartyKind:
    """Person for the form of an identity number, company for that of a credit code.

    Eighteen digits may have both forms; what is wholly an identity number is one, then the checksum decides.
    """
    number = typed_number(plain)
    if not (len(number) == 18 and number[:17].isdecimal() and number.isascii() and number[17] in "0123456789X"):
        return PartyKind.COMPANY
    is_code = checks.credit_check(number[:17]) == number[17] and not checks.is_identity_number(number)
    return PartyKind.COMPANY if is_code else PartyKind.PERSON


class IndexBy(enum.StrEnum):
    """By what a party is looked for, and which blind index has it."""

    NUMBER = "number"
    MOBILE = "mobile"
    NAME = "name"


def search_indexes(keyring: Keyring, by: IndexBy, plain: str) -> list[str]:
    """The blind indexes under which a party may be kept that was searched for; nothing is checked."""
    match by:
        case IndexBy.NUMBER:
            return [keyring.blind_index(typed_number(plain), NUMBER)]
        case IndexBy.MOBILE:
            return [keyring.blind_index(typed_mobile(plain), MOBILE)]
        case IndexBy.NAME:
            spellings = (keyring.blind_index(spelling, NAME) for spelling in name_spellings(plain))
            return list(dict.fromkeys(spellings))


def opened(
    keyring: Keyring, party: Party, documents: list[PartyDocument], fields: list[Field]
) -> dict[str, str | list[dict[str, str]]]:
    """The plain text of some fields, without those that are unknown or erased."""
    places = {
        Field.NAME: (party.name_sealed, NAME),
        Field.NUMBER: (party.number_sealed, NUMBER),
        Field.MOBILE: (party.mobile_sealed, MOBILE),
        Field.ADDRESS: (party.address_sealed, ADDRESS),
    }
    texts: dict[str, str | list[dict[str, str]]] = {}
    for field in fields:
        if field is Field.DOCUMENTS:
            texts[field.value] = [
                {
                    "id": document.id,
                    "kind": document.kind.value,
                    "number": keyring.open(document.number_sealed, DOCUMENT),
                }
                for document in documents
                if document.number_sealed is not None
            ]
        elif (sealed := places[field][0]) is not None:
            texts[field.value] = keyring.open(sealed, places[field][1])
    return texts


def masked_number(value: str, kind: PartyKind) -> str:
    """An identity number or credit code (its first two and last four characters), masked."""
    return masked_identity(value) if kind is PartyKind.PERSON else f"{value[:2]}{'*' * 12}{value[-4:]}"


def masked_document(value: str) -> str:
    """A document's number, masked."""
    return masked_identity(value) if len(value) >= 15 else f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}"


def masked_title(value: str) -> str:
    """The name of an organisation: its first two and last two characters where it has six and more."""
    return f"{value[:2]}{'*' * (len(value) - 4)}{value[-2:]}" if len(value) >= 6 else masked_name(value)
