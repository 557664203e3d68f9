"""The life of a version: its states, two people, its cases, the champion and the shadow; and what a log replays to."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from canglian.bank.decision import Outcome, RuleSet, RuleShadow, RuleState, RuleVersion, decide_by
from canglian.bank.decision.commands import (
    ApproveRules,
    DecideByRules,
    DraftRules,
    PromoteRules,
    RetireRules,
    ShadowRules,
    TestRules,
)
from canglian.bank.decision.seeds import CODE, SMALL_LOAN_INPUTS, small_loan
from canglian.kernel import Command
from tests.bank.approval.office import Office


class Lend(Command[Outcome], kind="test.lend"):
    """A command of a room above, which asks in its own decision."""

    inputs: dict[str, Any]

    def decide(self, book: Any) -> Outcome:
        return decide_by(book, CODE, self.inputs)


def draft(**changed: Any) -> DraftRules:
    return msgspec.convert({**small_loan(), **changed}, DraftRules)


def stricter(limit: str = "> 60") -> DraftRules:
    """The same rules, but from another age on nobody gets a loan."""
    return draft(document=small_loan()["document"].replace("> 65", limit), note="更严")


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    running = await Office().open()
    yield running
    await running.engine.stop()


async def approved(office: Office, asked: DraftRules) -> RuleVersion:
    """A version that another person has approved."""
    made = await office.do(asked)
    await office.do(TestRules(code=CODE, version=made.version))
    filed = await office.file(ApproveRules(code=CODE, version=made.version, reason="审议"))
    await office.approve(filed.id, "chen")
    return await office.get(RuleVersion, (CODE, made.version))


async def promote(office: Office, number: int) -> None:
    await office.do(PromoteRules(code=CODE, version=number, reason="上线"))


async def test_a_version_decides_after_its_test_and_another_persons_approval(office: Office) -> None:
    made = await office.do(draft())
    assert (made.version, made.state) == (1, RuleState.DRAFT)
    assert (await office.do(Lend(inputs=SMALL_LOAN_INPUTS))).why_person == "rule_set.no_champion"
    code, fields = await office.refused(PromoteRules(code=CODE, version=1, reason="x"))
    assert (code, fields["state"]) == ("rule_version.state", "draft")
    await office.do(TestRules(code=CODE, version=1))
    approving = ApproveRules(code=CODE, version=1, reason="审议")
    assert await office.refused_to("fu", approving) == "approval.required"
    filed = await office.file(approving, "fu")
    assert await office.approval_refused(filed.id, "fu") == "approval.own"
    await office.approve(filed.id, "chen")
    await promote(office, 1)
    outcome = await office.do(Lend(inputs=SMALL_LOAN_INPUTS))
    assert (outcome.verdict, outcome.version, outcome.hash) == ("approve", 1, made.hash)
    assert outcome.outputs == {"verdict": "approve", "limit": 3_000_000, "rate_bps": 435}
    refused = await office.do(Lend(inputs={**SMALL_LOAN_INPUTS, "age": 17}))
    assert (refused.verdict, refused.reasons) == ("refuse", ("申请人未满18周岁",))


async def test_a_version_that_is_not_sound_or_fails_its_cases_is_not_tested(office: Office) -> None:
    case = small_loan()["cases"][0]
    for changed, code in (
        ({"document": small_loan()["document"].replace("< 18", "1e2")}, "rule_set.not_sound"),
        ({"document": "{}"}, "rule_set.not_sound"),
        ({"cases": []}, "rule_set.no_cases"),
        ({"cases": [{**case, "expected": {"verdict": "refuse"}}]}, "rule_set.case_failed"),
        ({"cases": [{**case, "expected": {"verdict": "approve", "limit": "3000000"}}]}, "rule_set.case_failed"),
        ({"cases": [{**case, "expected": {}}]}, "rule_set.case_failed"),
    ):
        made = await office.do(draft(**changed))
        assert (await office.refused(TestRules(code=CODE, version=made.version)))[0] == code
    assert (await office.refused(draft(cases=[case, case])))[0] == "rule_set.case_twice"


async def test_the_same_rules_are_not_drafted_twice_however_they_are_drawn(office: Office) -> None:
    await office.do(draft())
    moved = draft(document=small_loan()["document"].replace('"x":60', '"x":99'))
    code, fields = await office.refused(moved)
    assert (code, fields["version"]) == ("rule_version.same", 1)


async def test_a_shadow_is_counted_against_the_champion_and_changes_nothing(office: Office) -> None:
    await approved(office, draft())
    await promote(office, 1)
    await approved(office, stricter())
    await office.do(ShadowRules(code=CODE, version=2, reason="试运行"))
    for age in (30, 61, 62, 70):
        outcome = await office.do(DecideByRules(code=CODE, inputs={**SMALL_LOAN_INPUTS, "age": age}))
        assert (outcome.version, outcome.verdict) == (1, "refuse" if age > 65 else "approve")
    tally: RuleShadow = await office.get(RuleShadow, (CODE, 2))
    assert (tally.decided, tally.same) == (4, 2)
    assert tally.pairs == {"approve/approve": 1, "approve/refuse": 2, "refuse/refuse": 1}
    await promote(office, 2)
    rule_set: RuleSet = await office.get(RuleSet, CODE)
    assert (rule_set.champion, rule_set.shadow) == (2, None)
    assert (await office.get(RuleVersion, (CODE, 1))).state is RuleState.RETIRED
    assert (await office.do(Lend(inputs={**SMALL_LOAN_INPUTS, "age": 61}))).verdict == "refuse"
    assert (await office.get(RuleShadow, (CODE, 2))).decided == 4


async def test_one_shadow_takes_the_place_of_another(office: Office) -> None:
    await approved(office, draft())
    await approved(office, stricter())
    for number in (1, 2):
        await office.do(ShadowRules(code=CODE, version=number, reason="试运行"))
    states = [(await office.get(RuleVersion, (CODE, number))).state for number in (1, 2)]
    assert states == [RuleState.APPROVED, RuleState.SHADOW]
    assert (await office.get(RuleSet, CODE)).shadow == 2


async def test_without_a_champion_every_case_goes_to_a_person(office: Office) -> None:
    await approved(office, draft())
    await promote(office, 1)
    await office.do(RetireRules(code=CODE, version=1, reason="停用"))
    outcome = await office.do(DecideByRules(code=CODE, inputs=SMALL_LOAN_INPUTS))
    assert (outcome.verdict, outcome.why_person, outcome.version) == ("person", "rule_set.no_champion", 0)
    assert (await office.refused(RetireRules(code=CODE, version=1, reason="停用")))[0] == "rule_version.state"
    assert (await office.refused(DecideByRules(code="nothing", inputs={})))[0] == "rule_set.not_found"


async def test_a_case_keeps_no_number_of_a_person(office: Office) -> None:
    asked = DecideByRules(code=CODE, inputs={"mobile": "13800138000"})
    outcome = await office.ask(asked)
    assert outcome.error is not None
    assert outcome.error.code == "party.text_personal"
