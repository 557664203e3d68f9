"""Policies: which one covers what, from when on, and that nothing goes round an enforced one."""

from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.approval import APPROVABLE, ApprovalPolicy, Book, ProposalState
from canglian.bank.approval.commands import FileProposal, SetApprovalPolicy, TierAsked
from canglian.bank.approval.describing import Approvable, Description, approvable
from canglian.kernel import Command, Engine, Status
from canglian.ledger import AUDITED, AccountState
from canglian.ledger.commands import (
    CloseAccount,
    CloseDay,
    HistoryLine,
    HoldFunds,
    ImportHistory,
    Line,
    OpenAccount,
    PostTransfers,
    ReverseTransfer,
    SetAccountState,
)
from canglian.web.principal import Role
from tests.bank.approval.office import Office
from tests.ledger.branch import TODAY

ONE = TierAsked(votes=1, role=Role.APPROVER)


@pytest.mark.parametrize(
    ("amount", "asked"), [(9_999, False), (10_000, True), (30_000, True), (50_000, True), (50_001, False)]
)
async def test_a_policy_covers_from_an_amount_to_another_both_included(
    office: Office, amount: int, asked: bool
) -> None:
    await office.policy(amount_from=10_000, amount_to=50_000)
    outcome = await office.by("ann", office.paying(amount))
    assert (outcome.error and outcome.error.code) == ("approval.required" if asked else None)
    if asked:
        assert await office.balances() == (100_000, 0)
        assert outcome.error is not None
        assert outcome.error.fields == {"kind": "ledger.post_transfer", "policy": "large", "name": "大额"}
    else:
        assert await office.refused_to("ann", office.filing(office.paying(amount))) == "approval.not_covered"


async def test_a_policy_covers_the_roles_that_it_names(office: Office) -> None:
    await office.policy(roles=[Role.OPERATOR])
    assert await office.refused_to("ann", office.paying()) == "approval.required"
    assert (await office.by("fu", office.paying())).status is Status.APPLIED
    assert await office.refused_to("fu", office.filing(office.paying(), "fu")) == "approval.not_covered"


async def test_what_is_not_enforced_may_be_filed_and_done(office: Office) -> None:
    await office.policy(enforced=False)
    assert (await office.by("ann", office.paying())).status is Status.APPLIED
    filed = await office.file()
    assert (await office.approve(filed.id, "chen")).state is ProposalState.APPROVED
    assert await office.balances() == (60_000, 40_000)


async def test_the_house_itself_asks_without_a_role(office: Office) -> None:
    await office.policy()
    await office.do(office.paying())
    assert await office.balances() == (80_000, 20_000)


async def test_a_dry_run_is_refused_alike(office: Office) -> None:
    await office.policy()
    outcome = await office.by("ann", office.paying(), dry_run=True)
    assert outcome.error is not None
    assert outcome.error.code == "approval.required"


async def test_nothing_goes_round_it_in_other_clothes(office: Office) -> None:
    await office.policy()

    def line(amount: int, **more: Any) -> Line:
        return Line(debit=office.rich, credit=office.poor, amount=amount, code="pay", **more)

    past = HistoryLine(debit=office.rich, credit=office.poor, amount=20_000, code="pay")
    round_about: list[Command[Any]] = [
        PostTransfers(lines=[line(20_000)]),
        PostTransfers(lines=[line(5_000), line(5_000)]),
        PostTransfers(lines=[line(1), line(9_999)], atomic=True),
        ImportHistory(lines=[past]),
        HoldFunds(debit=office.rich, credit=office.poor, amount=10_000, code="pay"),
        office.paying(20_000, balancing=True),
        office.paying(20_000, asset="CNY"),
    ]
    for command in round_about:
        assert await office.refused_to("ann", command) == "approval.required", command
        assert (await office.by("ann", office.filing(command), dry_run=True)).error is None, command
    fine = PostTransfers(lines=[line(5_000), Line(debit=office.rich, credit=office.vault, amount=5_000, code="pay")])
    assert (await office.by("ann", fine)).status is Status.APPLIED


async def test_closing_by_another_door_is_closing(office: Office) -> None:
    await office.policy(kind="ledger.close_account", asset=None)
    other = SetAccountState(account=office.poor, state=AccountState.CLOSED, reason="x")
    assert await office.refused_to("ann", CloseAccount(account=office.poor)) == "approval.required"
    assert await office.refused_to("ann", other) == "approval.required"
    freeze = SetAccountState(account=office.poor, state=AccountState.FROZEN, reason="x")
    assert (await office.by("ann", freeze)).status is Status.APPLIED
    filed = await office.file(CloseAccount(account=office.poor))
    await office.approve(filed.id, "chen")
    assert (await office.by("ann", office.paying(1))).error is not None


async def test_the_amount_of_an_undoing_is_that_of_the_transfer(office: Office) -> None:
    await office.policy(kind="ledger.reverse_transfer", amount_from=10_000)
    small = await office.pay(office.rich, office.poor, 9_999)
    large = await office.pay(office.rich, office.poor, 10_000)
    assert (await office.by("ann", ReverseTransfer(transfer=small.id))).status is Status.APPLIED
    assert await office.refused_to("ann", ReverseTransfer(transfer=large.id)) == "approval.required"
    assert await office.refused_to("ann", ReverseTransfer(transfer=999)) == "transfer.not_found"


async def test_another_asset_is_not_covered(office: Office) -> None:
    await office.policy(asset="ECNY")
    assert (await office.by("ann", office.paying())).status is Status.APPLIED


async def test_the_strictest_policy_counts(office: Office) -> None:
    await office.policy(ONE, code="all", asset=None)
    await office.policy(TierAsked(votes=1, role=Role.APPROVER), TierAsked(votes=1, role=Role.ADMIN), code="huge")
    small, large = await office.file(office.paying(9_999)), await office.file()
    assert ((await office.proposal(small.id)).policy, small.steps) == ("all", 1)
    assert ((await office.proposal(large.id)).policy, large.steps) == ("huge", 2)


async def test_versions_take_effect_on_their_business_date(office: Office) -> None:
    await office.policy(amount_from=10_000)
    await office.policy(amount_from=30_000, effective_from=TODAY + timedelta(days=2))
    await office.policy(amount_from=20_000, effective_from=TODAY + timedelta(days=1))
    least = []
    for days in range(1, 4):
        for amount in (10_000, 20_000, 30_000):
            outcome = await office.by("ann", office.paying(amount), dry_run=True)
            if outcome.error is not None:
                least.append(amount)
                break
        await office.do(CloseDay(next_day=TODAY + timedelta(days=days)))
    assert least == [10_000, 20_000, 30_000]
    old = await office.refused_to("fu", policy(effective_from=TODAY))
    assert old == "approval_policy.effective_past"


async def test_a_proposal_goes_by_the_version_that_it_was_filed_under(office: Office) -> None:
    await office.policy(ONE)
    filed = await office.file()
    await office.policy(TierAsked(votes=2, role=Role.APPROVER), expiry_hours=1)
    assert (await office.proposal(filed.id)).policy_version == 1
    assert (await office.approve(filed.id, "chen")).state is ProposalState.APPROVED
    second = await office.file()
    assert (await office.proposal(second.id)).policy_version == 2
    assert (await office.approve(second.id, "chen")).state is ProposalState.PENDING


async def test_a_policy_ends_with_a_version_that_says_so(office: Office) -> None:
    await office.policy()
    await office.policy(active=False)
    assert (await office.by("ann", office.paying())).status is Status.APPLIED
    versions = [office.store.rows[1][ApprovalPolicy]["large", n] for n in (1, 2)]
    assert [version.active for version in versions] == [True, False]


def policy(**fields: Any) -> SetApprovalPolicy:
    asked: dict[str, Any] = {"code": "large", "kind": "ledger.post_transfer", "name": "x", "tiers": [ONE], **fields}
    return SetApprovalPolicy(**asked)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "ledger.nothing"}, "approval.kind_unknown"),
        ({"amount_from": 5}, "approval_policy.amounts_invalid"),
        ({"asset": "CNY", "amount_from": 6, "amount_to": 5}, "approval_policy.amounts_invalid"),
        ({"tiers": [TierAsked(votes=1)]}, "approval_policy.tier_invalid"),
        ({"tiers": [TierAsked(votes=1, group="three", role=Role.ADMIN)]}, "approval_policy.tier_invalid"),
        ({"tiers": [TierAsked(votes=1, role=Role.VIEWER)]}, "approval_policy.tier_invalid"),
        ({"tiers": [TierAsked(votes=1, group="nobody")]}, "approver_group.not_found"),
        ({"tiers": [TierAsked(votes=4, group="three")]}, "approval_policy.group_small"),
        ({"effective_from": date(2026, 1, 4)}, "approval_policy.effective_past"),
    ],
)
async def test_a_policy_that_makes_no_sense_is_refused(office: Office, fields: dict[str, Any], code: str) -> None:
    await office.group("three", "chen", "dai", "er")
    assert await office.refused_to("fu", policy(**fields)) == code


async def test_a_policy_stays_with_its_kind(office: Office) -> None:
    await office.policy()
    assert await office.refused_to("fu", policy(kind="ledger.close_account")) == "approval_policy.kind_fixed"


async def test_configuration_itself_can_be_put_under_approval(office: Office) -> None:
    await office.policy(code="config", kind="approval.set_policy", asset=None)
    change = policy(code="config", kind="approval.set_policy", active=False)
    assert await office.refused_to("fu", change) == "approval.required"
    filed = await office.file(change, "fu")
    assert await office.approval_refused(filed.id, "fu") == "approval.own"
    await office.approve(filed.id, "chen")
    assert (await office.by("fu", policy(name="free again"))).status is Status.APPLIED


async def test_what_cannot_be_read_or_approved_is_not_filed(office: Office) -> None:
    await office.policy()
    most = 10**9
    for kind, payload, code in (
        ("ledger.open_account", {"asset": "CNY", "head": "2011"}, "approval.kind_unknown"),
        ("approval.file", {}, "approval.kind_unknown"),
        ("ledger.post_transfer", {}, "proposal.payload_malformed"),
        ("ledger.post_transfer", {"debit": 2, "credit": 3, "amount": "7", "code": "x"}, "proposal.payload_malformed"),
        ("ledger.post_transfer", {"debit": 2, "credit": 3, "amount": -7, "code": "x"}, "proposal.payload_malformed"),
        ("ledger.post_transfer", {"debit": 2, "credit": 3, "amount": 1, "code": "x"}, "approval.not_covered"),
        (
            "ledger.post_transfer",
            {"debit": 2, "credit": 3, "amount": most, "code": "x"},
            "transfer.insufficient_funds",
        ),
        ("ledger.post_transfer", {"debit": 2, "credit": 77, "amount": most, "code": "x"}, "account.not_found"),
    ):
        command = FileProposal(kind=kind, payload=payload, reason="x", role=Role.OPERATOR)
        assert await office.refused_to("ann", command) == code, payload


async def test_a_kind_may_ask_for_approval_always(office: Office) -> None:
    described = Approvable(
        OpenAccount, "Open an account", lambda book, command: Description("account:new", []), always=True
    )
    approvable(described)
    try:
        command = OpenAccount(asset="CNY", head="2011")
        assert await office.refused_to("ann", command) == "approval.required"
        await office.do(command)
    finally:
        del APPROVABLE[described.kind]


async def test_the_business_date_goes_a_week_ahead_alone_and_further_with_a_second_person(office: Office) -> None:
    far = CloseDay(next_day=TODAY + timedelta(days=8))
    for login in ("ann", "fu"):
        assert await office.refused_to(login, far) == "approval.required"
    filed = await office.file(far, "fu")
    assert await office.approval_refused(filed.id, "fu") == "approval.own"
    shown = {fact.label: fact.value for fact in (await office.proposal(filed.id)).facts}
    assert (shown["Business date"], shown["New business date"]) == ("2026-01-05", "2026-01-13")
    done = await office.approve(filed.id, "chen")
    assert (done.state, done.outcome) == (ProposalState.APPROVED, "day:2026-01-13")
    assert office.store.states[1].today == date(2026, 1, 13)
    office.later(days=8)
    near = CloseDay(next_day=date(2026, 1, 20))  # what was filed once refuses nothing that is near
    assert (await office.by("fu", near)).unwrap() == date(2026, 1, 20)


async def test_the_business_date_does_not_run_away_from_the_calendar_week_by_week(office: Office) -> None:
    (await office.by("fu", CloseDay(next_day=TODAY + timedelta(days=7)))).unwrap()
    assert await office.refused_to("fu", CloseDay(next_day=TODAY + timedelta(days=8))) == "approval.required"
    office.later(days=1)
    (await office.by("fu", CloseDay(next_day=TODAY + timedelta(days=8)))).unwrap()


async def test_a_closing_that_waited_over_another_one_is_shown_anew(office: Office) -> None:
    filed = await office.file(CloseDay(next_day=TODAY + timedelta(days=30)), "fu")
    (await office.by("fu", CloseDay(next_day=TODAY + timedelta(days=1)))).unwrap()
    assert await office.approval_refused(filed.id, "chen") == "approval.object_changed"


async def test_a_policy_may_have_every_closing_approved(office: Office) -> None:
    await office.policy(code="closing", kind="ledger.close_day", asset=None)
    near = CloseDay(next_day=TODAY + timedelta(days=1))
    assert await office.refused_to("fu", near) == "approval.required"
    await office.approve((await office.file(near, "fu")).id, "chen")
    assert office.store.states[1].today == date(2026, 1, 6)


async def test_how_far_the_date_goes_alone_is_configured() -> None:
    class Careful(Office):
        def _engine(self) -> Engine:
            return Engine(self.store, Book.with_days_ahead(1), audited=AUDITED, clock=lambda: self.now)

    office = await Careful().open()
    assert await office.refused_to("fu", CloseDay(next_day=TODAY + timedelta(days=2))) == "approval.required"
    assert (await office.by("fu", CloseDay(next_day=TODAY + timedelta(days=1)))).unwrap() == date(2026, 1, 6)
    await office.engine.stop()


def test_a_kind_is_described_once() -> None:
    with pytest.raises(AssertionError, match="described twice"):
        approvable(Approvable(CloseAccount, "again", lambda book, command: Description("x", [])))
