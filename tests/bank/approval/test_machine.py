"""Random lives of an office beside a reference model: the same answers, the same money, whatever the order."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from structlog.testing import capture_logs

from canglian.bank.approval import Proposal
from canglian.bank.approval.commands import (
    ConfirmProposal,
    Delegate,
    ExpireProposal,
    Reject,
    TierAsked,
    WithdrawProposal,
)
from canglian.kernel import Command
from canglian.ledger import Transfer
from canglian.ledger.commands import ChangeAccount
from canglian.web.principal import Role
from tests.bank.approval import model
from tests.bank.approval.model import HOURS, LARGE, Case, Model
from tests.bank.approval.office import ROLES, Office

people = st.sampled_from(sorted(ROLES))
makers = st.sampled_from(["ann", "bob", "fu"])
voters = st.sampled_from(["chen", "dai", "er", "fu"])
amounts = st.integers(30, 300)
pick = st.integers(0, 50)


class Approval(RuleBasedStateMachine):
    """One life. There is little money, so that what was approved may be refused by the time it is done."""

    def __init__(self) -> None:
        super().__init__()
        self.quiet = capture_logs()
        self.quiet.__enter__()
        self.loop = asyncio.new_event_loop()
        self.numbers: list[str] = []

    @initialize(cache=st.sampled_from([2, 500_000]))
    def open(self, cache: int) -> None:
        self.office = Office()
        self.office.engine._limits["cache_max"] = cache
        self.run(self._open())
        self.model = Model(rich=1000, heads={"chen", "dai", "er"})

    async def _open(self) -> None:
        office = await self.office.open()
        await office.pay(office.rich, office.vault, 99_000)
        await office.group("heads", "chen", "dai", "er")
        steps = TierAsked(votes=1, role=Role.APPROVER), TierAsked(votes=2, group="heads")
        await office.policy(*steps, amount_from=LARGE, expiry_hours=HOURS)

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.office.engine.stop())
        self.loop.close()
        self.quiet.__exit__(None, None, None)

    def both(self, login: str, command: Command[Any], expected: Callable[[], Any]) -> Any:
        """Ask the office, first for a dry run, and the model; both answer alike, and a refusal leaves nothing."""
        before = self.office.trace()
        dry = self.run(self.office.by(login, command, dry_run=True))
        assert self.office.trace() == before, "a dry run leaves nothing"
        outcome = self.run(self.office.by(login, command))
        assert (dry.error and dry.error.code) == (outcome.error and outcome.error.code)
        code, result = model.outcome_of(expected)
        assert (outcome.error and outcome.error.code) == code, command
        if code is not None:
            assert self.office.trace() == before, "a refusal leaves nothing"
        elif isinstance(result, str):
            assert outcome.result.state.value == result
        return outcome.result

    def case(self, place: int) -> tuple[str, Case]:
        at = place % len(self.numbers)
        return self.numbers[at], self.model.cases[at]

    # -- what happens ------------------------------------------------------------------------------------------

    @rule(login=makers, amount=amounts)
    def pay(self, login: str, amount: int) -> None:
        self.both(login, self.office.paying(amount), lambda: self.model.pay(amount, role=True))

    @rule(login=makers, amount=amounts)
    def file(self, login: str, amount: int) -> None:
        filed = self.both(
            login, self.office.filing(self.office.paying(amount), login), lambda: self.model.file(login, amount)
        )
        if filed is not None:
            self.numbers.append(filed.id)

    @precondition(lambda self: self.numbers)
    @rule(place=pick, voter=voters, person=voters, instead=st.booleans())
    def approve(self, place: int, voter: str, person: str, instead: bool) -> None:
        person = person if instead else voter
        number, case = self.case(place)
        more: dict[str, Any] = {}
        if person != voter:
            more = {"on_behalf_of": f"user:{person}", "delegator_role": ROLES[person]}
        command = self.office.approving(number, voter, **more)
        self.both(voter, command, lambda: self.model.approve(case, voter, person))

    @precondition(lambda self: self.numbers)
    @rule(place=pick)
    def approve_by_all(self, place: int) -> None:
        """Everybody who has a vote of their own gives it."""
        for voter in ("chen", "dai", "er"):
            self.approve(place, voter, voter, False)

    @precondition(lambda self: self.numbers)
    @rule(place=pick, voter=voters)
    def reject(self, place: int, voter: str) -> None:
        number, case = self.case(place)
        command = Reject(proposal=number, role=ROLES[voter], comment="no")
        self.both(voter, command, lambda: self.model.reject(case, voter, voter))

    @precondition(lambda self: self.numbers)
    @rule(place=pick, login=makers)
    def withdraw(self, place: int, login: str) -> None:
        number, case = self.case(place)
        self.both(login, WithdrawProposal(proposal=number), lambda: self.model.withdraw(case, login))

    @precondition(lambda self: self.numbers)
    @rule(place=pick)
    def confirm(self, place: int) -> None:
        number, case = self.case(place)
        self.both(case.maker, ConfirmProposal(proposal=number), lambda: self.model.confirm(case, case.maker))

    @precondition(lambda self: self.numbers)
    @rule(place=pick)
    def expire(self, place: int) -> None:
        number, case = self.case(place)
        self.both("fu", ExpireProposal(proposal=number), lambda: self.model.expire(case))

    @rule(members=st.sets(voters, max_size=4))
    def regroup(self, members: set[str]) -> None:
        self.run(self.office.group("heads", *members))
        self.model.heads = members

    @rule(delegator=people, delegate=voters, hours=st.integers(1, 12))
    def delegate(self, delegator: str, delegate: str, hours: int) -> None:
        if delegator == delegate:
            return
        until = self.office.now + timedelta(hours=hours)
        names = {"delegator": f"user:{delegator}", "delegate": f"user:{delegate}"}
        self.run(self.office.by(delegator, Delegate(**names, until=until, reason="away", role=ROLES[delegator])))
        self.model.delegations.append((delegator, delegate, self.model.hour + hours))

    @rule()
    def rename(self) -> None:
        self.model.name += 1
        name = f"name {self.model.name}"
        self.run(self.office.do(ChangeAccount(account=self.office.poor, name=name)))

    @rule(hours=st.integers(1, 4))
    def wait(self, hours: int) -> None:
        self.office.later(hours=hours)
        self.model.hour += hours

    @precondition(lambda self: self.model.rich < 100)
    @rule()
    def fund(self) -> None:
        self.run(self.office.pay(self.office.vault, self.office.rich, 500))
        self.model.rich += 500

    @rule()
    def restart(self) -> None:
        """The engine forgets everything that it has in memory."""
        self.run(self.office.engine.stop())
        self.office.engine = self.run(self._engine())

    async def _engine(self) -> Any:
        return self.office._engine()

    # -- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def the_money_is_where_the_model_has_it(self) -> None:
        assert self.run(self.office.balances()) == (self.model.rich, self.model.poor)

    @invariant()
    def every_proposal_stands_where_the_model_has_it(self) -> None:
        rows = self.office.store.rows[1]
        for number, case in zip(self.numbers, self.model.cases, strict=True):
            stored: Proposal = rows[Proposal][number]
            assert (stored.state.value, stored.tier) == (case.state, case.step)

    @invariant()
    def what_was_approved_was_paid_once_and_nothing_else_was_paid_in_its_name(self) -> None:
        rows = self.office.store.rows[1]
        paid = {transfer.command: transfer.amount for transfer in rows[Transfer].values()}
        for number, case in zip(self.numbers, self.model.cases, strict=True):
            stored: Proposal = rows[Proposal][number]
            assert (stored.command is not None) == (case.state == "approved")
            if stored.command is not None:
                assert paid[stored.command] == case.amount
        lines = [proposal.command for proposal in rows[Proposal].values() if proposal.command is not None]
        assert len(set(lines)) == len(lines)


TestApproval = Approval.TestCase
TestApproval.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
