"""What an organisation needs before it may have accounts: its intent confirmed, and who owns it or why nobody does."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.eligibility import going_on
from canglian.bank.party.model import BeneficialOwner, IntentCheck, IntentHow, IntentOutcome, OwnerExemption
from canglian.bank.party.rules import active_organisation, active_person
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Note, Reason, doc
from canglian.kernel.values import Reference

Instant = Annotated[datetime, Meta(tz=True)]


class NoteIntentCheck(Command[IntentCheck], kind="party.note_intent_check"):
    """Note that an organisation's representative was asked whether it wants accounts here, and what came of it.

    The last check with the present representative counts. Rejects ``party.not_organisation``,
    ``intent_check.not_representative`` and ``intent_check.in_future``.
    """

    company: PartyId
    spoke_with: PartyId
    how: Annotated[IntentHow, doc("How it was asked: `on_site`, `video` or `phone`.")]
    held_at: Annotated[Instant, doc("When the check was held.")]
    reference: Annotated[Reference, doc("Where the proof is, such as the number of a recording.")]
    outcome: Annotated[IntentOutcome, doc("What came of it: `confirmed`, `denied` or `unclear`.")]
    note: Annotated[Note | None, doc("A remark; it must hold no personal number.")] = None

    def decide(self, book: Book) -> IntentCheck:
        company = active_organisation(book, self.company)
        active_person(book, self.spoke_with)
        if company.representative != self.spoke_with:
            book.reject("intent_check.not_representative", party=company.id, field="spoke_with")
        if self.held_at > book.now:
            book.reject("intent_check.in_future", held_at=self.held_at.isoformat(), field="held_at")
        check = IntentCheck(
            book.new_id("int"),
            company.id,
            self.spoke_with,
            self.how,
            self.held_at,
            self.reference,
            self.outcome,
            self.note,
            book.now,
            book.actor,
            None,
        )
        book.emit(
            "party.intent_checked", f"party:{company.id}", party=company.id, check=check.id, outcome=check.outcome.value
        )
        return book.add(check)


class StateNoOwners(Command[OwnerExemption], kind="party.state_no_owners"):
    """Note why an organisation has no beneficial owner; it holds until one is added or the relationship ends.

    Rejects ``party.not_organisation``, ``owner_exemption.owned`` and ``owner_exemption.held``.
    """

    company: PartyId
    reason: Reason

    def decide(self, book: Book) -> OwnerExemption:
        company = active_organisation(book, self.company)
        if going_on(book.find(BeneficialOwner, "company", company.id)):
            book.reject("owner_exemption.owned", party=company.id)
        for other in going_on(book.find(OwnerExemption, "company", company.id)):
            book.reject("owner_exemption.held", party=company.id, other=other.id)
        exemption = OwnerExemption(book.new_id("oex"), company.id, self.reason, book.today, None, book.now, book.actor)
        book.emit("party.no_owners_stated", f"party:{company.id}", party=company.id, exemption=exemption.id)
        return book.add(exemption)


def end_exemptions(book: Book, company: str) -> None:
    """The declarations that there are no beneficial owners end."""
    for exemption in going_on(book.find(OwnerExemption, "company", company)):
        book.put(exemption.replace(ended_on=book.today))


def end_checks(book: Book, company: str) -> None:
    """A new relationship needs a new check of the intent."""
    for check in going_on(book.find(IntentCheck, "company", company)):
        book.put(check.replace(ended_on=book.today))
