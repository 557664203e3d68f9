"""A branch with approvers: people ask in their roles, as the faces would let them."""

from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from canglian.bank.approval import Book, Proposal, ProposalState
from canglian.bank.approval.commands import (
    Approve,
    FileProposal,
    ProposalStatus,
    Reject,
    SetApprovalPolicy,
    SetApproverGroup,
    TierAsked,
)
from canglian.kernel import Command, Engine, Outcome, Status
from canglian.ledger import AUDITED
from canglian.ledger.commands import PostTransfer
from canglian.web.principal import Role
from tests.ledger.branch import Branch

R = TypeVar("R")

ROLES = {
    "ann": Role.OPERATOR,
    "bob": Role.OPERATOR,
    "chen": Role.APPROVER,
    "dai": Role.APPROVER,
    "er": Role.APPROVER,
    "fu": Role.ADMIN,
}
"""Who works here, and as what."""


class Office(Branch):
    """Book 1 with two accounts: ``rich`` has 1,000.00 and ``poor`` nothing."""

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)

    async def open(self) -> "Office":
        await super().open()
        self.rich = await self.account(funds=100_000, name="富")
        self.poor = await self.account(name="贫")
        return self

    # -- people asking -----------------------------------------------------------------------------------------

    async def by(self, login: str, command: Command[R], **more: Any) -> Outcome[R]:
        """What somebody asks for, as the faces pass it on."""
        asked = {"actor": f"user:{login}", "role": ROLES[login].value, **more}
        return await self.engine.submit(1, command, **asked)

    async def refused_to(self, login: str, command: Command[Any], **more: Any) -> str:
        """The code of a refusal; nothing but one line in the log may come of it."""
        before = self.trace()
        outcome = await self.by(login, command, **more)
        assert outcome.status is Status.REJECTED, outcome
        assert outcome.error is not None
        assert self.trace() == before
        return outcome.error.code

    # -- configuration -----------------------------------------------------------------------------------------

    async def group(self, code: str, *logins: str) -> None:
        members = [f"user:{login}" for login in logins]
        (await self.by("fu", SetApproverGroup(code=code, name=code, members=members))).unwrap()

    async def policy(self, *tiers: TierAsked, code: str = "large", **fields: Any) -> None:
        """By default one approver for transfers of 100.00 and more."""
        asked: dict[str, Any] = {
            "kind": "ledger.post_transfer",
            "name": "大额",
            "asset": "CNY",
            "amount_from": 10_000,
            **fields,
        }
        if asked["asset"] is None and "amount_from" not in fields:
            del asked["amount_from"]
        steps = list(tiers) or [TierAsked(votes=1, role=Role.APPROVER)]
        (await self.by("fu", SetApprovalPolicy(code=code, tiers=steps, **asked))).unwrap()

    # -- proposals ---------------------------------------------------------------------------------------------

    def paying(self, amount: int = 20_000, **fields: Any) -> PostTransfer:
        return PostTransfer(**{"debit": self.rich, "credit": self.poor, "amount": amount, "code": "pay", **fields})

    def filing(self, command: Command[Any], login: str = "ann", **more: Any) -> FileProposal:
        payload = msgspec.json.decode(msgspec.json.encode(command))
        return FileProposal(kind=command.__kind__, payload=payload, reason="invoice", role=ROLES[login], **more)

    async def file(self, command: Command[Any] | None = None, login: str = "ann", **more: Any) -> ProposalStatus:
        filing = self.filing(command or self.paying(), login, **more)
        return (await self.by(login, filing)).unwrap()

    def approving(self, number: str, login: str, **more: Any) -> Approve:
        return Approve(proposal=number, role=ROLES[login], **more)

    async def approve(self, number: str, login: str, **more: Any) -> ProposalStatus:
        return (await self.by(login, self.approving(number, login, **more))).unwrap()

    async def approval_refused(self, number: str, login: str, **more: Any) -> str:
        return await self.refused_to(login, self.approving(number, login, **more))

    async def reject(self, number: str, login: str, **more: Any) -> ProposalStatus:
        asked = Reject(proposal=number, role=ROLES[login], comment="no", **more)
        return (await self.by(login, asked)).unwrap()

    async def proposal(self, number: str) -> Proposal:
        return await self.get(Proposal, number)

    async def state(self, number: str) -> ProposalState:
        return (await self.proposal(number)).state

    async def balances(self) -> tuple[int, int]:
        return await self.balance(self.rich), await self.balance(self.poor)

    def next_day(self) -> None:
        self.now += timedelta(days=1)
