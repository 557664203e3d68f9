"""Keys that nobody doubts are committed without a look-up; one that was there after all is found by the commit."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from canglian.kernel import Conflict, Engine, Outcome, known
from canglian.kernel.deciding import Ticket
from canglian.kernel.known import CORRECTIONS_MAX, DOUBT_BATCHES, TRUSTED_MAX, Keys
from canglian.kernel.store import Repeated, Store
from tests.kernel.toy import Box, Fill, Heavy, MakeBox


@pytest.fixture
def repeated(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[Repeated]:
    """The engine forgets keys at once and doubts for one batch only; what its commits found to be there."""
    monkeypatch.setattr(known, "DOUBT_BATCHES", 1)
    monkeypatch.setattr(Keys, "answered", lambda *_: None)
    found: list[Repeated] = []
    store: Store = engine.store
    commit = store.commit

    async def watched(change: known.Any) -> None:
        try:
            await commit(change)
        except Repeated as taken:
            found.append(taken)
            raise

    monkeypatch.setattr(store, "commit", watched)
    return found


async def holds(engine: Engine, name: str) -> int:
    found: dict[str, Box] = await engine.store.load(1, Box, [name])
    return found[name].holds


async def test_a_forgotten_key_is_answered_and_its_neighbours_happen_once(
    engine: Engine, repeated: list[Repeated]
) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    first = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    new = [engine.submit(1, Fill(box="a"), actor="x", key=f"n{number}") for number in range(5)]
    again, *others = await asyncio.gather(engine.submit(1, Fill(box="a"), actor="x", key="k"), *new)
    assert len(repeated) == 1
    assert (again.result, again.replayed, again.command) == (first.result, True, first.command)
    assert [other.result for other in others] == [2, 3, 4, 5, 6]
    assert await holds(engine, "a") == 6


async def test_a_forgotten_key_with_another_command_is_a_conflict(engine: Engine, repeated: list[Repeated]) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await engine.submit(1, Fill(box="a"), actor="x", key="k")
    outcome = await engine.submit(1, Fill(box="a", amount=2), actor="x", key="k")
    assert len(repeated) == 1
    assert isinstance(outcome.error, Conflict)
    assert await holds(engine, "a") == 1


async def test_a_forgotten_key_of_a_refused_command_is_refused_again(engine: Engine, repeated: list[Repeated]) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    refused = await engine.submit(1, Fill(box="a", amount=1000), actor="x", key="k")
    again = await engine.submit(1, Fill(box="a", amount=1000), actor="x", key="k")
    assert len(repeated) == 1
    assert again.replayed
    assert (again.command, again.error and again.error.code) == (
        refused.command,
        refused.error and refused.error.code,
    )


@asynccontextmanager
async def second(engine: Engine) -> AsyncGenerator[Engine]:
    """Another engine of the same books, as another process has it."""
    other = Engine(engine.store)
    yield other
    await other.stop()


async def fill(engine: Engine, amount: int, key: str = "k") -> Outcome[int]:
    return await engine.submit(1, Fill(box="a", amount=amount), actor="x", key=key)


async def test_a_corrected_request_takes_the_key_of_a_refusal_and_has_it_from_then_on(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    refused = await fill(engine, 1000)
    other = await fill(engine, 2000)
    done = await fill(engine, 2)
    assert [outcome.status for outcome in (refused, other, done)] == ["rejected", "rejected", "applied"]
    assert await holds(engine, "a") == 2
    for amount, first in ((2, done), (1000, refused), (2000, other)):
        again = await fill(engine, amount)
        assert (again.replayed, again.command, again.status, again.result) == (
            True, first.command, first.status, first.result,
        )  # fmt: skip
    for amount in (3, 3000):
        assert isinstance((await fill(engine, amount)).error, Conflict)
    assert await holds(engine, "a") == 2


async def test_a_refused_request_stays_refused_when_its_reason_is_gone(engine: Engine) -> None:
    early = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    await engine.execute(1, MakeBox(name="a"), actor="x")
    again = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    assert early.status == again.status == "rejected"
    assert again.replayed
    assert await holds(engine, "a") == 0
    assert (await engine.submit(1, Fill(box="a"), actor="x", key="another")).result == 1


async def test_a_correction_under_a_forgotten_key_happens_once(engine: Engine, repeated: list[Repeated]) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await fill(engine, 1000)
    for replayed in (False, True):
        outcome = await fill(engine, 2)
        assert (outcome.result, outcome.replayed) == (2, replayed)
    assert len(repeated) == 2
    assert await holds(engine, "a") == 2


async def test_a_key_is_corrected_so_often_and_no_more(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    for amount in range(1000, 1000 + 1 + CORRECTIONS_MAX):
        assert (await fill(engine, amount)).status == "rejected"
    assert isinstance((await fill(engine, 1)).error, Conflict)
    assert await holds(engine, "a") == 0
    assert (await fill(engine, 1000)).replayed


async def test_another_process_corrects_under_the_key_of_a_refusal(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await fill(engine, 1000)
    async with second(engine) as other:
        assert (await fill(other, 2)).result == 2
        assert (await fill(engine, 2)).replayed
        assert isinstance((await fill(engine, 3)).error, Conflict)
    assert await holds(engine, "a") == 2


async def test_what_was_decided_upon_a_forgotten_key_is_decided_again(engine: Engine, repeated: list[Repeated]) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await engine.execute(1, MakeBox(name="b"), actor="x")
    await engine.submit(1, Fill(box="a"), actor="x", key="k")
    heavy = [engine.submit(1, Heavy(box="b", times=3000), actor="x") for _ in range(3)]
    light = [engine.submit(1, Fill(box="a"), actor="x", key=key) for key in ("k", "l", "m")]
    outcomes = await asyncio.gather(*heavy, *light)
    assert [outcome.result for outcome in outcomes] == [1, 2, 3, 1, 2, 3]
    again = await asyncio.gather(*(engine.submit(1, Fill(box="a"), actor="x", key=key) for key in ("m", "l")))
    assert [outcome.result for outcome in again] == [3, 2]
    assert repeated
    assert (await holds(engine, "a"), await holds(engine, "b")) == (3, 3)


async def ticket(key: str, weight: int = 1) -> Ticket:
    return Ticket(Heavy(box="a", times=weight), "x", key, False, None)


async def test_keys_are_looked_up_at_the_start_and_after_doubt() -> None:
    keys = Keys()
    tickets = [await ticket("k")]
    assert [keys.unsure(tickets) for _ in range(DOUBT_BATCHES + 1)] == [["k"]] * DOUBT_BATCHES + [[]]
    keys.doubt()
    assert keys.unsure(tickets) == ["k"]


async def test_keys_answered_lately_and_those_of_much_are_always_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "DOUBT_BATCHES", 0)
    monkeypatch.setattr(known, "RECENT_KEYS", 3)
    keys = Keys()
    for number in range(10):
        keys.answered(f"k{number}")
    asked = [await ticket(f"k{number}") for number in range(10)]
    assert keys.unsure(asked) == ["k6", "k7", "k8", "k9"]
    much = [await ticket("z", TRUSTED_MAX + 1)]
    assert keys.unsure(much) == ["z"]
