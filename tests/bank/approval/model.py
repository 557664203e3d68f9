"""The rules of approval told a second time, in plain words over sets and lists: what the real thing must answer.

Two accounts: money goes from ``rich`` to ``poor``. A payment of ``LARGE`` or more needs one approver, then two heads.
"""

from dataclasses import dataclass, field
from typing import Any

LARGE = 50
HOURS = 10
NEEDED = [("role", 1), ("heads", 2)]
ROLE = {"ann": "operator", "bob": "operator", "chen": "approver", "dai": "approver", "er": "approver", "fu": "admin"}


class Refused(Exception):
    """A rule of the model said no."""


@dataclass
class Ballot:
    """One vote: who gave it, in whose place, on which step."""

    by: str
    person: str
    step: int


@dataclass
class Case:
    """A proposal."""

    maker: str
    amount: int
    name: int
    expires: int
    state: str = "pending"
    step: int = 0
    votes: list[Ballot] = field(default_factory=list)


@dataclass
class Model:
    """Everything that the rules look at. ``name`` counts how often the payee was renamed; hours pass."""

    rich: int
    poor: int = 0
    name: int = 0
    hour: int = 0
    heads: set[str] = field(default_factory=set)
    delegations: list[tuple[str, str, int]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    def pay(self, amount: int, *, role: bool) -> None:
        if role and amount >= LARGE:
            raise Refused("approval.required")
        if amount > self.rich:
            raise Refused("transfer.insufficient_funds")
        self.rich, self.poor = self.rich - amount, self.poor + amount

    def file(self, maker: str, amount: int) -> None:
        if amount < LARGE:
            raise Refused("approval.not_covered")
        if amount > self.rich:
            raise Refused("transfer.insufficient_funds")
        self.cases.append(Case(maker, amount, self.name, self.hour + HOURS))

    def approve(self, case: Case, voter: str, person: str) -> str:
        self._may_vote(case, voter, person)
        if case.name != self.name:
            raise Refused("approval.object_changed")
        case.votes.append(Ballot(voter, person, case.step))
        kind, needed = NEEDED[case.step]
        given = {vote.person for vote in case.votes if vote.step == case.step}
        if len(given & self.heads if kind == "heads" else given) < needed:
            return case.state
        if case.step + 1 < len(NEEDED):
            case.step += 1
            return case.state
        try:
            self.pay(case.amount, role=False)
        except Refused:
            case.state = "failed"
        else:
            case.state = "approved"
        return case.state

    def reject(self, case: Case, voter: str, person: str) -> str:
        self._may_vote(case, voter, person)
        case.state = "rejected"
        return case.state

    def withdraw(self, case: Case, actor: str) -> str:
        self._own(case, actor)
        case.state = "withdrawn"
        return case.state

    def confirm(self, case: Case, actor: str) -> str:
        self._own(case, actor)
        if case.amount > self.rich:
            raise Refused("transfer.insufficient_funds")
        if case.name == self.name:
            raise Refused("proposal.unchanged")
        case.name, case.step, case.votes = self.name, 0, []
        return case.state

    def expire(self, case: Case) -> str:
        if case.state != "pending":
            raise Refused("proposal.not_pending")
        if self.hour < case.expires:
            raise Refused("proposal.not_due")
        case.state = "expired"
        return case.state

    def _own(self, case: Case, actor: str) -> None:
        self._waits(case)
        if case.maker != actor:
            raise Refused("proposal.not_maker")

    def _waits(self, case: Case) -> None:
        if case.state != "pending":
            raise Refused("proposal.not_pending")
        if self.hour >= case.expires:
            raise Refused("proposal.expired")

    def holds(self, delegator: str, delegate: str) -> bool:
        return any(pair[:2] == (delegator, delegate) and self.hour < pair[2] for pair in self.delegations)

    def _may_vote(self, case: Case, voter: str, person: str) -> None:
        self._waits(case)
        if case.maker in (voter, person):
            raise Refused("approval.own")
        if self.holds(case.maker, voter):
            raise Refused("approval.own_delegator")
        if person != voter and not self.holds(person, voter):
            raise Refused("delegation.none")
        if any({vote.by, vote.person} & {voter, person} for vote in case.votes):
            raise Refused("approval.voted_already")
        if NEEDED[case.step][0] == "heads":
            if person not in self.heads:
                raise Refused("approval.not_in_group")
        elif ROLE[person] != "approver":
            raise Refused("approval.role_needed")


def outcome_of(expected: Any) -> tuple[str | None, Any]:
    """The code that the model refuses with, or what it answers."""
    try:
        return None, expected()
    except Refused as refused:
        return str(refused), None
