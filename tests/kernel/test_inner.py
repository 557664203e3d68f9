"""A decision inside a decision: what it did is kept or undone by itself, and what it reads is loaded in one round."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from canglian.kernel import Book, Command, Engine, MemoryStore, Status
from canglian.kernel.errors import CODES, CanglianError, Rejection, declare
from canglian.kernel.records import Event
from tests.kernel.toy import Box, CountOwned, Fill, MakeBox

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


class Gather(Command[list[list[str]]], kind="toy.gather"):
    """Make boxes for an owner who is made up here, or for one who is named; what is found of them after each."""

    owner: str | None = None
    count: int = 2
    refused: bool = False

    def decide(self, book: Book) -> list[list[str]]:
        owner = self.owner or book.new_id("own")
        found = [[box.owner for box in book.find(Box, "owner", owner)]]
        for _ in range(self.count):
            MakeBox(owner=owner).decide(book)
            found.append([box.owner for box in book.find(Box, "owner", owner)])
        if self.refused:
            book.reject("box.overfull", holds=0)
        return [["own" for _ in some] for some in found]


class Searches(Command[list[int]], kind="toy.searches"):
    """How many boxes each of some owners has, all asked for in one round."""

    owners: list[str]

    def decide(self, book: Book) -> list[int]:
        book.require((), [(Box, "owner", owner) for owner in self.owners])
        return [len(book.find(Box, "owner", owner)) for owner in self.owners]


class CountingStore(MemoryStore):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.searches: list[list[Any]] = []

    async def find(self, book: int, entity: Any, index: str, keys: list[Any]) -> dict[Any, list[Any]]:
        self.searches.append(keys)
        return await super().find(book, entity, index, keys)


@pytest.fixture
async def counted() -> Any:
    store = CountingStore()
    engine = Engine(store)
    await engine.found(1, date(2026, 1, 5))
    yield engine, store
    await engine.stop()


async def test_by_an_id_made_in_a_decision_its_own_things_are_found_and_nothing_is_looked_up(counted: Any) -> None:
    engine, store = counted
    assert await engine.execute(1, Gather(), actor="ann") == [[], ["own"], ["own", "own"]]
    assert store.searches == []


async def test_what_was_made_for_a_new_id_is_found_by_later_commands(counted: Any) -> None:
    engine, _ = counted
    made = await engine.execute(1, MakeBox(owner="ben"), actor="ann")
    await engine.execute(1, Gather(count=3), actor="ann")
    kept = [box for box in engine.store.rows[1][Box].values() if box.id != made.id]
    assert await engine.execute(1, CountOwned(owner=kept[0].owner), actor="ann") == sorted(box.id for box in kept)


async def test_what_was_made_for_a_new_id_is_gone_after_a_refusal(counted: Any) -> None:
    engine, store = counted
    outcome = await engine.submit(1, Gather(refused=True), actor="ann")
    assert outcome.status is Status.REJECTED
    assert store.rows[1][Box] == {}
    assert await engine.execute(1, Gather(), actor="ann") == [[], ["own"], ["own", "own"]]


async def test_searches_asked_for_together_are_one_round(counted: Any) -> None:
    engine, store = counted
    for owner in ("ann", "ben", "ben"):
        await engine.execute(1, MakeBox(owner=owner), actor="ann")
    store.searches.clear()
    assert await engine.execute(1, Searches(owners=["ann", "ben", "cas"]), actor="ann") == [1, 2, 0]
    assert [sorted(keys) for keys in store.searches] == [["ann", "ben", "cas"]]
