"""The black and the grey list."""

from datetime import date
from typing import Annotated

from canglian.bank.party.commands.parties import set_risk
from canglian.bank.party.model import Colour, ListEntry, PartyState
from canglian.bank.party.rules import graver, is_in_force, least_risk, living
from canglian.bank.party.sealing import Subject
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason, identifier

EntryId = Annotated[str, identifier("lst", "A list entry's id.")]


class AddListEntry(Command[ListEntry], kind="party.add_list_entry"):
    """Put somebody on a list, known to the book or not; known ones are rated prohibited (black) or high (grey).

    Rejects ``list_entry.listed_already`` and ``list_entry.until_past``.
    """

    colour: Colour
    subject: Subject
    reason: Reason
    until: date | None = None

    def decide(self, book: Book) -> ListEntry:
        if self.until is not None and self.until < book.today:
            book.reject(
                "list_entry.until_past", until=self.until.isoformat(), today=book.today.isoformat(), field="until"
            )
        for other in book.find(ListEntry, "subject", self.subject.index):
            if other.colour is self.colour and is_in_force(other, book.today):
                book.reject("list_entry.listed_already", colour=self.colour.value, other=other.id, field="value")
        entry = ListEntry(
            book.new_id("lst"),
            self.colour,
            self.subject.listed_by,
            self.subject.index,
            self.subject.mask,
            self.reason,
            self.until,
            book.now,
            book.actor,
            None,
            None,
            None,
        )
        book.emit("list_entry.added", f"list_entry:{entry.id}", entry=entry.id, colour=self.colour.value)
        for party in living(book, self.subject.listed_by.value, self.subject.index):
            if self.subject.index not in (party.proven_number, party.mobile_index):
                continue  # whoever only claims a number is not told that it is listed
            risk = graver(party.risk, least_risk(entry))
            if risk is not party.risk and party.state is PartyState.ACTIVE:
                set_risk(book, party, risk)
        return book.add(entry)


class EndListEntry(Command[ListEntry], kind="party.end_list_entry"):
    """Take somebody off a list; the rating stays until somebody rates anew. Rejects ``list_entry.ended``."""

    entry: EntryId
    reason: Reason

    def decide(self, book: Book) -> ListEntry:
        entry = book.get(ListEntry, self.entry)
        if entry.ended_at is not None:
            book.reject("list_entry.ended", ended_at=entry.ended_at.isoformat())
        book.emit("list_entry.ended", f"list_entry:{entry.id}", entry=entry.id, colour=entry.colour.value)
        return book.put(entry.replace(ended_at=book.now, ended_by=book.actor, end_reason=self.reason))
