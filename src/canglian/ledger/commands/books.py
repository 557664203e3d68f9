"""Setting a book up, and moving its business date."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.kernel.command import Command, Read
from canglian.kernel.fields import doc
from canglian.kernel.values import SHANGHAI, AssetCode, Name
from canglian.ledger.book import Book
from canglian.ledger.chart import ASSETS, HEADS
from canglian.ledger.model import Asset, Head, HeadClass, Side


class OpenBook(Command[None], kind="ledger.open_book"):
    """Give a new book its assets (CNY, ECNY) and a bank's chart of accounts; does nothing the second time."""

    def reads(self) -> Iterable[Read]:
        return [*((Asset, asset.code) for asset in ASSETS), *((Head, head.code) for head in HEADS)]

    def decide(self, book: Book) -> None:
        for asset in ASSETS:
            if book.maybe(Asset, asset.code) is None:
                book.add(asset)
        for head in HEADS:
            if book.maybe(Head, head.code) is None:
                book.add(head)


class DefineAsset(Command[Asset], kind="ledger.define_asset"):
    """Add a unit of value; ``scale`` is how many decimals its minor unit stands for. Rejects ``asset.exists``."""

    code: AssetCode
    name: Annotated[Name, doc("What people read.")]
    scale: Annotated[
        int,
        Meta(ge=0, le=8),
        doc("How many decimals the minor unit stands for: 2 for CNY, 0 for points."),
    ] = 2

    def decide(self, book: Book) -> Asset:
        return book.add(Asset(self.code, self.name, self.scale))


class DefineHead(Command[Head], kind="ledger.define_head"):
    """Add a head to the chart of accounts. Rejects ``head.exists``."""

    code: Annotated[str, Meta(pattern=r"^[0-9]{4,12}\Z"), doc("The short stable name.")]
    name: Annotated[Name, doc("What people read.")]
    head_class: Annotated[HeadClass, doc("What kind of head it is.")]
    normal_side: Annotated[Side, doc("The side on which its balance grows; left out, that of its head.")]

    def decide(self, book: Book) -> Head:
        return book.add(Head(self.code, self.name, self.head_class, self.normal_side))


class CloseDay(Command[date], kind="ledger.close_day"):
    """End the business day and begin ``next_day``; it cannot be undone. Rejects ``book.day_not_later``.

    Where ``next_day`` is after the next business day, or more than ``days_ahead_max`` days ahead, others have to
    approve it: ``approval.required``.
    """

    next_day: Annotated[date, doc("The business date that begins.")]

    def is_far_ahead(self, book: Book) -> bool:
        """Whether it goes further than one may ask for alone: in days, from the business date and from today's, or past
        the next business day."""
        calendar = book.now.astimezone(SHANGHAI).date()
        if (self.next_day - min(book.today, calendar)).days > book.days_ahead_max:
            return True
        following = book.next_business_day(book.today)
        return following is not None and self.next_day > following

    def decide(self, book: Book) -> date:
        closed = book.today
        book.move_to(self.next_day)
        book.emit("day.closed", f"day:{closed.isoformat()}", closed=closed.isoformat(), today=self.next_day.isoformat())
        return self.next_day
