"""Refusals in a rush: nothing is refused that may be done, nothing done twice, known keys answer what they did."""

import asyncio
import gc
import weakref
from typing import Any

import pytest

from canglian.kernel import Engine, Outcome, Rejection
from canglian.kernel.refusing import RUSH_LEAST
from tests.kernel.toy import Box, Fill, MakeBox, Take

MANY = 3 * RUSH_LEAST


async def rush(engine: Engine, turn: str, count: int = MANY) -> list[Outcome[Any]]:
    return list(
        await asyncio.gather(*(engine.submit(1, Take(box="a"), actor="x", key=f"{turn}-{n}") for n in range(count)))
    )


def done(outcomes: list[Outcome[Any]]) -> int:
    return sum(outcome.error is None for outcome in outcomes)


async def logged(engine: Engine) -> int:
    return (await engine.store.state(1)).commands


async def test_a_rush_is_refused_without_a_line_and_its_keys_are_free(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a", holds=5), actor="x")
    assert done(await rush(engine, "first")) == 5
    before = await logged(engine)
    refused = await rush(engine, "second")
    assert {(outcome.error.code, outcome.command) for outcome in refused if outcome.error} == {("box.overfull", 0)}
    errors: list[Rejection] = []
    for outcome in refused[:2]:
        with pytest.raises(Rejection) as raised:
            outcome.unwrap()
        errors.append(raised.value)
    assert errors[0] is not errors[1], "each that raises it has a traceback of its own"
    assert await logged(engine) == before
    await engine.execute(1, Fill(box="a", amount=7), actor="x")
    assert done(await rush(engine, "second")) == 7


async def test_what_was_refused_is_forgotten_without_the_collector(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a", holds=5), actor="x")
    gc.collect()
    gc.disable()
    try:
        for turn in ("decided", "unlogged"):
            asked = [engine.submit(1, Take(box="a"), actor="x", key=f"{turn}-{n}") for n in range(MANY)]
            errors = [weakref.ref(outcome.error) for outcome in await asyncio.gather(*asked) if outcome.error]
            await engine.execute(1, Fill(box="a", amount=0), actor="x")
            assert [error() for error in errors if error() is not None] == []
    finally:
        gc.enable()


async def test_known_keys_answer_in_a_rush_what_they_did(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a", holds=5), actor="x")
    first = await rush(engine, "first")
    await rush(engine, "second")
    again = await rush(engine, "first")
    logged_first = [outcome.command for outcome in first if outcome.command]
    assert len(logged_first) > 5, "those taken out, and some that were refused by a batch"
    assert [outcome.command for outcome in again if outcome.replayed] == logged_first
    other = [engine.submit(1, Take(box="b"), actor="x", key=f"second-{n}") for n in range(MANY)]
    assert {outcome.error.code for outcome in await asyncio.gather(*other) if outcome.error} == {"box.not_found"}


async def test_what_waits_behind_the_first_refusals_leaves_the_queue(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a", holds=5), actor="x")
    before = await logged(engine)
    outcomes = await rush(engine, "first", 10 * RUSH_LEAST)
    assert done(outcomes) == 5
    lines = sum(outcome.command > 0 for outcome in outcomes)
    assert RUSH_LEAST <= lines < len(outcomes)
    assert await logged(engine) == before + lines


async def test_after_the_rush_a_refusal_stands_in_the_log(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await rush(engine, "first")
    before = await logged(engine)
    (alone,) = await rush(engine, "later", 1)
    assert (alone.command, await logged(engine)) == (before + 1, before + 1)


async def test_what_another_process_has_put_in_is_not_refused(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await rush(engine, "first")
    other = Engine(engine.store)
    await other.execute(1, Fill(box="a", amount=9), actor="y")
    await other.stop()
    assert done(await rush(engine, "second")) == 9
    assert (await engine.store.load(1, Box, ["a"]))["a"].holds == 0


async def test_a_rush_beside_changes_takes_out_what_was_put_in(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await rush(engine, "first")

    async def fill() -> None:
        for number in range(20):
            await engine.execute(1, Fill(box="a"), actor="y", key=f"fill-{number}")

    rushes = await asyncio.gather(fill(), *(rush(engine, f"turn {n}".replace(" ", "-")) for n in range(10)))
    taken = sum(done(outcomes) for outcomes in rushes[1:] if outcomes is not None)
    assert taken + (await engine.store.load(1, Box, ["a"]))["a"].holds == 20


async def test_stopping_in_a_rush_answers_everybody(engine: Engine) -> None:
    await engine.execute(1, MakeBox(name="a"), actor="x")
    await rush(engine, "first")
    last = asyncio.gather(*(engine.submit(1, Take(box="a"), actor="x") for _ in range(MANY)))
    await asyncio.sleep(0)
    await engine.stop()
    assert done(await last) == 0
