"""Registering, changing, verifying and rating parties."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from canglian.bank.party.model import Level, Party, PartyDocument, PartyKind, PartyState, Risk
from canglian.bank.party.rules import (
    active_organisation,
    active_party,
    active_person,
    graver,
    is_valid,
    least_risk,
    listed,
    living,
    policy_in_force,
    review_on,
)
from canglian.bank.party.sealing import SealedText
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, doc, identifier, impersonal
from canglian.kernel.values import Name

PartyId = Annotated[str, identifier("pty", "A party's id.")]
Nationality = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="ISO 3166-1 alpha-3, such as CHN.")]
Occupation = Annotated[
    str, Meta(pattern=r"^[^\x00-\x1f\x7f<>]+\Z", min_length=1, max_length=60), Field(check=impersonal)
]


class RegisterParty(Command[Party], kind="party.register"):
    """Make a person or an organisation known to the book.

    A person on the black list is registered with the risk prohibited, one on the grey list with high. Rejects
    ``party.number_taken`` with the other's id, ``party.not_organisation`` for a person's representative.
    """

    party_kind: PartyKind
    name: SealedText
    number: SealedText | None = None
    mobile: SealedText | None = None
    address: SealedText | None = None
    nationality: Nationality = "CHN"
    occupation: Occupation | None = None
    representative: PartyId | None = None

    def decide(self, book: Book) -> Party:
        refuse_taken(book, None if self.number is None else self.number.index)
        return self.registered(book)

    def registered(self, book: Book, claimed_until: datetime | None = None) -> Party:
        """The new party; with ``claimed_until`` its number is not proven, and no list of numbers is asked yet."""
        policy = policy_in_force(book)
        number, mobile = _parts(self.number), _parts(self.mobile)
        if self.representative is not None:
            active_person(book, self.representative)
        risk = least_risk(listed(book, None if claimed_until else number[2], mobile[2]))
        identity = book.new_id("pty")
        if self.representative is not None and self.party_kind is PartyKind.PERSON:
            book.reject("party.not_organisation", party=identity)
        party = Party(
            identity,
            self.party_kind,
            self.name.sealed,
            self.name.mask,
            self.name.index,
            *number,
            *mobile,
            None if self.address is None else self.address.sealed,
            self.nationality,
            self.occupation,
            self.representative,
            Level.NONE,
            None,
            risk,
            review_on(policy, risk, book.today),
            PartyState.ACTIVE,
            None,
            None,
            book.now,
            book.now,
            claimed_until,
        )
        book.emit(
            "party.registered", f"party:{identity}", party=identity, party_kind=self.party_kind.value, risk=risk.value
        )
        return book.add(party)


class ChangeParty(Command[Party], kind="party.change"):
    """Change what is known; what is left out stays, null clears. A number is added where there was none.

    Rejects ``party.name_verified``, ``party.number_fixed``, ``party.number_taken``, ``party.nothing_to_change``, and
    what ``active_party`` does.
    """

    party: PartyId
    name: SealedText | UnsetType = UNSET
    number: SealedText | UnsetType = UNSET
    mobile: SealedText | UnsetType | None = UNSET
    address: SealedText | UnsetType | None = UNSET
    nationality: Nationality | UnsetType = UNSET
    occupation: Occupation | UnsetType | None = UNSET
    representative: PartyId | UnsetType | None = UNSET

    def decide(self, book: Book) -> Party:
        party = active_party(book, self.party)
        changes = {name: value for name in _CHANGING if (value := getattr(self, name)) is not UNSET}
        if not changes:
            book.reject("party.nothing_to_change", party=party.id)
        if self.representative is not UNSET and self.representative is not None:
            active_organisation(book, party.id)
            active_person(book, self.representative)
        if self.name is not UNSET and party.level is not Level.NONE and party.name_index != self.name.index:
            book.reject("party.name_verified", party=party.id, field="name")
        if self.number is not UNSET:
            if party.proven_number is not None and party.number_index != self.number.index:
                book.reject("party.number_fixed", party=party.id)
            refuse_taken(book, self.number.index, besides=party.id)
        stored: dict[str, Any] = {}
        for name, value in changes.items():
            stored |= _stored(name, value)
        if self.number is not UNSET:
            stored["claimed_until"] = None
        if self.mobile is not UNSET:
            stored["signs_in_since"] = None
        changed = party.replace(**stored, updated_at=book.now)
        entry = listed(book, changed.proven_number, changed.mobile_index)
        risk = graver(changed.risk, least_risk(entry))
        if risk is not changed.risk:
            changed = changed.replace(risk=risk, review_on=review_on(policy_in_force(book), risk, book.today))
        book.emit("party.changed", f"party:{party.id}", party=party.id, fields=",".join(sorted(changes)))
        return book.put(changed)


class RenameParty(Command[Party], kind="party.rename"):
    """Give a verified customer another name, as a document has it. It is carried out as an approved proposal only.

    Rejects ``party.nothing_to_change``, and what ``active_party`` does.
    """

    party: PartyId
    name: SealedText
    reason: Annotated[Reason, doc("Why, and which document has the new name.")]

    def decide(self, book: Book) -> Party:
        party = active_party(book, self.party)
        if party.name_index == self.name.index:
            book.reject("party.nothing_to_change", party=party.id)
        book.emit("party.changed", f"party:{party.id}", party=party.id, fields="name")
        return book.put(party.replace(**_stored("name", self.name), updated_at=book.now))


class VerifyFaceToFace(Command[Party], kind="party.verify_face_to_face"):
    """An operator has seen the person, or an organisation's representative, with a valid document on record.

    Rejects ``party.number_missing``, ``party_document.needed``, ``party.prohibited``, ``party.level_same``, and
    ``party.number_taken`` for a number that was only claimed so far and is another's.
    """

    party: PartyId
    document: Annotated[str, identifier("doc"), doc("The document that was in hand.")]
    place: Annotated[Name, doc("Where it was.")]

    def decide(self, book: Book) -> Party:
        party = active_party(book, self.party)
        if party.level is Level.FACE_TO_FACE:
            book.reject("party.level_same", party=party.id, level=party.level.value)
        if party.number_index is None:
            book.reject("party.number_missing", party=party.id)
        refuse_prohibited(book, party)
        document = book.get(PartyDocument, self.document)
        if document.party != party.id or not is_valid(document, book.today):
            book.reject("party_document.needed", party=party.id)
        return raise_level(book, prove_number(book, party), Level.FACE_TO_FACE)


class RateRisk(Command[Party], kind="party.rate_risk"):
    """Rate the risk, which sets the next review. Rejects ``party.listed`` where a list requires a higher one."""

    party: PartyId
    risk: Annotated[Risk, doc("The risk of money laundering: low, medium, high or prohibited.")]
    reason: Reason

    def decide(self, book: Book) -> Party:
        party = active_party(book, self.party)
        entry = listed(book, party.proven_number, party.mobile_index)
        if entry is not None and self.risk.rank < least_risk(entry).rank:
            book.reject("party.listed", party=party.id, colour=entry.colour.value, entry=entry.id, risk=self.risk.value)
        return set_risk(book, party, self.risk)


def refuse_taken(book: Book, number_index: str | None, besides: str | None = None) -> None:
    """``party.number_taken`` where another party has this number; one that only claims it has not."""
    other = holder_of(book, number_index, besides)
    if other is not None:
        book.reject("party.number_taken", other=other.id, field="number")


def holder_of(book: Book, number_index: str | None, besides: str | None = None) -> Party | None:
    """The party with a number that is proven, or that staff registered."""
    return next((party for party in living(book, "number", number_index) if _holds(party, besides)), None)


def _holds(party: Party, besides: str | None) -> bool:
    return party.id != besides and party.claimed_until is None


def prove_number(book: Book, party: Party) -> Party:
    """A number that was claimed is the party's from now on, and lists of numbers count.

    Rejects ``party.number_taken``.
    """
    if party.claimed_until is None:
        return party
    refuse_taken(book, party.number_index, besides=party.id)
    proven = book.put(party.replace(claimed_until=None, updated_at=book.now))
    risk = graver(proven.risk, least_risk(listed(book, proven.number_index, proven.mobile_index)))
    return proven if risk is proven.risk else set_risk(book, proven, risk)


def refuse_prohibited(book: Book, party: Party) -> None:
    """``party.prohibited`` where nothing may be begun with a party."""
    if party.risk is Risk.PROHIBITED:
        book.reject("party.prohibited", party=party.id)


def raise_level(book: Book, party: Party, level: Level) -> Party:
    """Note that a party is verified further."""
    book.emit("party.level_changed", f"party:{party.id}", party=party.id, before=party.level.value, level=level.value)
    at: datetime = book.now
    return book.put(party.replace(level=level, verified_at=at, updated_at=at))


def set_risk(book: Book, party: Party, risk: Risk) -> Party:
    """Note a rating, and when it is looked at again."""
    book.emit("party.risk_rated", f"party:{party.id}", party=party.id, before=party.risk.value, risk=risk.value)
    again = review_on(policy_in_force(book), risk, book.today)
    return book.put(party.replace(risk=risk, review_on=again, updated_at=book.now))


_CHANGING = ("name", "number", "mobile", "address", "nationality", "occupation", "representative")


def _parts(text: SealedText | None) -> tuple[str | None, str | None, str | None]:
    return (None, None, None) if text is None else (text.sealed, text.mask, text.index)


def named(name: SealedText, number: SealedText) -> dict[str, Any]:
    """The columns of a name and a number."""
    return _stored("name", name) | _stored("number", number)


def _stored(name: str, value: Any) -> dict[str, Any]:
    """The columns of a change."""
    if name == "address":
        return {"address_sealed": None if value is None else value.sealed}
    if name in ("name", "number", "mobile"):
        sealed, mask, index = _parts(value)
        return {f"{name}_sealed": sealed, f"{name}_mask": mask, f"{name}_index": index}
    return {name: value}
