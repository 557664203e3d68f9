"""A decision inside a decision: what it did is kept or undone by itself, and what it reads is loaded in one round."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from canglian.kernel import Book, Command, Engine, MemoryStore, Status
from canglian.kernel.errors import CODES, CanglianError, Rejection, declare
from canglian.kernel.records import Event
from tests.kernel.toy import Box, Fill, MakeBox

if "box.closed" not in CODES:
    declare({"box.closed": "No box is opened in the role {role}."})

What = Callable[[Any], Any]


class Inside(Command[list[int]], kind="toy.inside"):
    """Fill a box by one, do something inside, fill it by one again; what the box held after each, -1 for a refusal."""

    box: str
    amount: int
    way: str = "attempt"
    untidy: bool = False

    def decide(self, book: Book) -> list[int]:
        first = Fill(box=self.box).decide(book)
        inner: What = Fill(box=self.box, amount=self.amount).decide
        try:
            middle = (book.attempt if self.way == "attempt" else book.preview)(self._messy if self.untidy else inner)
        except Rejection:
            middle = -1
        return [first, middle, Fill(box=self.box).decide(book)]

    def _messy(self, book: Book) -> int:
        """Leaves savepoints of its own behind."""
        book.savepoint()
        held = Fill(box=self.box, amount=self.amount).decide(book)
        book.savepoint()
        return held


class SumOf(Command[int], kind="toy.sum_of"):
    """Read boxes that are known only inside the decision."""

    first: str
    count: int

    def decide(self, book: Book) -> int:
        book.get(Box, self.first)
        names = [f"b{number}" for number in range(self.count)]
        book.require((Box, name) for name in names)
        return sum(book.get(Box, name).holds for name in names)


class ClosedBook(Book):
    """A book whose door is shut to viewers."""

    admission_codes = frozenset({"box.closed"})

    def admit(self, command: Any, role: str) -> None:
        if role == "viewer":
            self.reject("box.closed", role=role)


@pytest.mark.parametrize("untidy", [False, True])
async def test_what_is_attempted_is_kept_or_undone_by_itself(engine: Engine, untidy: bool) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="t")
    assert await engine.execute(1, Inside(box="a", amount=10, untidy=untidy), actor="t") == [1, 11, 12]
    assert await engine.execute(1, Inside(box="a", amount=200, untidy=untidy), actor="t") == [13, -1, 14]
    assert await engine.execute(1, Inside(box="a", amount=5, untidy=untidy), actor="t") == [15, 20, 21]


@pytest.mark.parametrize("untidy", [False, True])
async def test_a_preview_tells_and_leaves_nothing(engine: Engine, untidy: bool) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="t")
    command = Inside(box="a", amount=10, way="preview", untidy=untidy)
    assert await engine.execute(1, command, actor="t") == [1, 11, 2]
    refused = Inside(box="a", amount=200, way="preview", untidy=untidy)
    assert await engine.execute(1, refused, actor="t") == [3, -1, 4]
    state = await engine.store.state(1)
    assert state.events == 5
    if isinstance(engine.store, MemoryStore):
        assert [event.payload.get("amount") for event in engine.store.rows[1][Event].values()] == [None, 1, 1, 1, 1]


async def test_what_a_decision_comes_to_know_is_loaded_in_one_round(engine: Engine) -> None:
    for number in range(50):
        await engine.execute(1, MakeBox(name=f"b{number}", holds=1), actor="t")
    cold = Engine(engine.store)
    assert await cold.execute(1, SumOf(first="b0", count=50), actor="t") == 50
    await cold.stop()


async def test_a_door_holds_who_comes_with_a_role_and_nobody_else() -> None:
    engine = Engine(MemoryStore(), ClosedBook)
    await engine.found(1, date(2026, 1, 5))
    assert (await engine.submit(1, MakeBox(name="a"), actor="t")).status is Status.APPLIED
    for dry_run in (True, False):
        outcome = await engine.submit(1, MakeBox(name="b"), actor="t", role="viewer", dry_run=dry_run)
        assert isinstance(outcome.error, CanglianError)
        assert outcome.error.code == "box.closed"
    assert (await engine.submit(1, MakeBox(name="b"), actor="t", role="operator")).status is Status.APPLIED
    await engine.stop()
