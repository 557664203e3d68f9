"""The figures of collection, by version."""

from datetime import date
from typing import Annotated

from canglian.bank.credit.collection.commands.values import Floor
from canglian.bank.credit.collection.model import CollectionPolicy
from canglian.bank.credit.collection.rules import POLICIES, RULES
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Note, doc

Day = date


class AddCollectionPolicy(Command[CollectionPolicy], kind="credit.add_collection_policy"):
    """A new version of the figures. Rejects ``collection_policy.in_past`` and ``.exists``."""

    effective_from: Annotated[Day, doc("The business date from which the figures count.")]
    floor: Floor
    note: Note

    def decide(self, book: Book) -> CollectionPolicy:
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        return POLICIES.add(book, RULES, self.effective_from, {"rules": RULES, **figures})
