"""Random lives of a ledger beside a reference model: the same answers, the same figures, and the invariants always.

What is decided from a warm cache, from a tiny one, after a restart, after a lost commit and in batches must all come
out as the model says. Every command is tried as a dry run first, and any may be repeated later with its key.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from canglian.kernel import Command, Outcome, Status
from canglian.kernel.records import Batch, CommandLine
from canglian.ledger import AccountState, Balance, BalanceMark, Bound, Hold, Transfer
from canglian.ledger.commands import (
    CaptureHold,
    ChangeAccount,
    CloseAccount,
    CloseDay,
    DefineAsset,
    ExpireHold,
    HistoryLine,
    HoldFunds,
    ImportHistory,
    Line,
    OpenAccount,
    PostTransfer,
    PostTransfers,
    ReleaseHold,
    ReverseTransfer,
    SetAccountState,
)
from tests.kernel.faulty import FaultyStore
from tests.ledger import model
from tests.ledger.branch import NOW, TODAY, Branch
from tests.ledger.model import Model, Refused
from tests.lives import seeds

amounts = st.integers(1, 60)
bounds = st.one_of(st.none(), st.integers(0, 100))
places = st.integers(0, 7)


class Ledger(RuleBasedStateMachine):
    """One life. Numbers are drawn small, so that commands meet in the same accounts, holds and transfers."""

    def __init__(self) -> None:
        super().__init__()
        self.quiet = capture_logs()  # tracebacks of the mishaps would take longer than the test
        self.quiet.__enter__()
        self.loop = asyncio.new_event_loop()
        self.store = FaultyStore()
        self.model = Model()
        self.answers: list[tuple[Command[Any], str, Outcome[Any]]] = []
        self.branch: Branch

    @initialize(cache=st.sampled_from([3, 500_000]))
    def open(self, cache: int) -> None:
        self.cache = cache
        self.branch = self.run(self._branch())
        self.model.accounts[1] = model.Account(1, "CNY", "debit", None, None, None)
        self.account("2011", None, None, None, "CNY")
        self.account("2011", 0, None, None, "CNY")

    async def _branch(self) -> Branch:
        branch = Branch(self.store)
        branch.engine._limits["cache_max"] = self.cache  # pyright: ignore[reportPrivateUsage]
        await branch.open()
        await branch.do(DefineAsset(code="PTS:a", name="points", scale=0))
        return branch

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.branch.engine.stop())
        self.loop.close()
        self.quiet.__exit__(None, None, None)

    # -- asking both --------------------------------------------------------------------------------------------

    def both(self, command: Command[Any], expected: Callable[[], Any]) -> Any:
        """Ask the engine, first for a dry run, and the model; both apply, or both refuse by the same rule."""
        before, lines = self.branch.trace(), self.store.states[1].commands
        dry = self.run(self.branch.ask(command, dry_run=True))
        assert (self.branch.trace(), self.store.states[1].commands) == (before, lines), "a dry run leaves nothing"
        key = f"k{len(self.answers)}"
        outcome = self.run(self.branch.ask(command, key=key))
        self.answers.append((command, key, outcome))
        assert self.store.states[1].commands == lines + 1
        assert (dry.status, dry.error and dry.error.code) == (outcome.status, outcome.error and outcome.error.code)
        code, result = outcome_of(expected)
        assert (outcome.error and outcome.error.code) == code, command
        if code is not None:
            assert self.branch.trace() == before, "a refusal leaves nothing"
            return None
        assert outcome.status is Status.APPLIED
        if isinstance(result, model.Move):
            assert (outcome.result.id, outcome.result.amount) == (result.number, result.amount)
        return outcome.result

    # -- accounts -----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.model.accounts) < 8)
    @rule(
        head=st.sampled_from(["1001", "2011"]),
        floor=st.sampled_from([None, 0, 0, -20]),
        ceiling=st.sampled_from([None, None, 50, 0]),
        purpose=st.sampled_from([None, None, None, "rice"]),
        asset=st.sampled_from(["CNY", "CNY", "CNY", "PTS:a"]),
    )
    def account(self, head: str, floor: int | None, ceiling: int | None, purpose: str | None, asset: str) -> None:
        number = len(self.model.accounts) + 1
        grows = "debit" if head == "1001" else "credit"

        def expected() -> None:
            self.model.accounts[number] = model.Account(number, asset, grows, floor, ceiling, purpose)

        command = OpenAccount(asset=asset, head=head, floor=floor, ceiling=ceiling, purpose=purpose)
        assert self.both(command, expected).id == number

    @rule(number=places, state=st.sampled_from(list(AccountState)))
    def set_state(self, number: int, state: AccountState) -> None:
        if number > 1 or state is not AccountState.CLOSED:
            command = SetAccountState(account=number or 1, state=state, reason="x")
            self.both(command, lambda: self.model.set_state(number or 1, state.value))

    @rule(number=st.integers(2, 9))
    def thaw(self, number: int) -> None:
        command = SetAccountState(account=number, state=AccountState.OPEN, reason="x")
        self.both(command, lambda: self.model.set_state(number, "open"))

    @rule(number=st.integers(2, 9))
    def close(self, number: int) -> None:
        self.both(CloseAccount(account=number), lambda: self.model.close(number))

    @rule(number=st.integers(1, 8), floor=st.one_of(st.none(), st.integers(-30, 60)), ceiling=bounds)
    def limit(self, number: int, floor: int | None, ceiling: int | None) -> None:
        command = ChangeAccount(account=number, floor=floor, ceiling=ceiling)
        self.both(command, lambda: self.model.limit(number, floor, ceiling))

    # -- transfers ----------------------------------------------------------------------------------------------

    @rule(debit=places, credit=places, amount=amounts)
    def post(self, debit: int, credit: int, amount: int) -> None:
        debit, credit = debit + 1, credit + 1
        command = PostTransfer(debit=debit, credit=credit, amount=amount, code="pay")
        self.both(command, lambda: self.model.move(debit, credit, amount))

    @rule(credit=st.integers(2, 4), amount=amounts)
    def fund(self, credit: int, amount: int) -> None:
        self.post(0, credit - 1, amount)

    @rule(debit=places, credit=places, amount=amounts, bounded_by=st.sampled_from(Bound))
    def post_balancing(self, debit: int, credit: int, amount: int, bounded_by: Bound) -> None:
        debit, credit = debit + 1, credit + 1
        command = PostTransfer(
            debit=debit, credit=credit, amount=amount, code="pay", balancing=True, bounded_by=bounded_by
        )
        self.both(command, lambda: self.model.balancing(debit, credit, amount, bounded_by.value))

    @rule(
        lines=st.lists(
            st.tuples(st.integers(1, 5), st.integers(1, 5), amounts, st.sampled_from(Bound)), min_size=1, max_size=5
        )
    )
    def fill(self, lines: list[tuple[int, int, int, Bound]]) -> None:
        asked = [
            Line(debit=d, credit=c, amount=a, code="pay", balancing=True, bounded_by=bound, allow_zero=True)
            for d, c, a, bound in lines
        ]
        made: list[model.Move] = []

        def expected() -> None:
            made.extend(self.model.filling([(d, c, a, bound.value) for d, c, a, bound in lines]))

        posted = self.both(PostTransfers(lines=asked, atomic=True), expected)
        if posted is not None:
            assert [number for number in posted.transfers if number] == [move.number for move in made]
            assert (posted.skipped, posted.group) == (len(lines) - len(made), made[0].number if made else None)

    @rule(lines=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), amounts), min_size=1, max_size=5))
    def post_group(self, lines: list[tuple[int, int, int]]) -> None:
        command = PostTransfers(lines=_lines(lines), atomic=True)
        posted = self.both(command, lambda: self.model.group(lines))
        if posted is not None:
            assert posted.transfers == [move.number for move in self.model.moves[-len(lines) :]]

    @rule(lines=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), amounts), min_size=1, max_size=5))
    def post_many(self, lines: list[tuple[int, int, int]]) -> None:
        made, codes, expected = _each(lines, self.model.move)
        posted = self.both(PostTransfers(lines=_lines(lines)), expected)
        assert (posted.transfers, [error.code for error in posted.errors]) == (made, codes)

    @rule(
        lines=st.lists(
            st.tuples(st.integers(1, 5), st.integers(1, 5), amounts, st.integers(-4, 1)), min_size=1, max_size=5
        )
    )
    def import_history(self, lines: list[tuple[int, int, int, int]]) -> None:
        """Days count back from the book's own, so that some go on where an account stands and some go back."""
        dated = [(*movement, self.model.today + back) for *movement, back in lines]
        asked = [
            HistoryLine(debit=d, credit=c, amount=a, code="pay", date=TODAY + timedelta(days=day))
            for d, c, a, day in dated
        ]
        made, codes, expected = _each(dated, self.model.history)
        posted = self.both(ImportHistory(lines=asked), expected)
        assert (posted.transfers, [error.code for error in posted.errors]) == (made, codes)

    @rule(days=st.integers(-1, 3))
    def close_day(self, days: int) -> None:
        day = self.model.today + days
        self.both(CloseDay(next_day=TODAY + timedelta(days=day)), lambda: self.model.close_day(day))

    @rule(number=st.integers(1, 12))
    def reverse(self, number: int) -> None:
        self.both(ReverseTransfer(transfer=number), lambda: self.model.reverse(number))

    # -- holds --------------------------------------------------------------------------------------------------

    @rule(debit=places, credit=places, amount=amounts, gap=st.sampled_from([None, None, 1, 5, 0]))
    def reserve(self, debit: int, credit: int, amount: int, gap: int | None) -> None:
        debit, credit = debit + 1, credit + 1
        expires = None if gap is None else self.model.now + gap
        command = HoldFunds(
            debit=debit,
            credit=credit,
            amount=amount,
            code="hold",
            expires_at=None if expires is None else NOW + timedelta(hours=expires),
        )
        self.both(command, lambda: self.model.reserve(debit, credit, amount, expires))

    @rule(number=st.integers(1, 5), amount=st.one_of(st.none(), st.integers(1, 40)), final=st.booleans())
    def capture(self, number: int, amount: int | None, final: bool) -> None:
        command = CaptureHold(hold=number, amount=amount, final=final)
        self.both(command, lambda: self.model.capture(number, amount, final=final))

    @rule(number=st.integers(1, 5))
    def release(self, number: int) -> None:
        self.both(ReleaseHold(hold=number), lambda: self.model.let_go(number, expired=False))

    @rule(number=st.integers(1, 5))
    def expire(self, number: int) -> None:
        self.both(ExpireHold(hold=number), lambda: self.model.let_go(number, expired=True))

    @rule(hours=st.integers(1, 3))
    def wait(self, hours: int) -> None:
        self.model.now += hours
        self.branch.later(hours=hours)

    # -- mishaps ------------------------------------------------------------------------------------------------

    @rule()
    def restart(self) -> None:
        """What was cached is gone; what was answered is not."""
        self.run(self.branch.engine.stop())
        self.branch.engine = self.branch._engine()  # pyright: ignore[reportPrivateUsage]

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        command, key, first = data.draw(st.sampled_from(self.answers))
        before, lines = self.branch.trace(), self.store.states[1].commands
        again = self.run(self.branch.ask(command, key=key))
        assert (again.status, again.command, again.result, again.replayed) == (
            first.status, first.command, first.result, True,
        )  # fmt: skip
        assert (again.error and (again.error.code, again.error.fields)) == (
            first.error and (first.error.code, first.error.fields)
        )
        assert (self.branch.trace(), self.store.states[1].commands) == (before, lines), "a replay changes nothing"

    @rule(debit=places, credit=places, amount=amounts, fault=st.sampled_from(["lost", "moved", "refused"]))
    def post_while_the_store_fails(self, debit: int, credit: int, amount: int, fault: str) -> None:
        self.store.faults.append(fault)
        command = PostTransfer(debit=debit + 1, credit=credit + 1, amount=amount, code="pay")
        if fault != "lost":
            self._apply(command, lambda: self.model.move(debit + 1, credit + 1, amount))
            return
        before = self.branch.trace()
        outcome = self.run(self.branch.ask(command))
        assert (outcome.status, self.branch.trace()) == (Status.FAILED, before)

    def _apply(self, command: Command[Any], expected: Callable[[], Any]) -> None:
        outcome = self.run(self.branch.ask(command))
        code, _ = outcome_of(expected)
        assert (outcome.error and outcome.error.code) == code

    @rule(lines=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), amounts), min_size=2, max_size=6))
    def post_at_once(self, lines: list[tuple[int, int, int]]) -> None:
        """Asked in one batch; the order of the log is the order in which they count."""
        first = self.store.states[1].commands + 1
        outcomes = self.run(self._ask_all([PostTransfer(debit=d, credit=c, amount=a, code="pay") for d, c, a in lines]))
        by_number = {outcome.command: (line, outcome) for line, outcome in zip(lines, outcomes, strict=True)}
        assert sorted(by_number) == list(range(first, first + len(lines)))
        for number in sorted(by_number):
            line, outcome = by_number[number]
            code, made = outcome_of(partial(self.model.move, *line))
            assert (outcome.error and outcome.error.code) == code
            assert code is not None or outcome.result.id == made.number

    async def _ask_all(self, commands: list[Command[Any]]) -> list[Outcome[Any]]:
        return list(await asyncio.gather(*(self.branch.ask(command) for command in commands)))

    # -- what always holds --------------------------------------------------------------------------------------

    @invariant()
    def figures_are_the_sums(self) -> None:
        rows = self.store.rows[1]
        for number, account in self.model.accounts.items():
            balance: Balance = rows[Balance][number]
            assert (balance.debits, balance.credits) == (self.model.debits(number), self.model.credits(number))
            assert balance.debits_held == self.model.held(account, "debit")
            assert balance.credits_held == self.model.held(account, "credit")

    @invariant()
    def debits_equal_credits_for_every_asset(self) -> None:
        for asset in ("CNY", "PTS:a"):
            balances = [self.store.rows[1][Balance][n] for n, a in self.model.accounts.items() if a.asset == asset]
            assert sum(b.debits for b in balances) == sum(b.credits for b in balances)
            assert sum(b.debits_held for b in balances) == sum(b.credits_held for b in balances)

    @invariant()
    def no_bound_is_passed_and_no_hold_exceeds_what_is_available(self) -> None:
        for account in self.model.accounts.values():
            if account.state != "closed":
                assert account.floor is None or self.model.lowest(account) >= account.floor
                assert account.ceiling is None or self.model.highest(account) <= account.ceiling

    @invariant()
    def holds_and_transfers_are_the_models(self) -> None:
        rows = self.store.rows[1]
        holds = {n: (hold.captured, hold.state.value) for n, hold in rows[Hold].items()}
        assert holds == {n: (hold.captured, hold.state) for n, hold in self.model.holds.items()}
        kept = [(t.id, t.debit, t.credit, t.amount, t.reverses, t.hold, t.group) for t in rows[Transfer].values()]
        assert sorted(kept) == [
            (m.number, m.debit, m.credit, m.amount, m.reverses, m.hold, m.group) for m in self.model.moves
        ]

    @invariant()
    def running_balances_chain(self) -> None:
        running: dict[int, int] = {}
        for _, moved in sorted(self.store.rows[1][Transfer].items()):
            for number, step, sums in (
                (moved.debit, moved.amount, moved.debit_balance),
                (moved.credit, -moved.amount, moved.credit_balance),
            ):
                running[number] = running.get(number, 0) + step
                assert sums == running[number]

    @invariant()
    def the_balance_of_every_past_day_is_kept(self) -> None:
        rows = self.store.rows[1]
        marks: dict[int, list[BalanceMark]] = {}
        for key in sorted(rows[BalanceMark]):
            marks.setdefault(key[0], []).append(rows[BalanceMark][key])
        for number in self.model.accounts:
            balance: Balance = rows[Balance][number]
            for day in range(-4, self.model.today + 1):
                on = TODAY + timedelta(days=day)
                kept = [balance] if balance.date <= on else [m for m in marks.get(number, ()) if m.date <= on]
                sums = (kept[-1].debits, kept[-1].credits) if kept else (0, 0)
                assert sums == (self.model.debits(number, day), self.model.credits(number, day))

    @invariant()
    def the_log_has_no_gap(self) -> None:
        rows, state = self.store.rows[1], self.store.states[1]
        assert sorted(rows[CommandLine]) == list(range(1, state.commands + 1))
        assert sorted(rows[Batch]) == list(range(1, state.sequence + 1))


def outcome_of(expected: Callable[[], Any]) -> tuple[str | None, Any]:
    """What the model says: the code of its refusal, or None and its result."""
    try:
        return None, expected()
    except Refused as refused:
        return refused.code, None


def _each(lines: list[Any], move: Callable[..., model.Move]) -> tuple[list[int], list[str], Callable[[], None]]:
    """What the model makes of each line: numbers and codes, filled once the third is called."""
    made: list[int] = []
    codes: list[str] = []

    def expected() -> None:
        for line in lines:
            try:
                made.append(move(*line).number)
            except Refused as refused:
                made.append(0)
                codes.append(refused.code)

    return made, codes, expected


def _lines(lines: list[tuple[int, int, int]]) -> list[Line]:
    return [Line(debit=debit, credit=credit, amount=amount, code="pay") for debit, credit, amount in lines]


SEEDS = (5, 20260105, 20260511, 20260923)
"""Each is the same lives every time; the first is always lived. A seed that has found a fault joins them and stays."""

LIVES = settings(
    max_examples=600,
    stateful_step_count=25,
    print_blob=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.timeout(900)  # a life that fails is made as short as it can be
@pytest.mark.parametrize("number", [int(text) for text in os.environ.get("SEEDS", "").split()] or seeds(SEEDS))
def test_a_ledger_lives_as_the_model_says(number: int) -> None:
    run_state_machine_as_test(seed(number)(type(f"Ledger{number}", (Ledger,), {})), settings=LIVES)
