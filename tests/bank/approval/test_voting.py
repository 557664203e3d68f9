"""Voting: who may, how often, on what, and what the last vote does."""

import asyncio
from datetime import timedelta

import pytest

from canglian.bank.approval import ApproverGroup, ProposalState
from canglian.bank.approval.commands import (
    ConfirmProposal,
    Delegate,
    ExpireProposal,
    Reject,
    RevokeDelegation,
    SetApproverGroup,
    TierAsked,
    WithdrawProposal,
)
from canglian.kernel.records import CommandLine, Event
from canglian.ledger import AccountState, Transfer
from canglian.ledger.commands import Line, PostTransfers, ReverseTransfer, SetAccountState
from canglian.web.principal import Role
from tests.bank.approval.office import ROLES, Office

BOTH = TierAsked(votes=2, group="managers")


async def test_the_last_vote_carries_the_command_out_in_its_own_commit(office: Office) -> None:
    await office.policy()
    filed = await office.file()
    assert (filed.state, filed.step, filed.steps, filed.outcome) == ("pending", 1, 1, None)
    assert await office.balances() == (100_000, 0)
    done = await office.approve(filed.id, "chen")
    assert await office.balances() == (80_000, 20_000)
    proposal = await office.proposal(filed.id)
    assert proposal.state is ProposalState.APPROVED
    line: CommandLine = office.store.rows[1][CommandLine][proposal.command]
    assert (line.kind, line.actor) == ("approval.approve", "user:chen")
    number = int(str(done.outcome).removeprefix("transfer:"))
    transfer: Transfer = await office.get(Transfer, number)
    assert (transfer.amount, transfer.command) == (20_000, proposal.command)


async def test_the_stored_command_sees_its_maker_and_the_vote_its_voter(office: Office) -> None:
    await office.group("managers", "chen", "dai")
    policy = {"kind": "approval.set_group", "asset": None, "code": "config"}
    await office.policy(TierAsked(votes=1, group="managers"), **policy)
    change = SetApproverGroup(code="managers", name="三人", members=["user:chen", "user:dai", "user:er"])
    assert await office.refused_to("fu", change) == "approval.required"
    filed = await office.file(change, "fu")
    await office.approve(filed.id, "dai")
    group: ApproverGroup = await office.get(ApproverGroup, "managers")
    assert (group.members, group.updated_by) == (["user:chen", "user:dai", "user:er"], "user:fu")


async def test_nobody_approves_or_rejects_their_own(office: Office) -> None:
    await office.policy(TierAsked(votes=1, role=Role.ADMIN))
    filed = await office.file(login="fu")
    assert await office.approval_refused(filed.id, "fu") == "approval.own"
    assert await office.refused_to("fu", Reject(proposal=filed.id, role=Role.ADMIN, comment="x")) == "approval.own"
    assert await office.state(filed.id) is ProposalState.PENDING


async def test_a_key_does_not_launder_what_its_maker_made(office: Office) -> None:
    await office.policy()
    filing = office.filing(office.paying(), "ann", behind="user:chen")
    filed = (await office.by("ann", filing, actor="key:till0001")).unwrap()
    assert await office.approval_refused(filed.id, "chen") == "approval.own"
    assert (await office.approve(filed.id, "dai")).state is ProposalState.APPROVED


async def test_keys_vote_only_where_the_policy_says_so_and_not_for_their_maker(office: Office) -> None:
    await office.policy()
    filed = await office.file()
    vote = office.approving(filed.id, "chen", behind="user:dai")
    assert await office.refused_to("chen", vote, actor="key:robot001") == "approval.users_only"
    await office.policy(TierAsked(votes=2, role=Role.APPROVER), keys_vote=True)
    filed = await office.file()
    vote = office.approving(filed.id, "chen", behind="user:dai")
    assert (await office.by("chen", vote, actor="key:robot001")).unwrap().state is ProposalState.PENDING
    assert await office.approval_refused(filed.id, "dai") == "approval.voted_already"
    own = await office.file()
    vote = office.approving(own.id, "chen", behind="user:ann")
    assert await office.refused_to("chen", vote, actor="key:robot001") == "approval.own"


async def test_nobody_votes_twice_also_not_on_another_step(office: Office) -> None:
    await office.group("managers", "chen", "dai")
    await office.policy(TierAsked(votes=1, role=Role.APPROVER), BOTH)
    filed = await office.file()
    assert (await office.approve(filed.id, "chen")).step == 2
    assert await office.approval_refused(filed.id, "chen") == "approval.voted_already"
    await office.group("managers", "chen", "dai", "er")
    assert (await office.approve(filed.id, "dai")).state is ProposalState.PENDING
    assert await office.approval_refused(filed.id, "dai") == "approval.voted_already"
    assert await office.balances() == (100_000, 0)
    assert (await office.approve(filed.id, "er")).state is ProposalState.APPROVED
    assert await office.balances() == (80_000, 20_000)


async def test_the_step_says_whose_votes_are_missing(office: Office) -> None:
    await office.group("managers", "chen", "dai")
    await office.policy(TierAsked(votes=1, group="managers"), TierAsked(votes=1, role=Role.ADMIN))
    filed = await office.file()
    assert (await office.proposal(filed.id)).waits_group == "managers"
    assert await office.approval_refused(filed.id, "er") == "approval.not_in_group"
    await office.approve(filed.id, "chen")
    proposal = await office.proposal(filed.id)
    assert (proposal.tier, proposal.waits_group, proposal.waits_role) == (1, None, "admin")
    assert await office.approval_refused(filed.id, "dai") == "approval.role_needed"
    await office.approve(filed.id, "fu")
    proposal = await office.proposal(filed.id)
    assert (proposal.state, proposal.waits_group, proposal.waits_role) == ("approved", None, None)


async def test_a_vote_counts_as_long_as_its_giver_is_in_the_group(office: Office) -> None:
    await office.group("managers", "chen", "dai", "er")
    await office.policy(BOTH)
    filed = await office.file()
    await office.approve(filed.id, "chen")
    await office.group("managers", "dai", "er")
    assert (await office.approve(filed.id, "dai")).state is ProposalState.PENDING
    assert await office.approval_refused(filed.id, "chen") == "approval.voted_already"
    assert await office.balances() == (100_000, 0)
    assert (await office.approve(filed.id, "er")).state is ProposalState.APPROVED
    assert await office.balances() == (80_000, 20_000)


async def test_after_its_time_nobody_votes_and_the_job_ends_it(office: Office) -> None:
    await office.policy(expiry_hours=2)
    filed = await office.file()
    office.later(hours=2, seconds=-1)
    assert await office.refused_to("ann", ExpireProposal(proposal=filed.id)) == "proposal.not_due"
    office.later(seconds=1)
    assert await office.approval_refused(filed.id, "chen") == "proposal.expired"
    assert await office.refused_to("ann", WithdrawProposal(proposal=filed.id)) == "proposal.expired"
    ended = await office.do(ExpireProposal(proposal=filed.id))
    assert ended.state is ProposalState.EXPIRED
    assert await office.approval_refused(filed.id, "chen") == "proposal.not_pending"
    assert await office.balances() == (100_000, 0)


async def test_one_no_ends_it(office: Office) -> None:
    await office.group("managers", "chen", "dai")
    await office.policy(BOTH)
    filed = await office.file()
    await office.approve(filed.id, "chen")
    assert (await office.reject(filed.id, "dai")).state is ProposalState.REJECTED
    proposal = await office.proposal(filed.id)
    assert [(vote.by, vote.approves) for vote in proposal.votes] == [("user:chen", True), ("user:dai", False)]
    assert await office.approval_refused(filed.id, "er") == "proposal.not_pending"
    assert await office.balances() == (100_000, 0)


async def test_only_the_maker_withdraws(office: Office) -> None:
    await office.policy()
    filed = await office.file()
    for login in ("bob", "chen", "fu"):
        assert await office.refused_to(login, WithdrawProposal(proposal=filed.id)) == "proposal.not_maker"
    assert (await office.by("ann", WithdrawProposal(proposal=filed.id))).unwrap().state is ProposalState.WITHDRAWN
    assert await office.refused_to("ann", WithdrawProposal(proposal=filed.id)) == "proposal.not_pending"


async def test_a_rule_that_refuses_the_command_fails_the_proposal_and_changes_nothing_else(office: Office) -> None:
    await office.policy()
    filed = await office.file(office.paying(90_000))
    await office.pay(office.rich, office.poor, 9_000)
    await office.pay(office.rich, office.vault, 50_000)
    before, transfers = await office.balances(), office.store.states[1].counters["transfer"]
    failed = await office.approve(filed.id, "chen")
    assert (failed.state, failed.failure_code) == ("failed", "transfer.insufficient_funds")
    assert await office.balances() == before == (41_000, 9_000)
    assert office.store.states[1].counters["transfer"] == transfers
    proposal = await office.proposal(filed.id)
    assert proposal.failure_fields == {
        "account": office.rich,
        "available": 41_000,
        "amount": 90_000,
        "asset": "CNY",
    }
    assert (proposal.command, proposal.outcome) == (None, None)
    kinds = [event.kind for event in office.store.rows[1][Event].values()][-2:]
    assert kinds == ["proposal.voted", "proposal.failed"]


async def test_a_group_of_lines_that_fails_late_leaves_no_line_behind(office: Office) -> None:
    await office.policy(kind="ledger.post_transfers", asset=None)
    lines = [Line(debit=office.rich, credit=office.poor, amount=amount, code="pay") for amount in (1, 2, 100_000)]
    command = PostTransfers(lines=lines, atomic=True)
    assert await office.refused_to("ann", office.filing(command)) == "transfers.line_refused"
    lines[2] = Line(debit=office.rich, credit=office.poor, amount=90_000, code="pay")
    filed = await office.file(PostTransfers(lines=lines, atomic=True))
    await office.pay(office.rich, office.vault, 50_000)
    failed = await office.approve(filed.id, "chen")
    assert (failed.state, failed.failure_code) == ("failed", "transfers.line_refused")
    assert await office.balances() == (50_000, 0)


async def test_what_changed_since_is_not_approved_and_the_maker_confirms(office: Office) -> None:
    await office.group("managers", "chen", "dai")
    await office.policy(BOTH)
    filed = await office.file()
    await office.approve(filed.id, "chen")
    assert await office.refused_to("ann", ConfirmProposal(proposal=filed.id)) == "proposal.unchanged"
    freeze = SetAccountState(account=office.poor, state=AccountState.FROZEN_OUT, reason="court")
    await office.do(freeze)
    assert await office.approval_refused(filed.id, "dai") == "approval.object_changed"
    assert await office.refused_to("bob", ConfirmProposal(proposal=filed.id)) == "proposal.not_maker"
    confirmed = (await office.by("ann", ConfirmProposal(proposal=filed.id))).unwrap()
    assert confirmed.digest != filed.digest
    assert await office.approval_refused(filed.id, "dai", digest=filed.digest) == "approval.seen_another"
    assert [vote.void for vote in (await office.proposal(filed.id)).votes] == [True]
    assert (await office.approve(filed.id, "dai", digest=confirmed.digest)).state is ProposalState.PENDING
    assert (await office.approve(filed.id, "chen", digest=confirmed.digest)).state is ProposalState.APPROVED
    assert await office.balances() == (80_000, 20_000)


async def test_a_transfer_that_was_undone_meanwhile_is_a_change(office: Office) -> None:
    await office.policy(kind="ledger.reverse_transfer")
    paid = await office.pay(office.rich, office.poor, 30_000)
    filed = await office.file(ReverseTransfer(transfer=paid.id, reason="wrong"))
    await office.do(ReverseTransfer(transfer=paid.id))
    assert await office.approval_refused(filed.id, "chen") == "approval.object_changed"
    assert await office.refused_to("ann", ConfirmProposal(proposal=filed.id)) == "transfer.already_reversed"
    assert await office.balances() == (100_000, 0)


async def test_two_votes_that_race_carry_it_out_once(office: Office) -> None:
    await office.policy()
    filed = await office.file()
    asked = [office.by(login, office.approving(filed.id, login)) for login in ("chen", "dai", "er")]
    outcomes = await asyncio.gather(*asked)
    codes = [outcome.error and outcome.error.code for outcome in outcomes]
    assert codes == [None, "proposal.not_pending", "proposal.not_pending"]
    assert await office.balances() == (80_000, 20_000)


async def test_the_same_vote_sent_again_is_one_vote(office: Office) -> None:
    await office.group("managers", "chen", "dai")
    await office.policy(BOTH)
    filed = await office.file()
    vote = office.approving(filed.id, "chen")
    first = await office.by("chen", vote, key="vote-1")
    again = await office.by("chen", vote, key="vote-1")
    assert (first.replayed, again.replayed) == (False, True)
    assert len((await office.proposal(filed.id)).votes) == 1


async def test_many_lines_are_loaded_in_one_round(office: Office) -> None:
    await office.policy(kind="ledger.post_transfers", asset=None)
    accounts = [await office.account() for _ in range(60)]
    lines = [Line(debit=office.rich, credit=account, amount=100, code="pay") for account in accounts]
    filed = await office.file(PostTransfers(lines=lines))
    await office.engine.stop()
    office.engine = office._engine()
    done = await office.approve(filed.id, "chen")
    assert done.state is ProposalState.APPROVED
    assert await office.balance(accounts[-1]) == 100
    assert await office.balances() == (94_000, 0)


# -- delegation ----------------------------------------------------------------------------------------------------


async def delegated(office: Office, delegator: str, delegate: str, **more: object) -> str:
    command = Delegate(
        delegator=f"user:{delegator}",
        delegate=f"user:{delegate}",
        until=office.now + timedelta(days=3),
        reason="leave",
        role=ROLES[delegator],
        **more,
    )
    return (await office.by(delegator, command)).unwrap().id


async def test_a_delegate_votes_in_the_place_of_the_delegator(office: Office) -> None:
    await office.group("managers", "chen")
    await office.policy(TierAsked(votes=1, group="managers"))
    filed = await office.file()
    as_chen = {"on_behalf_of": "user:chen", "delegator_role": Role.APPROVER}
    assert await office.approval_refused(filed.id, "dai", **as_chen) == "delegation.none"
    number = await delegated(office, "chen", "dai")
    assert await office.approval_refused(filed.id, "dai") == "approval.not_in_group"
    gone = {"on_behalf_of": "user:chen"}
    assert await office.approval_refused(filed.id, "dai", **gone) == "delegation.delegator_gone"
    assert (await office.approve(filed.id, "dai", **as_chen)).state is ProposalState.APPROVED
    vote = (await office.proposal(filed.id)).votes[0]
    assert (vote.by, vote.on_behalf_of) == ("user:dai", "user:chen")
    other = await office.file()
    (await office.by("chen", RevokeDelegation(delegation=number, role=Role.APPROVER))).unwrap()
    assert await office.approval_refused(other.id, "dai", **as_chen) == "delegation.none"


async def test_a_delegation_ends_by_itself(office: Office) -> None:
    await office.policy(TierAsked(votes=2, role=Role.APPROVER), expiry_hours=100)
    filed = await office.file()
    await delegated(office, "chen", "dai")
    as_chen = {"on_behalf_of": "user:chen", "delegator_role": Role.APPROVER}
    office.later(days=3, seconds=-1)
    dry = await office.by("dai", office.approving(filed.id, "dai", **as_chen), dry_run=True)
    assert dry.error is None
    office.later(seconds=1)
    assert await office.approval_refused(filed.id, "dai", **as_chen) == "delegation.none"
    assert (await office.approve(filed.id, "dai")).state is ProposalState.PENDING


async def test_a_delegate_has_no_second_vote(office: Office) -> None:
    await office.policy(TierAsked(votes=3, role=Role.APPROVER))
    await delegated(office, "chen", "dai")
    await delegated(office, "er", "dai")
    filed = await office.file()
    as_chen = {"on_behalf_of": "user:chen", "delegator_role": Role.APPROVER}
    as_er = {"on_behalf_of": "user:er", "delegator_role": Role.APPROVER}
    await office.approve(filed.id, "dai", **as_chen)
    assert await office.approval_refused(filed.id, "dai") == "approval.voted_already"
    assert await office.approval_refused(filed.id, "dai", **as_er) == "approval.voted_already"
    assert await office.approval_refused(filed.id, "chen") == "approval.voted_already"
    assert len((await office.proposal(filed.id)).votes) == 1


async def test_a_loop_of_delegations_approves_nothing_of_its_own(office: Office) -> None:
    await office.policy(TierAsked(votes=1, role=Role.ADMIN), roles=[])
    await delegated(office, "fu", "chen")
    await delegated(office, "chen", "fu")
    filed = await office.file(login="fu")
    as_fu = {"on_behalf_of": "user:fu", "delegator_role": Role.ADMIN}
    as_chen = {"on_behalf_of": "user:chen", "delegator_role": Role.APPROVER}
    assert await office.approval_refused(filed.id, "chen", **as_fu) == "approval.own"
    assert await office.approval_refused(filed.id, "fu", **as_chen) == "approval.own"
    assert await office.approval_refused(filed.id, "chen") == "approval.own_delegator"
    assert await office.state(filed.id) is ProposalState.PENDING


async def test_a_delegation_is_not_passed_on(office: Office) -> None:
    await office.group("managers", "chen")
    await office.policy(TierAsked(votes=1, group="managers"))
    await delegated(office, "chen", "dai")
    await delegated(office, "dai", "er")
    filed = await office.file()
    as_chen = {"on_behalf_of": "user:chen", "delegator_role": Role.APPROVER}
    as_dai = {"on_behalf_of": "user:dai", "delegator_role": Role.APPROVER}
    assert await office.approval_refused(filed.id, "er", **as_chen) == "delegation.none"
    assert await office.approval_refused(filed.id, "er", **as_dai) == "approval.not_in_group"


async def test_only_oneself_or_an_administrator_delegates(office: Office) -> None:
    until = office.now + timedelta(days=1)
    asked = {"delegate": "user:dai", "until": until, "reason": "ill"}
    theirs = Delegate(delegator="user:chen", role=Role.APPROVER, **asked)
    assert await office.refused_to("er", theirs) == "delegation.foreign"
    by_admin = Delegate(delegator="user:chen", role=Role.ADMIN, **asked)
    number = (await office.by("fu", by_admin)).unwrap().id
    assert await office.refused_to("er", RevokeDelegation(delegation=number, role=Role.APPROVER)) == (
        "delegation.foreign"
    )
    to_self = Delegate(delegator="user:dai", role=Role.APPROVER, **asked)
    assert await office.refused_to("dai", to_self) == "delegation.self"


@pytest.mark.parametrize(("since", "until"), [(0, -1), (0, 0), (2, 1), (0, 367), (-3, -1)])
async def test_a_delegation_has_a_sensible_period(office: Office, since: int, until: int) -> None:
    command = Delegate(
        delegator="user:chen",
        delegate="user:dai",
        since=office.now + timedelta(days=since),
        until=office.now + timedelta(days=until),
        reason="leave",
        role=Role.APPROVER,
    )
    assert await office.refused_to("chen", command) == "delegation.period_invalid"
