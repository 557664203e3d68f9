"""A small business for testing the engine: boxes that hold a number, by owner."""

from collections.abc import Iterable
from typing import ClassVar

from canglian.kernel import Book, Command, Entity, Read, Rejection
from canglian.kernel.command import Find
from canglian.kernel.errors import CODES, declare

if "box.not_found" not in CODES:
    declare(
        {
            "box.not_found": "There is no box {box}.",
            "box.exists": "There is a box {box}.",
            "box.overfull": "The box holds {holds}.",
        }
    )


class Box(Entity, frozen=True, table="box", indexes={"owner": ("owner",)}):
    """A box."""

    id: str
    owner: str
    holds: int


class MakeBox(Command[Box], kind="toy.make"):
    """Make a box with a name, or one with a new id."""

    name: str | None = None
    owner: str = "ann"
    holds: int = 0

    def decide(self, book: Book) -> Box:
        name = self.name or book.new_id("box")
        book.emit("box.made", f"box:{name}", holds=self.holds)
        return book.add(Box(name, self.owner, self.holds))


class Fill(Command[int], kind="toy.fill"):
    """Put something into a box; more than 100 is refused after the change, so that it has to be undone."""

    box: str
    amount: int = 1

    def decide(self, book: Book) -> int:
        box = book.get(Box, self.box)
        book.put(box.replace(holds=box.holds + self.amount))
        book.emit("box.filled", f"box:{box.id}", amount=self.amount)
        if box.holds + self.amount > 100:
            book.reject("box.overfull", holds=box.holds)
        return box.holds + self.amount


class Take(Command[int], kind="toy.take"):
    """Take something out of a box: an empty one is refused to everybody."""

    box: str

    def preconditions(self, book: Book) -> None:
        if book.get(Box, self.box).holds < 1:
            book.reject("box.overfull", holds=0)

    @property
    def preconditions_of(self) -> str:
        return self.box

    def decide(self, book: Book) -> int:
        self.preconditions(book)
        box = book.get(Box, self.box)
        return book.put(box.replace(holds=box.holds - 1)).holds


class Chain(Command[int], kind="toy.chain"):
    """Read boxes one after another: each read is known only after the one before."""

    boxes: list[str]

    def decide(self, book: Book) -> int:
        return sum(book.get(Box, name).holds for name in self.boxes)


class CountOwned(Command[list[str]], kind="toy.count"):
    """Whose boxes are these?"""

    owner: str
    times: int = 1

    def weight(self) -> int:
        return self.times

    def decide(self, book: Book) -> list[str]:
        return [box.id for box in book.find(Box, "owner", self.owner)]


class Give(Command[Box], kind="toy.give"):
    """Give a box to another owner."""

    box: str
    to: str
    times: int = 1

    def weight(self) -> int:
        return self.times

    def decide(self, book: Book) -> Box:
        return book.put(book.get(Box, self.box).replace(owner=self.to))


class ListOwned(Command[list[str]], kind="toy.list"):
    """The same, said beforehand, with how often it was decided in ``turns``."""

    turns: ClassVar[list[str]] = []

    owner: str

    def finds(self) -> Iterable[Find]:
        return ((Box, "owner", self.owner),)

    def decide(self, book: Book) -> list[str]:
        self.turns.append(self.owner)
        return [box.id for box in book.find(Box, "owner", self.owner)]


class SumOwned(Command[int], kind="toy.sum"):
    """What the boxes of the owner of a box hold together: each read is foreseen from the one before."""

    turns: ClassVar[list[str]] = []

    box: str

    def reads(self) -> Iterable[Read]:
        return ((Box, self.box),)

    def foresee(self, book: Book) -> None:
        box = book.maybe(Box, self.box)
        if box is not None:
            book.require((), [(Box, "owner", box.owner)])

    def decide(self, book: Book) -> int:
        self.turns.append(self.box)
        return sum(box.holds for box in book.find(Box, "owner", book.get(Box, self.box).owner))


class Draw(Command[int], kind="toy.draw"):
    """Draw a number by chance."""

    def decide(self, book: Book) -> int:
        return book.random.randrange(10**9)


class Break(Command[None], kind="toy.break"):
    """A bug, after a change."""

    box: str

    def decide(self, book: Book) -> None:
        book.put(book.get(Box, self.box).replace(holds=-1))
        raise ZeroDivisionError


class FillSome(Command[list[str]], kind="toy.fill_some"):
    """Fill boxes one after another, each by itself: what is refused is undone, the others stay."""

    boxes: list[str]
    amount: int
    breaks: bool = False

    def decide(self, book: Book) -> list[str]:
        filled: list[str] = []
        for name in self.boxes:
            book.savepoint()
            try:
                Fill(box=name, amount=self.amount).decide(book)
            except Rejection:
                book.rollback()
            else:
                filled.append(name)
                if self.breaks:
                    raise ZeroDivisionError
            book.forget_savepoint()
        return filled


class Overwrite(Command[Box], kind="toy.overwrite"):
    """Change a box without having looked at it."""

    name: str

    def decide(self, book: Book) -> Box:
        return book.put(Box(self.name, "bob", 1))


class Poison(Command[Box], kind="toy.poison"):
    """Something that PostgreSQL cannot store: a text with a NUL, a number past 64 bits."""

    name: str

    def decide(self, book: Book) -> Box:
        return book.add(Box(self.name + "\x00", "ann", 1))


class Heavy(Command[int], kind="toy.heavy"):
    """A box filled many times, as a bulk command is."""

    box: str
    times: int

    def weight(self) -> int:
        return self.times

    def reads(self) -> Iterable[Read]:
        return ((Box, self.box),)

    def decide(self, book: Book) -> int:
        box = book.get(Box, self.box)
        book.put(box.replace(holds=box.holds + 1))
        return box.holds + 1


SQL = "CREATE TABLE box (book integer, id text, owner text, holds bigint, PRIMARY KEY (book, id))"
