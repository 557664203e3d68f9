"""The use case that moves sealed fields to a newer encryption key; ``kernel.resealing`` finds what is to be moved."""

from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.entity import ENTITIES

Sealed = Annotated[str, Meta(pattern=r"^sealed:")]


class Resealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field: the text as it was read, and the same text under a newer key."""

    before: Sealed
    after: Sealed


class Reseal(Command[bool], kind="kernel.reseal"):
    """Keep the sealed fields of one thing under a newer key; what they say stays. Answers whether it was done.

    ``table`` and ``key`` name the thing. Where a field has changed since it was read, nothing is done.
    """

    table: str
    key: list[int | str]
    fields: dict[str, Resealed]

    def decide(self, book: Book) -> bool:
        kind = ENTITIES[self.table]
        thing = book.maybe(kind, self.key[0] if len(self.key) == 1 else tuple(self.key))
        if thing is None or not self.fields.keys() <= kind.__sealed__.keys():
            return False
        if any(getattr(thing, name) != field.before for name, field in self.fields.items()):
            return False
        book.put(thing.replace(**{name: field.after for name, field in self.fields.items()}))
        return True
