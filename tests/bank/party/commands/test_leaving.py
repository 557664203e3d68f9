"""Ends: two records become one, relationships end, data is shown, and erased when it may be."""

from datetime import date
from typing import Any

import pytest

from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddDocument,
    AddListEntry,
    AddPartyPolicy,
    AddRole,
    ChangeParty,
    EndRelationship,
    EraseParty,
    ExportPersonalData,
    GiveConsent,
    MergeParties,
    RateRisk,
    RegisterParty,
    ResumeRelationship,
    StartOpening,
    UnmaskParty,
    VerifyFaceToFace,
)
from canglian.bank.party.model import (
    BeneficialOwner,
    Colour,
    Consent,
    Control,
    DocumentKind,
    Field,
    Level,
    Party,
    PartyDocument,
    PartyKind,
    PartyPolicy,
    PartyRole,
    PartyState,
    RemoteOpening,
    Risk,
    RoleName,
    Unmasking,
)
from canglian.ledger.commands import CloseDay
from tests.bank.party.people import KEYRING, SEALER, People, identity, subject


def policy(effective_from: date, **more: Any) -> AddPartyPolicy:
    fields: dict[str, Any] = {
        "retention_years": 5,
        "beneficial_owner_bps": 1000,
        "opening_hours": 48,
        "step_tries": 5,
        "liveness_bps": 9000,
        "elements": 5,
        "automatic_review": False,
        "unmask_minutes": 5,
        "review_days_low": 100,
        "review_days_medium": 50,
        "review_days_high": 10,
        "note": "新规",
        **more,
    }
    return AddPartyPolicy(effective_from=effective_from, **fields)


async def two(branch: People) -> tuple[Party, Party]:
    """A person by number, and the same person by mobile."""
    return await branch.person(1), await branch.person(None, name="欧阳晓燕", mobile="13800138000")


async def test_the_survivor_of_a_merge_takes_what_it_lacks_and_all_that_hangs_on_the_other(branch: People) -> None:
    known, other = await two(branch)
    company = await branch.company()
    for party, role in ((known, RoleName.VILLAGER), (other, RoleName.VILLAGER), (other, RoleName.PATIENT)):
        await branch.do(AddRole(party=party.id, role=role))
    consent = GiveConsent(party=other.id, scope="profile.basic", purpose="预约", receiver="hospital:1")
    await branch.do(consent)
    passport: dict[str, Any] = {"document_kind": DocumentKind.PASSPORT, "number": SEALER.document("E12345678")}
    await branch.paper(other, **passport)
    await branch.do(AddBeneficialOwner(company=company.id, owner=other.id, control=Control.SHARES, share_bps=5000))
    await branch.do(RateRisk(party=other.id, risk=Risk.MEDIUM, reason="x"))
    survivor = await branch.do(MergeParties(survivor=known.id, other=other.id, reason="同一人"))
    assert (survivor.id, survivor.number_index, survivor.mobile_mask) == (known.id, known.number_index, "138****8000")
    assert (survivor.risk, survivor.review_on) == (Risk.MEDIUM, date(2028, 1, 5))
    gone = await branch.get(Party, other.id)
    assert (gone.state, gone.merged_into) == (PartyState.MERGED, known.id)
    roles = await branch.rows(PartyRole, party=known.id)
    assert sorted((role.role.value, role.ended_on is None) for role in roles) == [
        ("patient", True),
        ("villager", False),
        ("villager", True),
    ]
    for kind, field in ((Consent, "party"), (PartyDocument, "party"), (BeneficialOwner, "owner")):
        assert len(await branch.rows(kind, **{field: known.id})) == 1, kind
        assert await branch.rows(kind, **{field: other.id}) == []


async def test_every_later_command_on_a_merged_party_points_to_the_survivor(branch: People) -> None:
    known, other = await two(branch)
    document = await branch.paper(known)
    consent = await branch.do(GiveConsent(party=other.id, scope="a", purpose="b", receiver="c"))
    await branch.do(MergeParties(survivor=known.id, other=other.id, reason="同一人"))
    third = await branch.person(3)
    asked = [
        ChangeParty(party=other.id, occupation="x"),
        VerifyFaceToFace(party=other.id, document=document.id, place="x"),
        RateRisk(party=other.id, risk=Risk.LOW, reason="x"),
        AddRole(party=other.id, role=RoleName.PATIENT),
        AddDocument(
            party=other.id,
            document_kind=DocumentKind.PASSPORT,
            number=SEALER.document("E1234567"),
            authority="x",
            valid_from=date(2020, 1, 1),
        ),
        GiveConsent(party=other.id, scope="a", purpose="b", receiver="c"),
        StartOpening(party=other.id, channel="app"),
        UnmaskParty(party=other.id, fields=[Field.NAME], reason="x"),
        ExportPersonalData(party=other.id, reason="x"),
        EndRelationship(party=other.id, reason="x"),
        ResumeRelationship(party=other.id, reason="x"),
        EraseParty(party=other.id, reason="x"),
        MergeParties(survivor=third.id, other=other.id, reason="x"),
        MergeParties(survivor=other.id, other=third.id, reason="x"),
    ]
    for command in asked:
        refused = await branch.refused(command)
        assert refused == ("party.merged", {"party": other.id, "merged_into": known.id}), command
    assert (await branch.get(Consent, consent.id)).party == known.id
    assert (await branch.person(9, mobile="13800138000")).state is PartyState.ACTIVE


async def test_two_are_not_merged_where_they_are_two(branch: People) -> None:
    first, second, company = await branch.person(1), await branch.person(2), await branch.company()
    assert (await branch.refused(MergeParties(survivor=first.id, other=first.id, reason="x")))[0] == "party.merge_same"
    assert (await branch.refused(MergeParties(survivor=first.id, other=second.id, reason="x")))[0] == (
        "party.merge_numbers"
    )
    assert await branch.refused(MergeParties(survivor=first.id, other=company.id, reason="x")) == (
        "party.merge_kinds",
        {"kind": "person", "other_kind": "company"},
    )


async def test_the_number_and_level_of_the_other_come_with_it(branch: People) -> None:
    known, other = await two(branch)
    document = await branch.paper(known)
    await branch.do(VerifyFaceToFace(party=known.id, document=document.id, place="新城支行"))
    survivor = await branch.do(MergeParties(survivor=other.id, other=known.id, reason="同一人"))
    assert (survivor.level, survivor.number_index) == (Level.FACE_TO_FACE, known.number_index)
    again = RegisterParty(
        party_kind=PartyKind.PERSON,
        name=SEALER.name("王小明", PartyKind.PERSON),
        number=SEALER.number(identity(1), PartyKind.PERSON),
    )
    assert await branch.refused(again) == ("party.number_taken", {"other": other.id, "field": "number"})


async def test_an_opening_of_the_other_ends_with_the_merge(branch: People) -> None:
    known = await branch.person(None)
    other = await branch.person(1, mobile="13800138000")
    opening = await branch.do(StartOpening(party=other.id, channel="app"))
    await branch.do(MergeParties(survivor=known.id, other=other.id, reason="同一人"))
    ended = await branch.get(RemoteOpening, opening.id)
    assert (ended.state, ended.outcome, ended.party) == ("rejected", "merged", known.id)


async def test_unmasking_is_on_record_and_carries_no_plain_text(branch: People) -> None:
    party = await branch.person(1)
    seen = await branch.do(UnmaskParty(party=party.id, fields=[Field.NUMBER, Field.NUMBER], reason="电话核实"))
    assert (seen.fields, seen.exported, seen.by) == ([Field.NUMBER], False, "teller")
    exported = await branch.do(ExportPersonalData(party=party.id, reason="本人申请"))
    assert (exported.fields, exported.exported) == (list(Field), True)
    assert [kind for kind, _ in branch.emitted()[-2:]] == ["party.unmasked", "party.exported"]
    assert identity(1) not in str(await branch.rows(Unmasking))


async def ended(branch: People) -> Party:
    """A person with everything, whose relationship has ended."""
    party = await branch.person(1, mobile="13800138000")
    await branch.do(ChangeParty(party=party.id, address=SEALER.address("新城县东门街 7 号"), occupation="教师"))
    await branch.do(AddRole(party=party.id, role=RoleName.VILLAGER))
    await branch.paper(party, digest="ab" * 32)
    await branch.do(GiveConsent(party=party.id, scope="a", purpose="b", receiver="c"))
    await branch.do(StartOpening(party=party.id, channel="app"))
    return await branch.do(EndRelationship(party=party.id, reason="销户"))


async def test_the_end_of_a_relationship_ends_what_hangs_on_it(branch: People) -> None:
    party = await ended(branch)
    assert (party.state, party.ended_on) == (PartyState.ENDED, date(2026, 1, 5))
    assert [role.ended_on for role in await branch.rows(PartyRole)] == [date(2026, 1, 5)]
    assert [consent.withdrawn_at for consent in await branch.rows(Consent)] == [branch.now]
    assert [(opening.state, opening.outcome) for opening in await branch.rows(RemoteOpening)] == [
        ("rejected", "relationship_ended")
    ]
    refused = await branch.refused(AddRole(party=party.id, role=RoleName.PATIENT))
    assert refused == ("party.ended", {"party": party.id, "ended_on": "2026-01-05"})
    again = SEALER.number(identity(1), PartyKind.PERSON)
    back = RegisterParty(party_kind=PartyKind.PERSON, name=SEALER.name("王小明", PartyKind.PERSON), number=again)
    assert (await branch.refused(back))[0] == "party.number_taken"
    resumed = await branch.do(ResumeRelationship(party=party.id, reason="重新开户"))
    assert (resumed.state, resumed.level, resumed.ended_on) == (PartyState.ACTIVE, Level.NONE, None)
    assert (await branch.refused(ResumeRelationship(party=party.id, reason="x")))[0] == "party.not_ended"


async def test_data_is_kept_for_ten_years_to_the_day_and_then_erased(branch: People) -> None:
    going_on = await branch.person(2)
    assert await branch.refused(EraseParty(party=going_on.id, reason="x")) == (
        "party.relation_goes_on",
        {"party": going_on.id, "may_be_on": "2036-01-05"},
    )
    party = await ended(branch)
    await branch.do(CloseDay(next_day=date(2036, 1, 4)))
    kept = await branch.refused(EraseParty(party=party.id, reason="到期"))
    assert kept == ("party.retained", {"party": party.id, "may_be_on": "2036-01-05"})
    await branch.do(CloseDay(next_day=date(2036, 1, 5)))
    erased = await branch.do(EraseParty(party=party.id, reason="到期"))
    assert erased.state is PartyState.ERASED
    names = [name for name in erased.__struct_fields__ if name.endswith(("_sealed", "_index"))]
    assert len(names) == 7
    assert [getattr(erased, name) for name in names] == [None] * 7
    assert (erased.name_mask, erased.number_mask, erased.mobile_mask, erased.occupation) == ("****", None, None, None)
    (document,) = await branch.rows(PartyDocument)
    assert (document.number_sealed, document.number_mask, document.digest) == (None, "****", None)
    for command in (
        EraseParty(party=party.id, reason="x"),
        UnmaskParty(party=party.id, fields=[Field.NAME], reason="x"),
        ResumeRelationship(party=party.id, reason="x"),
    ):
        assert await branch.refused(command) == ("party.erased", {"party": party.id})
    assert (await branch.person(1)).id != party.id


async def test_whoever_was_merged_into_the_erased_is_erased_too(branch: People) -> None:
    known, other = await two(branch)
    third = await branch.person(None)
    await branch.do(MergeParties(survivor=other.id, other=third.id, reason="x"))
    await branch.do(MergeParties(survivor=known.id, other=other.id, reason="x"))
    await branch.do(EndRelationship(party=known.id, reason="x"))
    await branch.do(CloseDay(next_day=date(2036, 1, 5)))
    await branch.do(EraseParty(party=known.id, reason="x"))
    for party in (known, other, third):
        gone = await branch.get(Party, party.id)
        assert (gone.name_sealed, gone.mobile_sealed, gone.number_sealed) == (None, None, None)
    assert (await branch.get(Party, third.id)).state is PartyState.MERGED


async def test_a_leap_day_is_kept_until_the_first_of_march(branch: People) -> None:
    await branch.do(CloseDay(next_day=date(2028, 2, 29)))
    party = await branch.person(1)
    await branch.do(EndRelationship(party=party.id, reason="x"))
    assert (await branch.refused(EraseParty(party=party.id, reason="x")))[1]["may_be_on"] == "2038-03-01"


async def test_a_new_version_of_the_rules_applies_from_its_day_on(branch: People) -> None:
    company = await branch.company()
    owner = await branch.person(1)
    asked = AddBeneficialOwner(company=company.id, owner=owner.id, control=Control.SHARES, share_bps=1000)
    await branch.do(policy(date(2026, 1, 7)))
    assert await branch.refused(policy(date(2026, 1, 7)))
    await branch.do(CloseDay(next_day=date(2026, 1, 6)))
    assert (await branch.refused(asked))[0] == "beneficial_owner.share_small"
    await branch.do(CloseDay(next_day=date(2026, 1, 7)))
    assert (await branch.do(asked)).share_bps == 1000
    assert (await branch.person(2)).review_on == date(2026, 4, 17)
    assert (await branch.refused(policy(date(2026, 1, 6))))[0] == "party_policy.in_past"
    assert [policy.effective_from for policy in await branch.rows(PartyPolicy)] == [date(2000, 1, 1), date(2026, 1, 7)]


@pytest.mark.parametrize("listed", [True, False])
async def test_without_automatic_review_everybody_waits(branch: People, listed: bool) -> None:
    await branch.do(policy(date(2026, 1, 5)))
    if listed:
        await branch.do(AddListEntry(colour=Colour.GREY, subject=subject(identity(1)), reason="x"))
    party = await branch.person(1, mobile="13800138000")
    opening = await branch.do(StartOpening(party=party.id, channel="app"))
    assert (opening.expires_at - branch.now).total_seconds() == 48 * 3600
    assert KEYRING.open(party.number_sealed or "", "party.number") == identity(1)
