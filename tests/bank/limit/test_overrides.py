"""Another limit for somebody: by the hands of two people only, for its days only, and for whom it names only."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.approval import ApprovalPolicy, ProposalState
from canglian.bank.approval.commands import TierAsked
from canglian.bank.limit import LimitOverride, LimitTally
from canglian.bank.limit.commands import EndOverride, GrantOverride
from canglian.bank.party.commands import EndRelationship
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.approval.office import Office
from tests.bank.limit.till import Move, Till, ecny, moving, rule
from tests.bank.party.people import People
from tests.ledger.branch import TODAY

WALLET = "wallet:wal_1"


class Counter(Till, Office, People):
    """A branch with people who ask, people who approve, and limits."""

    async def open(self) -> "Counter":
        await Office.open(self)
        return self

    def granting(self, **fields: Any) -> GrantOverride:
        return GrantOverride(
            **{
                "holder": WALLET,
                "rule": "ecny4-single",
                "limit": 300_000,
                "until": date(2026, 1, 7),
                "reason": "春节备货",
                **fields,
            }
        )

    async def granted(self, **fields: Any) -> LimitOverride:
        filed = await self.file(self.granting(**fields))
        done = await self.approve(filed.id, "chen")
        assert done.outcome is not None
        return await self.get(LimitOverride, done.outcome.removeprefix("limit_override:"))


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    running = await Counter().open()
    yield running
    await running.engine.stop()


async def test_nobody_grants_alone(counter: Counter) -> None:
    for login in ("ann", "fu"):
        assert await counter.refused_to(login, counter.granting()) == "approval.required"
    filed = await counter.file(counter.granting())
    await counter.passes(ecny(300_000))
    assert await counter.approval_refused(filed.id, "ann") == "approval.own"
    await counter.approve(filed.id, "chen")
    assert (await counter.passes(ecny(300_001)))["limit"] == 300_000
    await counter.do(Move(movement=ecny(300_000)))


async def test_an_administrator_does_not_grant_alone_either(counter: Counter) -> None:
    filed = await counter.file(counter.granting(), "fu")
    assert await counter.approval_refused(filed.id, "fu") == "approval.own"


async def test_a_book_without_a_policy_begins_with_one_approver(counter: Counter) -> None:
    await counter.granted()
    policy: ApprovalPolicy = await counter.get(ApprovalPolicy, ("limit-grant-override", 1))
    assert (policy.kind, policy.tiers[0].votes, policy.tiers[0].role) == ("limit.grant_override", 1, "approver")
    assert policy.created_by == "system:approval"


async def test_a_bank_has_a_stricter_policy(counter: Counter) -> None:
    tier = TierAsked(votes=2, role=Role.APPROVER)
    await counter.policy(tier, code="limits", kind="limit.grant_override", asset="ECNY", amount_from=1)
    filed = await counter.file(counter.granting())
    assert (await counter.approve(filed.id, "chen")).state is ProposalState.PENDING
    assert (await counter.approve(filed.id, "dai")).state is ProposalState.APPROVED


async def test_an_override_holds_on_its_days_only(counter: Counter) -> None:
    override = await counter.granted(since=date(2026, 1, 6))
    assert (override.since, override.until, override.replaced_limit, override.asset) == (
        date(2026, 1, 6),
        date(2026, 1, 7),
        200_000,
        "ECNY",
    )
    assert (override.granted_by, override.reason) == ("user:ann", "春节备货")
    await counter.passes(ecny(200_001))
    for _ in range(2):
        await counter.next_day()
        await counter.do(Move(movement=ecny(300_000)))
    await counter.next_day()
    assert (await counter.passes(ecny(200_001)))["limit"] == 200_000


async def test_an_override_that_is_approved_late_begins_then(counter: Counter) -> None:
    filed = await counter.file(counter.granting(since=TODAY))
    await counter.next_day()
    done = await counter.approve(filed.id, "chen")
    override = await counter.get(LimitOverride, (done.outcome or "").removeprefix("limit_override:"))
    assert override.since == date(2026, 1, 6)
    late = await counter.file(counter.granting(rule="ecny4-day", until=date(2026, 1, 6)))
    await counter.do(CloseDay(next_day=date(2026, 1, 7)))
    failed = await counter.approve(late.id, "chen")
    assert (failed.state, failed.failure_code) == (ProposalState.FAILED, "limit_override.days")


async def test_an_override_of_a_party_holds_for_all_it_has_and_that_of_a_subject_before_it(counter: Counter) -> None:
    party = await counter.person()
    await counter.granted(holder=party.id, rule="class2-out-day", limit=1_500_000)
    await counter.granted(holder="deposit:dep_2", rule="class2-out-day", limit=100)
    await counter.move(1_500_000, party=party.id)
    assert (await counter.passes(moving(101, party=party.id, subject="deposit:dep_2")))["limit"] == 100
    assert (await counter.passes(moving(1, party=party.id)))["used"] == 1_500_000
    assert (await counter.passes(moving(1_000_001, party="pty_2", subject="deposit:dep_3")))["limit"] == 1_000_000


async def test_an_override_outlives_a_version_of_the_rules(counter: Counter) -> None:
    await counter.add(rule("day", 100))
    await counter.granted(holder="deposit:dep_1", rule="day", limit=500)
    await counter.move(400)
    await counter.add(rule("day", 50))
    await counter.move(100)
    assert (await counter.passes(moving(1)))["limit"] == 500


async def test_an_override_is_taken_back_by_two_people(counter: Counter) -> None:
    override = await counter.granted()
    ending = EndOverride(override=override.id, reason="备货结束")
    assert await counter.refused_to("fu", ending) == "approval.required"
    filed = await counter.file(ending)
    await counter.do(Move(movement=ecny(250_000)))
    await counter.approve(filed.id, "dai")
    assert (await counter.passes(ecny(250_000)))["limit"] == 200_000
    ended: LimitOverride = await counter.get(LimitOverride, override.id)
    assert (ended.state.value, ended.ended_by, ended.end_reason) == ("ended", "user:ann", "备货结束")
    assert (await counter.by("ann", counter.filing(ending))).error.code == "limit_override.ended"  # type: ignore[union-attr]


async def test_what_is_not_right_is_not_filed(counter: Counter) -> None:
    first = await counter.granted()
    party = await counter.person()
    await counter.do(EndRelationship(party=party.id, reason="销户"))
    for fields, code in (
        ({"rule": "none"}, "limit_rules.rule_unknown"),
        ({"until": TODAY - timedelta(days=1)}, "limit_override.days"),
        ({"since": date(2026, 1, 9)}, "limit_override.days"),
        ({"limit": 200_000}, "limit_override.same"),
        ({"since": date(2026, 1, 7), "until": date(2026, 1, 9)}, "limit_override.overlaps"),
        ({"holder": "pty_" + "0" * 26}, "party.not_found"),
        ({"holder": party.id}, "party.ended"),
    ):
        assert await counter.refused_to("ann", counter.filing(counter.granting(**fields))) == code
    await counter.granted(since=date(2026, 1, 8), until=date(2026, 1, 9))
    missing = counter.filing(EndOverride(override="lov_none", reason="x"))
    assert await counter.refused_to("ann", missing) == "limit_override.not_found"
    for _ in range(3):
        await counter.next_day()
    over = counter.filing(EndOverride(override=first.id, reason="x"))
    assert await counter.refused_to("ann", over) == "limit_override.over"


async def test_overrides_that_are_over_are_forgotten_with_the_next_one(counter: Counter) -> None:
    await counter.granted(until=TODAY)
    await counter.next_day()
    await counter.granted(rule="ecny4-day", limit=1)
    tally: LimitTally = await counter.get(LimitTally, WALLET)
    assert [override.rule for override in tally.overrides] == ["ecny4-day"]


async def test_those_who_vote_see_both_figures_and_a_changed_rule_is_told(counter: Counter) -> None:
    await counter.add(rule("day", 100))
    filed = await counter.file(counter.granting(holder="deposit:dep_1", rule="day", limit=500))
    proposal = await counter.proposal(filed.id)
    assert [(fact.label, fact.value) for fact in proposal.facts] == [
        ("Holder", "deposit:dep_1"),
        ("Limit rule", "DAY"),
        ("Limit of the rule", 100),
        ("Limit instead", 500),
        ("First day", "2026-01-05"),
        ("Last day", "2026-01-07"),
        ("Reason", "春节备货"),
    ]
    assert (proposal.subject, proposal.amount, proposal.asset) == ("deposit:dep_1", 500, "CNY")
    await counter.add(rule("day", 90))
    assert await counter.approval_refused(filed.id, "chen") == "approval.object_changed"
