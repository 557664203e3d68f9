"""No limit is ever passed, under any interleaving of movements, reversals, days, versions and overrides."""

import asyncio
import random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from structlog.testing import capture_logs

from canglian.bank.approval import Book
from canglian.bank.limit import Counterparty, Direction, Holder, Measure
from canglian.bank.limit.commands import RuleAsked
from canglian.bank.party import Level
from canglian.kernel.auditing import replay
from canglian.kernel.postgres.store import PostgresStore
from tests.bank.limit.life import Life
from tests.bank.limit.till import rule as made
from tests.lives import LONG, seeds

others = st.sampled_from([Counterparty.MERCHANT, Counterparty.UNBOUND, Counterparty.BOUND])
levels = st.sampled_from([Level.REMOTE, Level.FACE_TO_FACE])
few = st.integers(0, 60)
rules = st.lists(
    st.builds(
        made,
        st.sampled_from(["a", "b", "c", "d", "e"]),
        st.integers(0, 300),
        st.sampled_from(Measure),
        per=st.sampled_from(Holder),
        levels=st.lists(levels, max_size=1),
        counterparties=st.lists(others, max_size=1),
        exempt=st.lists(others, max_size=1),
        counter=st.sampled_from([None, None, "x"]),
    ),
    max_size=5,
    unique_by=lambda rule: rule.code,
)


class Limits(RuleBasedStateMachine):
    """One life in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.quiet = capture_logs()
        self.quiet.__enter__()
        self.loop = asyncio.new_event_loop()

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "life"):  # a run may end before it begins
            self.run(self.life.engine.stop())
        self.loop.close()
        self.quiet.__exit__(None, None, None)

    @initialize(cache=st.sampled_from([2, 500_000]), content=rules)
    def open(self, cache: int, content: list[RuleAsked]) -> None:
        self.life = self.run(Life(cache=cache).begin())
        self.run(self.life.rule_anew(0, content))

    @rule(
        place=st.integers(0, 2),
        amount=st.integers(1, 120),
        again=st.booleans(),
        direction=st.sampled_from(Direction),
        counterparty=others,
        level=levels,
        balance=st.integers(120, 400),
    )
    def move(self, place: int, amount: int, again: bool, balance: int, **fields: Any) -> None:
        self.run(self.life.move_money(place, amount, again, balance_after=balance, **fields))

    @rule(place=few, part=st.integers(1, 120))
    def give_back(self, place: int, part: int) -> None:
        self.run(self.life.give_back(place, part))

    @rule(days=st.sampled_from([1, 1, 1, 20, 200]))
    def close_day(self, days: int) -> None:
        self.run(self.life.close_day(days))

    @rule(days=st.integers(0, 2), content=rules)
    def rule_anew(self, days: int, content: list[RuleAsked]) -> None:
        self.run(self.life.rule_anew(days, content))

    @rule(place=st.integers(0, 2), by_party=st.booleans(), pick=few, limit=st.integers(0, 500), days=st.integers(0, 3))
    def grant(self, place: int, by_party: bool, pick: int, limit: int, days: int) -> None:
        self.run(self.life.grant(place, by_party, pick, limit, days))

    @rule(place=few)
    def end(self, place: int) -> None:
        self.run(self.life.end(place))

    @rule()
    def restart(self) -> None:
        self.run(self.life.restart())

    @invariant()
    def what_is_stored_is_what_the_model_finds(self) -> None:
        self.run(self.life.agree())


TestLimits = Limits.TestCase
TestLimits.settings = settings(
    max_examples=80 if LONG else 20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


def _rules(chance: random.Random) -> list[RuleAsked]:
    """As hypothesis makes them, from a seed."""
    pair = [Counterparty.MERCHANT, Counterparty.UNBOUND, Counterparty.BOUND]
    return [
        made(
            code,
            chance.randint(60, 300),
            chance.choice(list(Measure)),
            per=chance.choice(list(Holder)),
            levels=chance.sample([Level.REMOTE, Level.FACE_TO_FACE], chance.randint(0, 1)),
            counterparties=chance.sample(pair, chance.randint(0, 1)),
            exempt=chance.sample(pair, chance.randint(0, 1)),
            counter=chance.choice([None, None, "x"]),
        )
        for code in "abcde"[: chance.randint(1, 5)]
    ]


async def _step(life: Life, chance: random.Random) -> None:
    match chance.choices(range(7), [120, 20, 8, 4, 6, 2, 2])[0]:
        case 0:
            fields = {
                "direction": chance.choice(list(Direction)),
                "counterparty": chance.choice(["merchant", "unbound", "bound"]),
                "level": chance.choice([Level.REMOTE, Level.FACE_TO_FACE]),
                "balance_after": chance.randint(120, 400),
            }
            await life.move_money(chance.randrange(3), chance.randint(1, 120), chance.random() < 0.2, **fields)
        case 1:
            await life.give_back(chance.randrange(60), chance.randint(1, 120))
        case 2:
            await life.close_day(chance.choice([1, 1, 1, 20, 200]))
        case 3:
            await life.rule_anew(chance.randint(0, 2), _rules(chance))
        case 4:
            holder = chance.randrange(3), chance.random() < 0.5
            await life.grant(*holder, chance.randrange(60), chance.randint(0, 500), chance.randint(0, 3))
        case 5:
            await life.end(chance.randrange(60))
        case _:
            await life.restart()


@pytest.mark.parametrize("cache", [500_000, 2])
@pytest.mark.parametrize("seed", seeds([3, 2, 5]))
async def test_no_limit_is_passed_on_postgresql_either(database: str, seed: int, cache: int) -> None:
    chance = random.Random(seed)
    store = await PostgresStore.open(database)
    life = await Life(store, cache).begin()
    await life.rule_anew(0, _rules(chance))
    for _ in range(200):
        await _step(life, chance)
        await life.agree()
    assert life.refusals > 10, "a life without refusals says nothing"
    assert len(life.model.counted) > 10
    await life.engine.stop()
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
