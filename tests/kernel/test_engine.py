"""The engine's promises, on the in-memory store and on PostgreSQL alike."""

import asyncio
from datetime import date

import pytest

from canglian.kernel import Busy, Conflict, Engine, Status
from canglian.kernel.deciding import ROUNDS_MAX
from canglian.kernel.errors import Malformed, NotFound
from canglian.kernel.records import CommandLine, Event
from tests.kernel.toy import (
    Box,
    Break,
    Chain,
    CountOwned,
    Draw,
    Fill,
    FillSome,
    Give,
    Heavy,
    ListOwned,
    MakeBox,
    Overwrite,
    Poison,
    SumOwned,
)


async def lines(engine: Engine, *numbers: int) -> list[CommandLine]:
    found = await engine.store.load(1, CommandLine, list(numbers))
    return [found[number] for number in numbers if number in found]


async def box(engine: Engine, name: str) -> Box | None:
    return (await engine.store.load(1, Box, [name])).get(name)


async def test_result_is_stored_before_it_is_told(engine: Engine) -> None:
    outcome = await engine.submit(1, MakeBox(name="a", holds=7), actor="user:ann", request_id="r1")
    assert (outcome.status, outcome.command, outcome.replayed) == (Status.APPLIED, 1, False)
    assert await box(engine, "a") == Box("a", "ann", 7)
    (line,) = await lines(engine, 1)
    assert (line.kind, line.actor, line.status, line.code, line.request_id) == (
        "toy.make", "user:ann", "applied", None, "r1",
    )  # fmt: skip
    assert line.payload == '{"name":"a","holds":7}'


async def test_rejection_leaves_only_its_line(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a", holds=99), actor="x")
    outcome = await engine.submit(1, Fill(box="a", amount=2), actor="x")
    assert (outcome.status, outcome.error and outcome.error.code) == (Status.REJECTED, "box.overfull")
    assert await box(engine, "a") == Box("a", "ann", 99)
    assert len(await engine.store.load(1, Event, [1, 2])) == 1
    (line,) = await lines(engine, 2)
    assert (line.status, line.code, line.result) == ("rejected", "box.overfull", '{"holds":99}')
    assert await engine.execute(1, Fill(box="a", amount=1), actor="x") == 100


async def test_bug_in_one_decision_drops_that_command_alone(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    outcomes = await asyncio.gather(
        engine.submit(1, Fill(box="a"), actor="x"),
        engine.submit(1, Break(box="a"), actor="x", key="k"),
        engine.submit(1, Fill(box="a"), actor="x"),
    )
    assert [outcome.status for outcome in outcomes] == [Status.APPLIED, Status.FAILED, Status.APPLIED]
    assert await box(engine, "a") == Box("a", "ann", 2)
    again = await engine.submit(1, Break(box="a"), actor="x", key="k")
    assert not again.replayed


async def test_parts_of_a_decision_are_undone_one_by_one(engine: Engine) -> None:
    for name, holds in (("a", 0), ("b", 90), ("c", 10)):
        await engine.execute(1, MakeBox(name=name, holds=holds), actor="x")
    fresh = Engine(engine.store)  # everything has to be loaded in the middle of a part
    assert await fresh.execute(1, FillSome(boxes=["a", "b", "zz", "c"], amount=20), actor="x") == ["a", "c"]
    assert [(await box(engine, name)).holds for name in "abc"] == [20, 90, 30]  # pyright: ignore[reportOptionalMemberAccess]
    assert len(await engine.store.load(1, Event, list(range(1, 20)))) == 5
    broken = await fresh.submit(1, FillSome(boxes=["a"], amount=1, breaks=True), actor="x")
    assert broken.status is Status.FAILED
    assert await fresh.execute(1, Fill(box="a"), actor="x") == 21
    await fresh.stop()


async def test_what_cannot_be_stored_fails_alone(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    outcomes = await asyncio.gather(
        engine.submit(1, Fill(box="a"), actor="x"),
        engine.submit(1, Poison(name="p"), actor="x"),
        engine.submit(1, Fill(box="a"), actor="x"),
    )
    assert [o.status for o in outcomes][::2] == [Status.APPLIED, Status.APPLIED]
    assert await box(engine, "a") == Box("a", "ann", 2)
    assert await engine.execute(1, Fill(box="a"), actor="x") == 3


async def test_same_key_answers_the_first_outcome_again(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    first = await engine.submit(1, Fill(box="a"), actor="x", key="k1")
    again = await engine.submit(1, Fill(box="a"), actor="x", key="k1")
    assert (again.result, again.replayed, again.command) == (first.result, True, first.command)
    refused = await engine.submit(1, Fill(box="a", amount=1000), actor="x", key="k2")
    replay = await engine.submit(1, Fill(box="a", amount=1000), actor="x", key="k2")
    assert replay.replayed
    assert replay.error is not None
    assert refused.error is not None
    assert (replay.error.code, replay.error.fields) == (refused.error.code, refused.error.fields)
    assert await box(engine, "a") == Box("a", "ann", 1)


async def test_same_key_with_another_command_is_a_conflict(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await engine.submit(1, Fill(box="a"), actor="x", key="k")
    for other in (Fill(box="a", amount=2), Draw()):
        outcome = await engine.submit(1, other, actor="x", key="k")
        assert isinstance(outcome.error, Conflict)
    assert await box(engine, "a") == Box("a", "ann", 1)


async def test_keys_of_different_senders_do_not_meet(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await engine.submit(1, Fill(box="a"), actor="x", key="k")
    other = await engine.submit(1, Fill(box="a"), actor="y", key="k")
    assert (other.result, other.replayed) == (2, False)
    rotated = await engine.submit(1, Fill(box="a"), actor="z", key="k", scope="y")
    assert rotated.replayed


async def test_concurrent_duplicates_happen_once(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    outcomes = await asyncio.gather(*(engine.submit(1, Fill(box="a"), actor="x", key="k") for _ in range(20)))
    assert {outcome.result for outcome in outcomes} == {1}
    assert sum(not outcome.replayed for outcome in outcomes) == 1
    with pytest.raises(Conflict):
        await asyncio.gather(
            engine.submit(1, Fill(box="a"), actor="x", key="q"),
            engine.submit(1, Fill(box="a", amount=3), actor="x", key="q"),
        )


@pytest.mark.parametrize("key", ["", "with space", "é", "x" * 201, "new\nline"])
async def test_broken_keys_are_refused(engine: Engine, key: str) -> None:
    with pytest.raises(Malformed):
        await engine.submit(1, Draw(), actor="x", key=key)


async def test_dry_run_decides_and_throws_away(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    dry = await engine.submit(1, Fill(box="a", amount=5), actor="x", key="k", dry_run=True)
    assert (dry.result, dry.command) == (5, 0)
    refused = await engine.submit(1, Fill(box="a", amount=500), actor="x", dry_run=True)
    assert refused.error is not None
    assert await box(engine, "a") == Box("a", "ann", 0)
    assert await lines(engine, 2) == []
    assert (await engine.submit(1, Fill(box="a", amount=5), actor="x", key="k")).replayed is False


async def test_reads_known_only_one_after_another_are_loaded(engine: Engine) -> None:
    for name in "abcdef":
        await engine.execute(1, MakeBox(name=name, holds=1), actor="x")
    fresh = Engine(engine.store)
    assert await fresh.execute(1, Chain(boxes=list("abcdef")), actor="x") == 6
    await fresh.stop()


async def test_what_is_said_to_be_looked_up_is_there_when_it_is_decided(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a", owner="ann"), actor="x")
    fresh = Engine(engine.store)
    ListOwned.turns.clear()
    owned = await asyncio.gather(*(fresh.execute(1, ListOwned(owner=owner), actor="x") for owner in ("ann", "bob")))
    assert owned == [["a"], []]
    assert ListOwned.turns == ["ann", "bob"], "each was decided once"
    await fresh.execute(1, MakeBox(name="b", owner="bob"), actor="x")
    assert await fresh.execute(1, ListOwned(owner="bob"), actor="x") == ["b"]
    await fresh.stop()


async def test_what_follows_from_what_is_read_is_there_when_it_is_decided(engine: Engine) -> None:
    for name, holds in (("a", 3), ("b", 4)):
        await engine.execute(1, MakeBox(name=name, owner="bob", holds=holds), actor="x")
    fresh = Engine(engine.store)
    SumOwned.turns.clear()
    assert await fresh.execute(1, SumOwned(box="a"), actor="x") == 7
    assert (await fresh.submit(1, SumOwned(box="none"), actor="x")).error is not None
    assert SumOwned.turns == ["a", "none"], "each was decided once"
    await fresh.stop()


async def test_rounds_of_reading_are_bounded(engine: Engine) -> None:
    names = [f"b{number}" for number in range(ROUNDS_MAX + 1)]
    await asyncio.gather(*(engine.execute(1, MakeBox(name=name), actor="x") for name in names))
    fresh = Engine(engine.store)
    outcome = await fresh.submit(1, Chain(boxes=names), actor="x")
    assert outcome.error is not None
    assert outcome.error.code == "command.too_many_reads"
    await fresh.stop()


async def test_find_sees_changes_of_the_same_batch(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a", owner="ann"), actor="x")
    fresh = Engine(engine.store)
    outcomes = await asyncio.gather(
        fresh.execute(1, CountOwned(owner="ann"), actor="x"),
        fresh.execute(1, MakeBox(name="b", owner="ann"), actor="x"),
        fresh.execute(1, CountOwned(owner="ann"), actor="x"),
        fresh.execute(1, Give(box="a", to="bob"), actor="x"),
    )
    assert isinstance(outcomes[1], Box)
    assert await fresh.execute(1, CountOwned(owner="ann"), actor="x") == ["b"]
    assert await fresh.execute(1, CountOwned(owner="bob"), actor="x") == ["a"]
    await fresh.stop()


async def test_taken_id_is_refused(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    fresh = Engine(engine.store)
    outcome = await fresh.submit(1, MakeBox(name="a"), actor="x")
    assert outcome.error is not None
    assert outcome.error.code == "box.exists"
    await fresh.stop()


async def test_heavy_batches_run_ahead_and_stay_in_order(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    work = [engine.submit(1, Heavy(box="a", times=5000), actor="x") for _ in range(4)]
    results = [(await future).result for future in [asyncio.ensure_future(w) for w in work]]
    assert results == [1, 2, 3, 4]
    assert await box(engine, "a") == Box("a", "ann", 4)


async def test_who_moves_little_passes_those_who_move_much(engine: Engine) -> None:
    """Behind four bulks wait ten light commands: they are done with the first bulk, the other bulks follow."""
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await engine.execute(1, MakeBox(name="b"), actor="x")
    bulks = [engine.submit(1, Heavy(box="a", times=3000), actor="x") for _ in range(4)]
    light = [engine.submit(1, Fill(box="b"), actor="y") for _ in range(10)]
    outcomes = await asyncio.gather(*bulks, *light)
    assert [outcome.result for outcome in outcomes] == [*range(1, 5), *range(1, 11)]
    assert [outcome.command for outcome in outcomes] == [3, 14, 15, 16, *range(4, 14)]


async def test_eviction_keeps_the_truth(store: object) -> None:
    small = Engine(store, cache_max=8)  # pyright: ignore[reportArgumentType]
    await small.found(1, date(2026, 1, 5))
    names = [f"b{number:02}" for number in range(40)]
    for name in names:
        await small.execute(1, MakeBox(name=name), actor="x")
    for _ in range(3):
        for name in names:
            await small.execute(1, Fill(box=name), actor="x")
    assert [(await box(small, name)) for name in names] == [Box(name, "ann", 3) for name in names]
    await small.stop()


async def test_many_that_were_evicted_are_found_in_one_round(store: object) -> None:
    small = Engine(store, cache_max=2)  # pyright: ignore[reportArgumentType]
    await small.found(1, date(2026, 1, 5))
    names = [f"b{number:02}" for number in range(40)]
    for name in names:
        await small.execute(1, MakeBox(name=name, owner="ann"), actor="x")
    for _ in range(2):
        assert await small.execute(1, CountOwned(owner="ann"), actor="x") == names
    await small.stop()


async def test_full_queue_is_busy_and_loses_nothing(store: object) -> None:
    tight = Engine(store, queue_max=10, batch_max=5)  # pyright: ignore[reportArgumentType]
    await tight.found(1, date(2026, 1, 5))
    await tight.execute(1, MakeBox(name="a"), actor="x")
    outcomes = await asyncio.gather(
        *(tight.submit(1, Fill(box="a"), actor="x") for _ in range(60)), return_exceptions=True
    )
    busy = [outcome for outcome in outcomes if isinstance(outcome, Busy)]
    assert len(busy) == 50
    assert busy[0].retry_after >= 1
    assert await box(tight, "a") == Box("a", "ann", 10)
    await tight.stop()


async def test_stop_finishes_what_is_queued_and_takes_no_more(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    waiting = [asyncio.ensure_future(engine.submit(1, Fill(box="a"), actor="x")) for _ in range(30)]
    await asyncio.sleep(0)
    await engine.stop()
    assert [(await future).result for future in waiting] == list(range(1, 31))


async def test_chance_and_ids_come_from_the_book(store: object) -> None:
    engine = Engine(store)  # pyright: ignore[reportArgumentType]
    await engine.found(1, date(2026, 1, 5), seed=b"one")
    await engine.found(2, date(2026, 1, 5), seed=b"one")
    draws = [await engine.execute(1, Draw(), actor="x") for _ in range(2)]
    assert draws[0] != draws[1]
    assert await engine.execute(2, Draw(), actor="x") != draws[0]
    made = await engine.execute(1, MakeBox(), actor="x")
    later = await engine.execute(1, MakeBox(), actor="x")
    assert made.id.startswith("box_")
    assert made.id < later.id or made.id[:14] == later.id[:14]
    await engine.stop()


async def test_unknown_book_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await engine.submit(99, Draw(), actor="x")


async def test_two_engines_on_one_store_do_not_lose_anything(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    other = Engine(engine.store)
    pairs = [(each_engine, n) for n in range(40) for each_engine in (engine, other)]
    outcomes = await asyncio.gather(
        *(each_engine.submit(1, Fill(box="a"), actor="x", key=f"{n}-{id(each_engine)}") for each_engine, n in pairs)
    )
    assert sorted(outcome.result or 0 for outcome in outcomes) == list(range(1, 81))
    assert await box(engine, "a") == Box("a", "ann", 80)
    await other.stop()


async def test_a_thing_that_is_not_there_cannot_be_changed(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    fresh = Engine(engine.store)
    assert (await fresh.execute(1, Overwrite(name="a"), actor="x")).owner == "bob"
    assert (await fresh.submit(1, Overwrite(name="b"), actor="x")).status is Status.FAILED
    assert await box(engine, "b") is None
    assert await fresh.execute(1, CountOwned(owner="bob"), actor="x") == ["a"]
    await fresh.stop()


async def test_what_was_asked_for_in_vain_is_seen_once_it_is_made(engine: Engine) -> None:
    assert (await engine.submit(1, Fill(box="a"), actor="x")).error is not None
    assert await engine.execute(1, CountOwned(owner="ann"), actor="x") == []
    dry = await engine.submit(1, MakeBox(name="a"), actor="x", dry_run=True)
    assert dry.result == Box("a", "ann", 0)
    assert (await engine.submit(1, Fill(box="a"), actor="x")).error is not None
    assert await engine.execute(1, CountOwned(owner="ann"), actor="x") == []
    await engine.execute(1, MakeBox(name="a"), actor="x")
    assert await engine.execute(1, Fill(box="a"), actor="x") == 1
    assert await engine.execute(1, CountOwned(owner="ann"), actor="x") == ["a"]


async def test_answers_survive_a_restart(engine: Engine) -> None:
    made = await engine.submit(1, MakeBox(name="a", holds=3), actor="x", key="k1")
    refused = await engine.submit(1, MakeBox(name="a"), actor="x", key="k2")
    await engine.stop()
    fresh = Engine(engine.store)
    for first, command, key in ((made, MakeBox(name="a", holds=3), "k1"), (refused, MakeBox(name="a"), "k2")):
        again = await fresh.submit(1, command, actor="x", key=key)
        assert (again.status, again.command, again.result, again.replayed) == (
            first.status, first.command, first.result, True,
        )  # fmt: skip
        assert (again.error and again.error.code) == (first.error and first.error.code)
    reused = await fresh.submit(1, MakeBox(name="b"), actor="x", key="k1")
    assert isinstance(reused.error, Conflict)
    assert await box(fresh, "b") is None
    await fresh.stop()


async def test_a_search_sees_what_is_still_on_its_way(store: object) -> None:
    """Heavy batches fly ahead of each other: what an earlier one gave away is found by the next."""
    engine = Engine(store, batch_max=1500, queue_max=10**6, cache_max=4)  # pyright: ignore[reportArgumentType]
    await engine.found(1, date(2026, 1, 5))
    for number in range(6):
        await engine.execute(1, MakeBox(name=f"b{number}"), actor="x")
    waiting = []
    for number in range(6):
        waiting.append(engine.submit(1, Give(box=f"b{number}", to="bob", times=1500), actor="x"))
        waiting.append(engine.submit(1, CountOwned(owner="bob", times=1500), actor="x"))
    outcomes = await asyncio.gather(*waiting)
    assert [len(outcome.result) for outcome in outcomes[1::2]] == [1, 2, 3, 4, 5, 6]  # pyright: ignore[reportArgumentType]
    assert await engine.execute(1, CountOwned(owner="ann"), actor="x") == []
    await engine.stop()
