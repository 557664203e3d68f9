"""The log of a book with approvals leads to what is stored, refusals at its door among it."""

import pytest

from canglian.bank.approval import Book
from canglian.bank.approval.commands import Delegate, ExpireProposal, TierAsked
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED, AccountState
from canglian.ledger.commands import Line, PostTransfers, SetAccountState
from canglian.web.principal import Role
from tests.bank.approval.office import Office


@pytest.mark.parametrize("cache", [500_000, 2])
async def test_a_life_with_proposals_replays(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    office = Office(store)
    office.engine._limits["cache_max"] = cache
    await office.open()
    office.trace = lambda: None  # what is stored lies in the database
    await office.group("managers", "chen", "dai")
    await office.policy(TierAsked(votes=1, role=Role.APPROVER), TierAsked(votes=1, group="managers"))
    assert await office.refused_to("ann", office.paying()) == "approval.required"
    filed = await office.file()
    await office.approve(filed.id, "er")
    await office.approve(filed.id, "chen", comment="好")
    failing = await office.file(office.paying(80_000))
    lines = [Line(debit=office.rich, credit=office.poor, amount=n, code="pay") for n in (9_000, 1_000)]
    many = await office.file(PostTransfers(lines=lines, atomic=True))
    await office.pay(office.rich, office.vault, 1_000)
    await office.approve(failing.id, "er")
    await office.approve(failing.id, "dai")
    late = await office.file(office.paying(10_000))
    await office.do(SetAccountState(account=office.poor, state=AccountState.FROZEN_OUT, reason="x"))
    assert await office.approval_refused(many.id, "er") == "approval.object_changed"
    until = office.now.replace(year=2026, month=6)
    command = Delegate(delegator="user:chen", delegate="user:dai", until=until, reason="leave", role=Role.APPROVER)
    await office.by("chen", command)
    await office.reject(many.id, "dai", on_behalf_of="user:chen", delegator_role=Role.APPROVER)
    office.later(days=5)
    await office.do(ExpireProposal(proposal=late.id))
    await office.engine.stop()

    assert (await verify(Reader(store.pool), 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    assert replayed.rows["proposal"] == 4
    assert (replayed.rows["approval_policy"], replayed.rows["approver_group"], replayed.rows["delegation"]) == (1, 1, 1)
