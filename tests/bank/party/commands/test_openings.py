"""Verifying from afar: the order of the steps, their evidence, tries, time, lists and review."""

from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.party.commands import (
    AddListEntry,
    CheckLiveness,
    ConfirmCode,
    ExpireOpening,
    MatchElements,
    RateRisk,
    ReviewOpening,
    SendCode,
    StartOpening,
    SubmitDocument,
)
from canglian.bank.party.model import (
    Colour,
    DocumentKind,
    Level,
    OpeningState,
    OpeningStep,
    Party,
    PartyDocument,
    RemoteOpening,
    Risk,
)
from tests.bank.party.people import SEALER, People, identity, subject

CARD = "6222021234567890123"
DIGEST = "ab" * 32


def step(name: str, opening: str, **more: Any) -> Any:
    """One step as it goes right."""
    document = SEALER.document(identity(1))
    made: dict[str, Any] = {
        "document": lambda: SubmitDocument(
            opening=opening,
            document_kind=DocumentKind.IDENTITY_CARD,
            number=more.pop("number", document),
            authority="新城县公安局",
            valid_from=date(2020, 1, 1),
            digest=DIGEST,
            **more,
        ),
        "liveness": lambda: CheckLiveness(
            **{"opening": opening, "score_bps": 8000, "reference": "face-1", "digest": DIGEST, **more}
        ),
        "elements": lambda: MatchElements(
            **{
                "opening": opening,
                "elements": 5,
                "matched": True,
                "account": SEALER.account(CARD),
                "reference": "el-1",
                **more,
            }
        ),
        "sms": lambda: SendCode(**{"opening": opening, "reference": "sms-1", **more}),
        "code": lambda: ConfirmCode(**{"opening": opening, "matched": True, "reference": "sms-1", **more}),
        "review": lambda: ReviewOpening(**{"opening": opening, "accepted": True, "reason": "资料齐全", **more}),
    }
    return made[name]()


STEPS = ("document", "liveness", "elements", "sms", "code", "review")
STATES = ("document", "liveness", "elements", "sms", "active")


async def started(branch: People, **more: Any) -> tuple[Party, RemoteOpening]:
    party = await branch.person(1, mobile="13800138000", **more)
    return party, await branch.do(StartOpening(party=party.id, channel="app"))


async def walked(branch: People, opening: RemoteOpening, until: str) -> RemoteOpening:
    """Take all steps up to one."""
    for name in STEPS[: STEPS.index(until) + 1]:
        opening = await branch.do(step(name, opening.id))
    return opening


async def test_a_clean_case_goes_all_the_way_and_verifies_the_person(branch: People) -> None:
    party, opening = await started(branch)
    assert (opening.state, opening.expires_at) == (OpeningState.INIT, branch.now + timedelta(hours=24))
    for name, state in zip(STEPS, STATES, strict=False):
        opening = await branch.do(step(name, opening.id))
        assert opening.state == state, name
    assert (opening.reviewed_by, opening.steps, opening.outcome) == ("system:rules", 5, None)
    assert (opening.account_mask, CARD in str(opening)) == ("622202*********0123", False)
    verified = await branch.get(Party, party.id)
    assert (verified.level, verified.verified_at) == (Level.REMOTE, branch.now)
    steps = await branch.rows(OpeningStep)
    assert [(step.step.value, step.passed) for step in steps] == [
        ("document", True),
        ("liveness", True),
        ("elements", True),
        ("sms", True),
        ("review", True),
    ]
    (document,) = await branch.rows(PartyDocument, party=party.id)
    assert (steps[0].reference, document.digest) == (document.id, DIGEST)
    assert [kind for kind, _ in branch.emitted() if kind.startswith("opening.")] == [
        "opening.started",
        *["opening.step_taken"] * 5,
        "opening.activated",
    ]


@pytest.mark.parametrize("taken", range(5))
async def test_no_step_is_taken_out_of_order(branch: People, taken: int) -> None:
    _, opening = await started(branch)
    for name in STEPS[:taken]:
        await branch.do(step(name, opening.id))
    for name in STEPS:
        may_come = {STEPS[taken], "sms" if taken == 4 else STEPS[taken]}
        if name not in may_come:
            code, fields = await branch.refused(step(name, opening.id))
            assert code == "remote_opening.wrong_order", (taken, name)
            assert fields["state"] == (("init", *STATES)[taken])


async def test_nothing_more_happens_to_one_that_is_over(branch: People) -> None:
    _, opening = await started(branch)
    await walked(branch, opening, "code")
    for name in STEPS:
        code, _ = await branch.refused(step(name, opening.id))
        assert code == "remote_opening.over"
    assert (await branch.refused(ExpireOpening(opening=opening.id)))[0] == "remote_opening.over"


async def test_a_face_that_is_not_like_enough_may_be_tried_three_times(branch: People) -> None:
    party, opening = await started(branch)
    await walked(branch, opening, "document")
    for tries in (1, 2):
        opening = await branch.do(step("liveness", opening.id, score_bps=7999))
        assert (opening.state, opening.tries) == (OpeningState.DOCUMENT, tries)
    opening = await branch.do(step("liveness", opening.id, score_bps=0))
    assert (opening.state, opening.outcome) == (OpeningState.REJECTED, "liveness_failed")
    assert (await branch.get(Party, party.id)).level is Level.NONE
    assert branch.emitted()[-1][1]["outcome"] == "liveness_failed"


async def test_a_right_step_makes_the_wrong_tries_before_it_forgotten(branch: People) -> None:
    _, opening = await started(branch)
    await walked(branch, opening, "document")
    await branch.do(step("liveness", opening.id, score_bps=1))
    opening = await branch.do(step("liveness", opening.id))
    assert (opening.state, opening.tries, opening.steps) == (OpeningState.LIVENESS, 0, 3)


async def test_elements_that_do_not_agree_leave_no_account_behind(branch: People) -> None:
    _, opening = await started(branch)
    await walked(branch, opening, "liveness")
    few = await branch.refused(step("elements", opening.id, elements=4))
    assert few == ("remote_opening.elements_few", {"elements": 4, "least": 5, "field": "elements"})
    for _ in range(3):
        opening = await branch.do(step("elements", opening.id, matched=False))
    assert (opening.outcome, opening.account_sealed) == ("elements_failed", None)


async def test_a_code_may_be_sent_again_and_three_wrong_ones_end_it(branch: People) -> None:
    _, opening = await started(branch)
    await walked(branch, opening, "sms")
    opening = await branch.do(step("code", opening.id, matched=False))
    opening = await branch.do(step("sms", opening.id, reference="sms-2"))
    assert (opening.state, opening.tries) == (OpeningState.SMS, 1)
    for _ in range(2):
        opening = await branch.do(step("code", opening.id, matched=False))
    assert (opening.state, opening.outcome) == (OpeningState.REJECTED, "code_failed")


async def test_time_runs_out_to_the_second(branch: People) -> None:
    _, opening = await started(branch)
    branch.later(hours=24, microseconds=-1)
    assert (await branch.refused(ExpireOpening(opening=opening.id)))[0] == "remote_opening.not_due"
    await branch.do(step("document", opening.id))
    branch.later(microseconds=1)
    assert (await branch.refused(step("liveness", opening.id)))[0] == "remote_opening.expired"
    ended = await branch.do(ExpireOpening(opening=opening.id))
    assert (ended.state, ended.outcome) == (OpeningState.REJECTED, "expired")


async def test_one_at_a_time_and_a_new_one_after_the_time_of_the_old(branch: People) -> None:
    party, opening = await started(branch)
    again = StartOpening(party=party.id, channel="app")
    assert await branch.refused(again) == ("remote_opening.under_way", {"party": party.id, "other": opening.id})
    branch.later(hours=24)
    assert (await branch.do(again)).state is OpeningState.INIT


async def test_who_is_on_the_black_list_is_rejected_at_the_door_and_at_every_step(branch: People) -> None:
    for until in ("start", *STEPS[:4]):
        serial = STEPS.index(until) + 2 if until in STEPS else 1
        party = await branch.person(serial, mobile="13800138000")
        if until == "start":
            await branch.do(AddListEntry(colour=Colour.BLACK, subject=subject(identity(serial)), reason="涉案"))
            opening = await branch.do(StartOpening(party=party.id, channel="app"))
        else:
            opening = await branch.do(StartOpening(party=party.id, channel="app"))
            number = SEALER.document(identity(serial))
            for name in STEPS[: STEPS.index(until)]:
                opening = await branch.do(step(name, opening.id, **({"number": number} if name == "document" else {})))
            await branch.do(AddListEntry(colour=Colour.BLACK, subject=subject(identity(serial)), reason="涉案"))
            opening = await branch.do(step(until, opening.id, **({"number": number} if until == "document" else {})))
        assert (opening.state, opening.outcome) == (OpeningState.REJECTED, "blacklisted"), until
        assert (await branch.get(Party, party.id)).level is Level.NONE


async def test_a_grey_listed_person_waits_for_an_operator_however_long(branch: People) -> None:
    party, opening = await started(branch)
    await branch.do(AddListEntry(colour=Colour.GREY, subject=subject(identity(1)), reason="待核实"))
    opening = await walked(branch, opening, "code")
    assert opening.state is OpeningState.REVIEW
    branch.later(days=3)
    assert (await branch.refused(ExpireOpening(opening=opening.id)))[0] == "remote_opening.not_due"
    opening = await branch.do(step("review", opening.id))
    assert (opening.state, opening.reviewed_by) == (OpeningState.ACTIVE, "teller")
    assert (await branch.get(Party, party.id)).level is Level.REMOTE


async def test_an_operator_refuses_with_a_reason(branch: People) -> None:
    party, opening = await started(branch)
    await branch.do(RateRisk(party=party.id, risk=Risk.HIGH, reason="跨境交易频繁"))
    await walked(branch, opening, "code")
    opening = await branch.do(step("review", opening.id, accepted=False, reason="影像不清"))
    assert (opening.state, opening.outcome, opening.reviewed_by) == (OpeningState.REJECTED, "refused", "teller")
    assert (await branch.rows(OpeningStep))[-1].note == "影像不清"


async def test_whom_an_opening_is_not_for(branch: People) -> None:
    company = await branch.company()
    assert (await branch.refused(StartOpening(party=company.id, channel="app")))[0] == "party.not_person"
    nameless = await branch.person(None, mobile="13800138000")
    assert (await branch.refused(StartOpening(party=nameless.id, channel="app")))[0] == "party.number_missing"
    no_phone = await branch.person(7)
    assert (await branch.refused(StartOpening(party=no_phone.id, channel="app")))[0] == "party.mobile_missing"
    party, opening = await started(branch)
    await walked(branch, opening, "code")
    assert (await branch.refused(StartOpening(party=party.id, channel="app")))[0] == "party.level_same"


async def test_a_document_of_somebody_else_is_refused(branch: People) -> None:
    _, opening = await started(branch)
    foreign = step("document", opening.id, number=SEALER.document(identity(2)))
    assert (await branch.refused(foreign))[0] == "party_document.number_differs"
