"""What happens at the end: relationships end, two records become one, data is shown, exported and erased."""

from typing import Annotated, Any

from msgspec import Meta

from canglian.bank.party.commands.consents import withdraw_all
from canglian.bank.party.commands.entrance import forget
from canglian.bank.party.commands.intent import end_checks, end_exemptions
from canglian.bank.party.commands.openings import abandon
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.eligibility import going_on
from canglian.bank.party.model import (
    BeneficialOwner,
    Consent,
    Field,
    IntentCheck,
    Level,
    OwnerExemption,
    Party,
    PartyDocument,
    PartyRole,
    PartyState,
    RemoteOpening,
    Unmasking,
)
from canglian.bank.party.rules import (
    active_party,
    graver,
    may_be_erased_on,
    policy_in_force,
    require_active_party,
    review_on,
)
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason

ERASED = "****"
"""What stands in the place of every mask after an erasure."""

Fields = Annotated[list[Field], Meta(min_length=1, max_length=len(Field))]


class UnmaskParty(Command[Unmasking], kind="party.unmask"):
    """Note that somebody is shown personal data, and why; the face opens it only after this was committed."""

    party: PartyId
    fields: Fields
    reason: Reason

    def decide(self, book: Book) -> Unmasking:
        return _note(book, self.party, list(dict.fromkeys(self.fields)), self.reason, exported=False)


class ExportPersonalData(Command[Unmasking], kind="party.export"):
    """Note that everything held about a person is handed out, at the person's request (PIPL, article 45)."""

    party: PartyId
    reason: Reason

    def decide(self, book: Book) -> Unmasking:
        return _note(book, self.party, list(Field), self.reason, exported=True)


class EndRelationship(Command[Party], kind="party.end_relationship"):
    """The relationship is over: roles and ownerships end, consents are withdrawn, the time of keeping begins."""

    party: PartyId
    reason: Reason

    def decide(self, book: Book) -> Party:
        party = active_party(book, self.party)
        _end_links(book, party)
        end_exemptions(book, party.id)
        end_checks(book, party.id)
        withdraw_all(book, party.id)
        abandon(book, party.id, "relationship_ended")
        book.emit("party.relationship_ended", f"party:{party.id}", party=party.id)
        return book.put(party.replace(state=PartyState.ENDED, ended_on=book.today, updated_at=book.now))


class ResumeRelationship(Command[Party], kind="party.resume_relationship"):
    """Somebody comes back: known, but to be verified anew. Rejects ``party.not_ended``."""

    party: PartyId
    reason: Reason

    def decide(self, book: Book) -> Party:
        party = require_active_party(book, self.party)
        if party.state is not PartyState.ENDED:
            book.reject("party.not_ended", party=party.id)
        book.emit("party.relationship_resumed", f"party:{party.id}", party=party.id)
        changes = {"level": Level.NONE, "verified_at": None, "ended_on": None}
        return book.put(party.replace(state=PartyState.ACTIVE, updated_at=book.now, **changes))


class MergeParties(Command[Party], kind="party.merge"):
    """Two records of one party become one: the survivor takes what it lacks, and all that hangs on the other.

    Rejects ``party.merge_same``, ``party.merge_kinds`` and ``party.merge_numbers``.
    """

    survivor: PartyId
    other: PartyId
    reason: Reason

    def decide(self, book: Book) -> Party:
        if self.survivor == self.other:
            book.reject("party.merge_same")
        survivor, other = active_party(book, self.survivor), active_party(book, self.other)
        if survivor.kind is not other.kind:
            book.reject("party.merge_kinds", kind=survivor.kind.value, other_kind=other.kind.value)
        numbers = {survivor.proven_number, other.proven_number} - {None}
        if len(numbers) > 1:
            book.reject("party.merge_numbers")
        abandon(book, other.id, "merged")
        _move_roles(book, survivor.id, other.id)
        _move_owners(book, survivor.id, other.id)
        for kind in (PartyDocument, Consent, RemoteOpening):
            for thing in book.find(kind, "party", other.id):
                book.put(thing.replace(party=survivor.id))
        book.emit("party.merged", f"party:{survivor.id}", party=survivor.id, other=other.id)
        book.put(other.replace(state=PartyState.MERGED, merged_into=survivor.id, updated_at=book.now))
        return book.put(_taken_over(book, survivor, other))


class EraseParty(Command[Party], kind="party.erase"):
    """Erase the personal data of a party, and of those merged into it, after the time of keeping.

    Rejects ``party.relation_goes_on`` and ``party.retained``, both with the day on which it may be. What remains are
    ids, dates and kinds; the command log keeps what was sealed (see ``docs/concepts/party.md``).
    """

    party: PartyId
    reason: Reason

    def decide(self, book: Book) -> Party:
        party = require_active_party(book, self.party)
        policy = policy_in_force(book)
        if party.ended_on is None:
            may_be_on = may_be_erased_on(book.today, policy)
            book.reject("party.relation_goes_on", party=party.id, may_be_on=may_be_on.isoformat())
        may_be_on = may_be_erased_on(party.ended_on, policy)
        if book.today < may_be_on:
            book.reject("party.retained", party=party.id, may_be_on=may_be_on.isoformat())
        withdraw_all(book, party.id)
        for document in book.find(PartyDocument, "party", party.id):
            book.put(document.replace(number_sealed=None, number_mask=ERASED, number_index=None, digest=None))
        for opening in book.find(RemoteOpening, "party", party.id):
            gone = {"account_sealed": None, "account_mask": None, "account_index": None}
            book.put(opening.replace(**gone))
        forget(book, party)
        for merged in _merged_into(book, party.id):
            forget(book, merged)
            book.put(_erased(book, merged))
        book.emit("party.erased", f"party:{party.id}", party=party.id)
        return book.put(_erased(book, party).replace(state=PartyState.ERASED))


def _note(book: Book, identity: str, fields: list[Field], reason: str, *, exported: bool) -> Unmasking:
    party = require_active_party(book, identity)
    unmasking = Unmasking(book.new_id("unm"), party.id, fields, exported, reason, book.actor, book.now)
    if exported:
        book.emit("party.exported", f"party:{party.id}", party=party.id, unmasking=unmasking.id)
    else:
        names = ",".join(field.value for field in fields)
        book.emit("party.unmasked", f"party:{party.id}", party=party.id, unmasking=unmasking.id, fields=names)
    return book.add(unmasking)


def _end_links(book: Book, party: Party) -> None:
    """End the roles of a party, and the ownerships that it has or is subject to."""
    for role in book.find(PartyRole, "party", party.id):
        if role.ended_on is None:
            book.put(role.replace(ended_on=book.today))
    for index in ("company", "owner"):
        for owner in book.find(BeneficialOwner, index, party.id):
            if owner.ended_on is None:
                book.put(owner.replace(ended_on=book.today))


def _move_roles(book: Book, survivor: str, other: str) -> None:
    """Roles go over; where both have the same one, the other's ends."""
    held = {(role.role, role.within) for role in book.find(PartyRole, "party", survivor) if role.ended_on is None}
    for role in book.find(PartyRole, "party", other):
        doubled = role.ended_on is None and (role.role, role.within) in held
        book.put(role.replace(party=survivor, ended_on=book.today if doubled else role.ended_on))


def _move_owners(book: Book, survivor: str, other: str) -> None:
    """Ownerships, declarations that there are none, and checks of the intent move to the other record."""
    for kind in (BeneficialOwner, OwnerExemption, IntentCheck):
        for thing in book.find(kind, "company", other):
            book.put(thing.replace(company=survivor))
    if going_on(book.find(BeneficialOwner, "company", survivor)):
        end_exemptions(book, survivor)
    for owner in book.find(BeneficialOwner, "owner", other):
        book.put(owner.replace(owner=survivor))


def _taken_over(book: Book, survivor: Party, other: Party) -> Party:
    """The survivor with what it lacked, the further verification and the graver rating of the two."""
    lacks = [name for name in ("number", "mobile") if getattr(survivor, f"{name}_sealed") is None]
    if survivor.proven_number is None and other.proven_number is not None and "number" not in lacks:
        lacks.append("number")
    changes: dict[str, Any] = {
        f"{name}_{part}": getattr(other, f"{name}_{part}") for name in lacks for part in ("sealed", "mask", "index")
    }
    if "number" in lacks:
        changes["claimed_until"] = other.claimed_until
    further = other if other.level.rank > survivor.level.rank else survivor
    risk = graver(survivor.risk, other.risk)
    return survivor.replace(
        **changes,
        address_sealed=survivor.address_sealed or other.address_sealed,
        occupation=survivor.occupation or other.occupation,
        representative=survivor.representative or other.representative,
        level=further.level,
        verified_at=further.verified_at,
        risk=risk,
        review_on=min(survivor.review_on, other.review_on, review_on(policy_in_force(book), risk, book.today)),
        updated_at=book.now,
    )


def _merged_into(book: Book, party: str) -> list[Party]:
    """All that were merged into a party, also by way of others."""
    found: list[Party] = []
    for merged in book.find(Party, "merged_into", party):
        found += [merged, *_merged_into(book, merged.id)]
    return found


def _erased(book: Book, party: Party) -> Party:
    """A party without personal data."""
    gone = {f"{name}_{part}": None for name in ("name", "number", "mobile") for part in ("sealed", "mask", "index")} | {
        "name_mask": ERASED
    }
    return party.replace(**gone, address_sealed=None, occupation=None, representative=None, updated_at=book.now)
