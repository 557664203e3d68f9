"""Figures by version: which is in force on a day, and what a new one may be."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from canglian.kernel import Book, Command, Engine, Entity, MemoryStore, Rejection
from canglian.kernel.errors import CODES
from canglian.kernel.records import Event
from canglian.kernel.versions import Versioned, effective_date, in_force, next_version

REFUSALS = {
    "toy_price.in_past": "{effective_from} is before {today}.",
    "toy_price.exists": "There is a price from {toy_price} on.",
    "toy_price.effective_past": "{effective_from} is before {today}.",
    "toy_price.not_found": "There is no price {toy_price}.",
}
TODAY = date(2026, 1, 5)
BEGINNING = date(2000, 1, 1)


class Price(Entity, frozen=True, table="toy_price", key=("effective_from",), indexes={"rules": ("rules",)}):
    """A figure that is known by its date."""

    effective_from: date
    rules: str
    fen: int
    added_at: datetime
    added_by: str


PRICES = Versioned(Price, "rules", lambda book, rules: [Price(BEGINNING, rules, 100, book.now, "system")])


class AddPrice(Command[Price], kind="toy.add_price"):
    """Add a version."""

    effective_from: date
    fen: int = 200

    def decide(self, book: Book) -> Price:
        figures = {"rules": "all", "fen": self.fen, "effective_from": self.effective_from}
        return PRICES.add(book, "all", self.effective_from, figures)


class PriceOn(Command[int | None], kind="toy.price_on"):
    """What counts on a day."""

    day: date

    def decide(self, book: Book) -> int | None:
        found = PRICES.on(book, "all", self.day)
        return None if found is None else found.fen


class NeededOn(Command[int], kind="toy.price_needed_on"):
    """What counts on a day, where something has to."""

    day: date | None = None

    def decide(self, book: Book) -> int:
        return PRICES.get(book, "all", self.day).fen


class StartsOn(Command[date], kind="toy.starts_on"):
    """From when a version would count."""

    asked: date | None = None

    def decide(self, book: Book) -> date:
        return effective_date(book, Price, self.asked, field="effective_from")


class Rule(msgspec.Struct):
    effective_from: date
    version: int


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusals of this toy are declared for the length of a test."""
    for code, template in REFUSALS.items():
        monkeypatch.setitem(CODES, code, template)


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    running = Engine(MemoryStore())
    await running.found(1, TODAY)
    yield running
    await running.stop()


def kept(engine: Engine) -> list[Any]:
    assert isinstance(engine.store, MemoryStore)
    return list(engine.store.rows[1][Price].values())


def day(number: int) -> date:
    return date(2026, 1, number)


def test_in_force_is_the_latest_that_has_come_and_of_one_day_the_later_version() -> None:
    rules = [Rule(day(9), 4), Rule(day(3), 1), Rule(day(5), 3), Rule(day(5), 2)]
    assert in_force(rules, day(2)) is None
    assert in_force(rules, day(4)) == Rule(day(3), 1)
    assert in_force(rules, day(5)) == in_force(rules, day(8)) == Rule(day(5), 3)
    assert in_force(rules, day(30)) == Rule(day(9), 4)
    assert (next_version(rules), next_version([])) == (5, 1)


async def test_a_book_without_figures_begins_with_the_first_ones_and_keeps_them(engine: Engine) -> None:
    assert await engine.execute(1, PriceOn(day=TODAY), actor="t") == 100
    assert [price.added_by for price in kept(engine)] == ["system"]
    assert await engine.execute(1, PriceOn(day=date(1999, 12, 31)), actor="t") is None
    assert len(kept(engine)) == 1


async def test_what_has_to_count_is_refused_before_the_first_version(engine: Engine) -> None:
    assert await engine.execute(1, NeededOn(), actor="t") == 100
    with pytest.raises(Rejection) as caught:
        await engine.execute(1, NeededOn(day=date(1999, 12, 31)), actor="t")
    assert (caught.value.code, caught.value.fields) == ("toy_price.not_found", {"toy_price": "all"})


async def test_a_new_version_counts_from_its_date_and_leaves_the_old_one_as_it_is(engine: Engine) -> None:
    added = await engine.execute(1, AddPrice(effective_from=day(10)), actor="user:ann")
    assert (added.fen, added.added_by) == (200, "user:ann")
    prices = [await engine.execute(1, PriceOn(day=day(number)), actor="t") for number in (9, 10, 11)]
    assert prices == [100, 200, 200]
    assert [(price.effective_from, price.fen) for price in kept(engine)] == [(BEGINNING, 100), (day(10), 200)]
    assert isinstance(engine.store, MemoryStore)
    (event,) = engine.store.rows[1][Event].values()
    assert (event.kind, event.subject, event.payload) == (
        "toy_price.added",
        "toy_price:2026-01-10",
        {"effective_from": "2026-01-10"},
    )


@pytest.mark.parametrize(("effective_from", "code"), [(day(4), "toy_price.in_past"), (day(10), "toy_price.exists")])
async def test_no_version_begins_in_the_past_or_twice_on_a_day(engine: Engine, effective_from: date, code: str) -> None:
    await engine.execute(1, AddPrice(effective_from=day(10)), actor="t")
    before = kept(engine)
    with pytest.raises(Rejection) as caught:
        await engine.execute(1, AddPrice(effective_from=effective_from, fen=1), actor="t")
    assert (caught.value.code, caught.value.fields["field"]) == (code, "effective_from")
    assert kept(engine) == before


async def test_a_version_without_a_date_counts_from_today(engine: Engine) -> None:
    assert await engine.execute(1, StartsOn(), actor="t") == TODAY
    assert await engine.execute(1, StartsOn(asked=day(9)), actor="t") == day(9)
    with pytest.raises(Rejection) as caught:
        await engine.execute(1, StartsOn(asked=day(4)), actor="t")
    assert caught.value.code == "toy_price.effective_past"
    assert caught.value.fields["field"] == "effective_from"
