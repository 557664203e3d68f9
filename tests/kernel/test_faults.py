"""What the engine does when a commit fails: nobody is told a lie, nothing happens twice, and it goes on by itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from canglian.kernel import Busy, Engine, NotFound, Status, Unavailable, lane
from canglian.kernel.records import Batch
from tests.kernel.faulty import FaultyStore
from tests.kernel.toy import Box, Chain, Fill, Heavy, MakeBox
from tests.serving import PATIENCE


@pytest.fixture
async def faulty(monkeypatch: pytest.MonkeyPatch) -> FaultyStore:
    monkeypatch.setattr(lane, "OUTCOME_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(lane, "RELOAD_PAUSE_SECONDS", 0.001)
    return FaultyStore()


@pytest.fixture
async def engine(faulty: FaultyStore) -> AsyncIterator[Engine]:
    running = Engine(faulty)
    await running.found(1, date(2026, 1, 5))
    await running.execute(1, MakeBox(name="a"), actor="x")
    yield running
    await running.stop()


async def holds(engine: Engine) -> int:
    return (await engine.store.load(1, Box, ["a"]))["a"].holds


@pytest.mark.parametrize(("fault", "code"), [("lost", "database.away"), ("exhausted", "database.exhausted")])
async def test_a_batch_that_was_not_committed_is_unavailable_and_changed_nothing(
    engine: Engine, faulty: FaultyStore, fault: str, code: str
) -> None:
    faulty.faults.append(fault)
    outcome = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    assert isinstance(outcome.error, Unavailable)
    assert (outcome.status, outcome.error.code) == (Status.FAILED, code)
    assert await holds(engine) == 0
    again = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    assert (again.result, again.replayed, again.command) == (1, False, 2)


@pytest.mark.parametrize("fault", ["moved", "overtaken", "refused"])
async def test_a_batch_that_lost_a_race_is_decided_again_and_happens_once(
    engine: Engine, faulty: FaultyStore, fault: str
) -> None:
    faulty.faults.append(fault)
    outcomes = await asyncio.gather(*(engine.submit(1, Fill(box="a"), actor="x") for _ in range(5)))
    assert [outcome.result for outcome in outcomes] == [1, 2, 3, 4, 5]
    assert await holds(engine) == 5


async def test_an_unknown_outcome_is_looked_up_before_anybody_is_answered(engine: Engine, faulty: FaultyStore) -> None:
    faulty.faults.append("unknown-landed")
    landed = await engine.submit(1, Fill(box="a"), actor="x", key="k1")
    assert (landed.result, await holds(engine)) == (1, 1)
    faulty.faults.append("unknown")
    failed = await engine.submit(1, Fill(box="a"), actor="x", key="k2")
    assert failed.error is not None
    assert (failed.error.code, await holds(engine)) == ("database.away", 1)
    assert await engine.execute(1, Fill(box="a"), actor="x") == 2


async def test_the_database_may_be_away_while_the_outcome_is_looked_up(engine: Engine, faulty: FaultyStore) -> None:
    faulty.faults.append("unknown-landed")
    faulty.away = 5
    assert (await engine.submit(1, Fill(box="a"), actor="x")).result == 1
    faulty.faults.append("unknown")
    faulty.away, faulty.locks_away = 2, 3
    outcome = await asyncio.wait_for(engine.submit(1, Fill(box="a"), actor="x"), PATIENCE)
    assert outcome.error is not None
    assert outcome.error.code == "database.away"
    assert await engine.execute(1, Fill(box="a"), actor="x") == 2


async def test_an_outcome_that_cannot_be_found_out_is_said_to_be_unknown(engine: Engine, faulty: FaultyStore) -> None:
    faulty.faults.append("unknown-landed")
    faulty.away = lane.OUTCOME_TRIES
    outcome = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    assert outcome.error is not None
    assert outcome.error.code == "database.outcome_unknown"
    again = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    assert (again.result, again.replayed) == (1, True)
    assert await holds(engine) == 1


async def test_an_unknown_outcome_of_a_command_alone_is_looked_up_too(engine: Engine, faulty: FaultyStore) -> None:
    faulty.faults += ["refused", "unknown-landed"]
    assert (await engine.submit(1, Fill(box="a"), actor="x")).result == 1
    faulty.faults += ["moved", "unknown-landed"]
    assert (await engine.submit(1, Fill(box="a"), actor="x")).result == 2
    assert await holds(engine) == 2


async def test_reads_that_fail_are_unavailable_and_the_engine_recovers(engine: Engine, faulty: FaultyStore) -> None:
    fresh = Engine(faulty)
    await fresh.submit(1, Chain(boxes=[]), actor="x")
    faulty.away = 1
    outcome = await fresh.submit(1, Fill(box="a"), actor="x")
    assert isinstance(outcome.error, Unavailable)
    assert await fresh.execute(1, Fill(box="a"), actor="x") == 1
    await fresh.stop()
    faulty.away = 1
    with pytest.raises(Unavailable):
        await Engine(faulty).submit(1, Fill(box="a"), actor="x")


async def test_a_batch_never_lands_on_another_process_batch_of_the_same_number(
    engine: Engine, faulty: FaultyStore
) -> None:
    """Batch 2 flies; while it fails, another process commits its own batch 2; batch 3 was decided on the first."""
    other = Engine(faulty)
    foreign: list[asyncio.Task[object]] = []
    faulty.before_commit = lambda: foreign.append(asyncio.create_task(_elsewhere(other)))
    faulty.faults += ["lost"]
    outcomes = await asyncio.gather(
        engine.submit(1, Heavy(box="a", times=5000), actor="x"),
        engine.submit(1, Heavy(box="a", times=5000), actor="x"),
        engine.submit(1, Heavy(box="a", times=5000), actor="x"),
    )
    await foreign[0]
    applied = sum(outcome.status is Status.APPLIED for outcome in outcomes)
    assert await holds(engine) == applied + 1
    await assert_chain(faulty)
    await other.stop()


async def _elsewhere(other: Engine) -> None:
    await other.execute(1, Fill(box="a"), actor="y")


async def assert_chain(store: FaultyStore) -> None:
    state = await store.state(1)
    batches = await store.load(1, Batch, list(range(1, state.sequence + 1)))
    previous, command = bytes(32), 0
    for number in range(1, state.sequence + 1):
        assert batches[number].previous == previous
        assert batches[number].first_command == command + 1
        previous, command = batches[number].hash, batches[number].last_command
    assert (previous, command) == (state.hash, state.commands)


async def test_the_same_key_sent_to_two_processes_happens_once_even_at_a_cold_start(
    engine: Engine, faulty: FaultyStore
) -> None:
    """The other process commits the key after this one has looked it up, before this one reads the book's row."""
    cold = Engine(faulty)
    started = asyncio.create_task(cold.submit(1, Fill(box="a"), actor="x", key="k"))
    waiting: list[asyncio.Task[object]] = []
    faulty.after_known = lambda: waiting.append(asyncio.create_task(_twin(engine)))
    outcome = await started
    await waiting[0]
    assert outcome.result == 1
    assert await holds(engine) == 1
    await cold.stop()


async def _twin(engine: Engine) -> None:
    assert (await engine.submit(1, Fill(box="a"), actor="x", key="k")).result == 1


async def test_a_key_that_was_logged_meanwhile_is_answered_when_commands_go_one_by_one(
    engine: Engine, faulty: FaultyStore
) -> None:
    first = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    line = faulty.keys[1].pop("x/k")
    faulty.after_known = lambda: faulty.keys[1].update({"x/k": line})
    again = await engine.submit(1, Fill(box="a"), actor="x", key="k")
    assert (again.result, again.command, again.replayed) == (first.result, first.command, True)
    assert await holds(engine) == 1


async def test_dry_runs_are_decided_again_when_another_process_wrote_meanwhile(
    engine: Engine, faulty: FaultyStore
) -> None:
    other = Engine(faulty)
    assert (await engine.submit(1, Fill(box="a"), actor="x", dry_run=True)).result == 1
    await other.execute(1, Fill(box="a"), actor="y")
    assert (await engine.submit(1, Fill(box="a"), actor="x", dry_run=True)).result == 2
    faulty.away = 1
    lost = await engine.submit(1, Fill(box="a"), actor="x", dry_run=True)
    assert isinstance(lost.error, Unavailable)
    await other.stop()


async def test_heavy_dry_runs_between_heavy_batches_leave_the_cache_true(faulty: FaultyStore) -> None:
    engine = Engine(faulty, batch_max=2000, queue_max=10**6)
    await engine.found(1, date(2026, 1, 5))
    await engine.execute(1, MakeBox(name="a"), actor="x")
    asked = [
        engine.submit(1, Heavy(box="a", times=2000), actor="x", dry_run=position % 2 == 0) for position in range(12)
    ]
    outcomes = await asyncio.gather(*asked)
    assert [outcome.result for outcome in outcomes] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert await holds(engine) == 6
    await engine.stop()


async def test_random_faults_lose_and_double_nothing_that_was_answered(faulty: FaultyStore) -> None:
    engine = Engine(faulty, batch_max=2000, queue_max=10**6)
    await engine.found(1, date(2026, 1, 5))
    await engine.execute(1, MakeBox(name="a"), actor="x")
    faulty.faults += ["", "lost", "moved", "", "unknown", "overtaken", "unknown-landed", "refused", "exhausted"] * 20
    keys = [f"k{number}" for number in range(80)]

    async def insist(key: str) -> int:
        for _ in range(200):
            outcome = await engine.submit(1, Heavy(box="a", times=700), actor="x", key=key)
            if outcome.error is None:
                return outcome.result or 0
            assert isinstance(outcome.error, Unavailable)
        raise AssertionError(key)

    results = await asyncio.gather(*map(insist, keys))
    assert sorted(results) == list(range(1, 81))
    assert await holds(engine) == 80
    await assert_chain(faulty)
    await engine.stop()


async def test_a_stopped_engine_takes_nothing_for_any_book(engine: Engine) -> None:
    await engine.found(2, date(2026, 1, 5))
    await engine.stop()
    for book in (1, 2):
        with pytest.raises(Busy) as refused:
            await engine.submit(book, Fill(box="a"), actor="x")
        assert refused.value.code == "engine.stopping"


async def test_a_book_that_vanished_is_not_found(engine: Engine, faulty: FaultyStore) -> None:
    state = faulty.states.pop(1)
    faulty.faults.append("moved")
    fresh = Engine(faulty)
    with pytest.raises(NotFound):
        await fresh.submit(1, Fill(box="a"), actor="x")
    faulty.states[1] = state
    faulty.faults.clear()
