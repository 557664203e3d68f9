"""The figures of collection, by version."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.credit.collection.commands.values import Floor
from canglian.bank.credit.collection.model import CollectionPolicy
from canglian.bank.credit.collection.rules import POLICIES, RULES
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Note, doc

Day = date
Hour = Annotated[int, Meta(ge=0, le=23)]
Stage = Annotated[int, Meta(ge=-30, le=720)]


class AddCollectionPolicy(Command[CollectionPolicy], kind="credit.add_collection_policy"):
    """A new version of the figures. Rejects ``collection_policy.in_past``, ``.exists`` and ``.stages``."""

    effective_from: Annotated[Day, doc("The business date from which the figures count.")]
    floor: Floor
    stages: Annotated[
        list[Stage],
        Meta(min_length=1, max_length=20, description="On which days reminders are sent, counted from the due date."),
        Field(label="Days of reminders", help="Counted from the due date, before it with a minus: -3 0 1 7 30 60."),
    ]
    quiet_from: Annotated[
        Hour, doc("From which hour on no reminder is sent."), Field(label="Quiet from", help="An hour, from 0 to 23.")
    ]
    quiet_until: Annotated[
        Hour, doc("Until which hour no reminder is sent."), Field(label="Quiet until", help="An hour, from 0 to 23.")
    ]
    promise_days: Annotated[
        int,
        Meta(ge=1, le=180, description="How many days ahead a promise to pay lies at most."),
        Field(label="Promises lie ahead at most, days"),
    ]
    note: Note

    def decide(self, book: Book) -> CollectionPolicy:
        if sorted(set(self.stages)) != self.stages:
            book.reject("collection_policy.stages", field="stages")
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        figures["stages"] = tuple(self.stages)
        return POLICIES.add(book, RULES, self.effective_from, {"rules": RULES, **figures})
