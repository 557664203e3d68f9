"""What a search finds, while most of the things are not in the database yet: held against a look at all of them."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canglian.kernel import Book, Entity
from canglian.kernel.audit import GENESIS
from canglian.kernel.book import Missing
from canglian.kernel.records import BookState

OWNERS = ("ann", "ben", "cas")
PLACES = ("loft", "shed", None)
NAMES = tuple(f"crate{number}" for number in range(6))


class Crate(
    Entity, frozen=True, table="crate", indexes={"owner": ("owner",), "place": ("place",), "both": ("owner", "place")}
):
    """A crate: somebody's, and somewhere or nowhere."""

    id: str
    owner: str
    place: str | None


class Label(Entity, frozen=True, table="label", key=("crate", "number")):
    """A label of a crate."""

    crate: str
    number: int


GROUPS: tuple[tuple[str, Any], ...] = (
    *(("owner", owner) for owner in OWNERS),
    *(("place", place) for place in PLACES),
    *(("both", (owner, place)) for owner in OWNERS for place in PLACES),
)

_owners, _places = st.sampled_from(OWNERS), st.sampled_from(PLACES)
_changes = st.lists(st.tuples(st.sampled_from(NAMES), _owners, _places), min_size=1, max_size=4)
_steps = st.one_of(
    st.tuples(st.just("done"), _changes),
    st.tuples(st.just("refused"), _changes),
    st.tuples(st.just("half undone"), _changes),
    st.tuples(st.just("sent"), st.none()),
    st.tuples(st.just("landed"), st.none()),
    st.tuples(st.just("dropped"), st.sampled_from((0, 1, 2, 100))),
    st.tuples(st.just("searched"), st.sampled_from(GROUPS)),
)


def new_book() -> Book:
    book = Book(BookState(1, 0, 0, 0, date(2026, 1, 5), b"seed", GENESIS, {}))
    book.now = datetime(2026, 1, 5, tzinfo=UTC)
    return book


class World:
    """A book on a database that sees a batch only once it has landed, and on what every crate is by now."""

    def __init__(self) -> None:
        self.book = new_book()
        self.now: dict[str, Crate] = {}
        self.stored: dict[str, Crate] = {}
        self.sent: deque[dict[str, Crate]] = deque()
        self.commands = 0

    def step(self, what: str, argument: Any) -> None:
        match what:
            case "done":
                self.now = self.decided(argument, lambda book: None)
            case "refused":
                self.decided(argument, Book.undo)
            case "half undone":
                self.now = self.decided(argument[:1], lambda book: book.preview(lambda _: self.change(argument[1:])))
            case "sent":
                self.book.take_changes()
                self.sent.append(self.now)
            case "landed" if self.sent:
                self.stored = self.sent.popleft()
                self.book.landed()
            case "dropped" if not self.book.changed and not self.book.added:
                self.book.evict(argument)
            case "searched":
                assert self.find(*argument) == self.looked_for(*argument)
            case _:
                pass

    def decided(self, changes: Any, then: Callable[[Book], Any]) -> dict[str, Crate]:
        self.commands += 1
        while True:
            self.book.begin(self.commands, "t")
            try:
                after = self.change(changes)
                then(self.book)
            except Missing as missing:
                self.book.undo()
                self.load(missing)
            else:
                return after

    def change(self, changes: Any) -> dict[str, Crate]:
        """Make crates, or give them away and move them."""
        after = dict(self.now)
        for name, owner, place in changes:
            crate = Crate(name, owner, place)
            there = self.book.maybe(Crate, name)
            after[name] = self.book.add(crate) if there is None else self.book.put(crate)
        return after

    def load(self, missing: Missing) -> None:
        for entity, key in {(missing.entity, missing.key), *missing.also} if missing.index is None else missing.also:
            self.book.install(entity, [key], {key: self.stored[key]} if key in self.stored else {})
        if missing.index is not None:
            key_of = Crate.__index_of__[missing.index]
            found = [crate for crate in self.stored.values() if key_of(crate) == missing.key]
            self.book.install(Crate, [crate.id for crate in found], {crate.id: crate for crate in found})
            self.book.install_find(Crate, missing.index, missing.key, [crate.id for crate in found])

    def find(self, index: str, key: Any) -> list[Crate]:
        for _ in range(20):
            try:
                return self.book.find(Crate, index, key)
            except Missing as missing:
                self.load(missing)
        raise AssertionError("it is never all there")

    def looked_for(self, index: str, key: Any) -> list[Crate]:
        """By a look at every crate; nothing is found by null."""
        if key is None or (isinstance(key, tuple) and None in key):
            return []
        key_of = Crate.__index_of__[index]
        return [crate for _, crate in sorted(self.now.items()) if key_of(crate) == key]


@settings(max_examples=300, deadline=None)
@given(st.lists(_steps, max_size=30))
def test_a_search_finds_what_a_look_at_everything_would(steps: list[tuple[str, Any]]) -> None:
    world = World()
    for what, argument in steps:
        world.step(what, argument)
    for index, key in GROUPS:
        assert world.find(index, key) == world.looked_for(index, key)


def test_what_left_a_group_before_the_database_knows_is_not_found() -> None:
    world = World()
    world.step("done", [("crate0", "ann", "loft"), ("crate1", "ann", "loft")])
    world.step("sent", None)
    world.step("landed", None)
    world.book.finds.clear()
    world.step("done", [("crate0", "ben", "loft")])
    assert [crate.id for crate in world.find("owner", "ann")] == ["crate1"]
    assert [crate.id for crate in world.find("both", ("ben", "loft"))] == ["crate0"]


class _Counting(dict[Any, Any]):
    """A table that counts what is read of it."""

    reads = 0

    def get(self, key: Any, default: Any = None) -> Any:
        self.reads += 1
        return super().get(key, default)


@pytest.mark.parametrize("flying", [False, True])
def test_a_search_reads_the_things_of_its_group_and_no_others_of_a_large_batch(flying: bool) -> None:
    book = new_book()
    book.begin(1, "t")
    table = book.tables[Crate] = _Counting()
    for number in range(5_000):
        table[f"c{number}"] = None
        book.add(Crate(f"c{number}", f"owner{number // 2}", "loft"))
    if flying:
        book.take_changes()
    table.reads = 0
    for number in range(100):
        book.install_find(Crate, "owner", f"owner{number}", [])
        assert [crate.id for crate in book.find(Crate, "owner", f"owner{number}")] == sorted(
            (f"c{2 * number}", f"c{2 * number + 1}")
        )
    assert table.reads <= 200


def test_what_belongs_to_an_id_of_this_very_decision_is_added_without_a_look_up() -> None:
    book = new_book()
    book.begin(1, "x")
    book.add(Label(book.new_id("crt"), 1))
    with pytest.raises(Missing):
        book.add(Label("crate1", 1))


class Tag(Entity, frozen=True, table="tag", cache_max=8):
    """A tag; a run goes through all of them, so few stay in memory."""

    id: int


def test_of_what_a_run_goes_through_no_more_stays_in_memory_than_it_says() -> None:
    book = new_book()
    book.install(Tag, range(40), {number: Tag(number) for number in range(40)})
    book.install(Label, range(40), {number: Label("crate0", number) for number in range(40)})
    book.begin(1, "ann")
    book.put(Tag(3))
    book.take_changes()
    book.evict(100)
    assert sorted(book.tables[Tag]) == [3, 34, 35, 36, 37, 38, 39]  # 3 is on its way to the database
    assert len(book.tables[Label]) == 40
    book.landed()
    book.evict(4)
    assert len(book.tables[Tag]) == len(book.tables[Label]) == 3
