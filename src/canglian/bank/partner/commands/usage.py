"""How often apps called, as a process has counted it."""

from datetime import date

import msgspec

from canglian.bank.partner.model import PartnerUsage
from canglian.kernel.book import Book
from canglian.kernel.command import Command


class Calls(msgspec.Struct, frozen=True):
    """What a process has counted of one app and day since it last said so."""

    app: str
    day: date
    calls: int
    refused: int


class CountCalls(Command[None], kind="partner.count_calls"):
    """Add what a process has counted."""

    counted: list[Calls]

    def decide(self, book: Book) -> None:
        for each in self.counted:
            usage = book.maybe(PartnerUsage, (each.app, each.day))
            if usage is None:
                book.add(PartnerUsage(each.app, each.day, each.calls, each.refused))
            else:
                book.put(usage.replace(calls=usage.calls + each.calls, refused=usage.refused + each.refused))
