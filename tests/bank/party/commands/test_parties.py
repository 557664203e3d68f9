"""Registering, changing, verifying, rating: the rules, and that a refusal leaves nothing."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddListEntry,
    AddRole,
    ChangeParty,
    EndBeneficialOwner,
    EndListEntry,
    EndRole,
    GiveConsent,
    RateRisk,
    RegisterParty,
    VerifyFaceToFace,
    WithdrawConsent,
)
from canglian.bank.party.commands.consents import has_consented
from canglian.bank.party.model import (
    Colour,
    Control,
    DocumentKind,
    Level,
    Party,
    PartyKind,
    PartyPolicy,
    PartyState,
    Risk,
    RoleName,
)
from canglian.bank.party.sealing import Sealer
from canglian.kernel.records import CommandLine, Event
from canglian.ledger.commands import CloseDay
from tests.bank.party.people import KEYRING, SEALER, People, credit, identity, paper, subject
from tests.ledger.branch import TODAY

NOBODY = "pty_" + "0" * 26


async def test_a_registered_person_is_sealed_masked_and_indexed(branch: People) -> None:
    party = await branch.person(1, name="欧阳晓燕", mobile="13800138000")
    assert (party.name_mask, party.number_mask, party.mobile_mask) == (
        "欧***",
        "1****************" + identity(1)[-1],
        "138****8000",
    )
    assert (party.kind, party.level, party.risk, party.state) == ("person", "none", "low", "active")
    assert party.review_on == date(2029, 1, 4)
    stored = str(await branch.rows(Party)) + str(await branch.rows(CommandLine)) + str(await branch.rows(Event))
    assert identity(1) not in stored
    assert "13800138000" not in stored
    assert "欧阳" not in stored
    assert branch.emitted()[-1] == (
        "party.registered",
        {"party": party.id, "party_kind": "person", "risk": "low"},
    )


async def test_the_first_command_brings_in_the_first_rules(branch: People) -> None:
    assert await branch.rows(PartyPolicy) == []
    await branch.person(1)
    await branch.person(2)
    (policy,) = await branch.rows(PartyPolicy)
    assert (policy.effective_from, policy.retention_years, policy.beneficial_owner_bps) == (date(2000, 1, 1), 10, 2500)


async def test_a_number_belongs_to_one_party_and_a_mobile_to_several(branch: People) -> None:
    party = await branch.person(1, mobile="13800138000")
    again = RegisterParty(
        party_kind=PartyKind.PERSON,
        name=SEALER.name("另一人", PartyKind.PERSON),
        number=SEALER.number(identity(1), PartyKind.PERSON),
    )
    assert await branch.refused(again) == ("party.number_taken", {"other": party.id, "field": "number"})
    other = await branch.person(2, mobile="13800138000")
    assert other.mobile_index == party.mobile_index
    assert other.mobile_sealed != party.mobile_sealed


async def test_what_is_repeated_makes_the_same_command(branch: People) -> None:
    def asked() -> RegisterParty:
        sealer = Sealer(KEYRING, TODAY, "till/7")
        return RegisterParty(party_kind=PartyKind.PERSON, name=sealer.name("王小明", PartyKind.PERSON))

    first = await branch.ask(asked(), key="7")
    second = await branch.ask(asked(), key="7")
    assert second.replayed
    assert second.unwrap() == first.unwrap()


async def test_a_change_keeps_what_is_left_out_and_clears_by_null(branch: People) -> None:
    party = await branch.person(None, mobile="13800138000")
    changed = await branch.do(
        ChangeParty(party=party.id, number=SEALER.number(identity(5), PartyKind.PERSON), occupation="农民", mobile=None)
    )
    assert (changed.number_mask, changed.occupation) == ("1****************" + identity(5)[-1], "农民")
    assert (changed.mobile_sealed, changed.mobile_mask, changed.mobile_index) == (None, None, None)
    assert changed.name_sealed == party.name_sealed
    assert await branch.refused(ChangeParty(party=party.id)) == ("party.nothing_to_change", {"party": party.id})


async def test_a_number_that_is_known_does_not_become_another(branch: People) -> None:
    first, second = await branch.person(1), await branch.person(None)
    number = SEALER.number(identity(3), PartyKind.PERSON)
    assert (await branch.refused(ChangeParty(party=first.id, number=number)))[0] == "party.number_fixed"
    taken = SEALER.number(identity(1), PartyKind.PERSON)
    assert await branch.refused(ChangeParty(party=second.id, number=taken)) == (
        "party.number_taken",
        {"other": first.id, "field": "number"},
    )
    assert (await branch.refused(ChangeParty(party=NOBODY, occupation="x")))[0] == "party.not_found"


async def test_a_representative_is_a_person_of_an_organisation(branch: People) -> None:
    person, company = await branch.person(1), await branch.company()
    assert (await branch.do(ChangeParty(party=company.id, representative=person.id))).representative == person.id
    assert (await branch.refused(ChangeParty(party=person.id, representative=person.id)))[0] == "party.not_organisation"
    assert (await branch.refused(ChangeParty(party=company.id, representative=company.id)))[0] == "party.not_person"


async def test_a_person_is_verified_with_a_valid_document_in_hand(branch: People) -> None:
    party = await branch.person(1)
    document = await branch.paper(party)
    branch.later(hours=1)
    verified = await branch.do(VerifyFaceToFace(party=party.id, document=document.id, place="新城支行"))
    assert (verified.level, verified.verified_at) == (Level.FACE_TO_FACE, datetime(2026, 1, 5, 2, tzinfo=UTC))
    again = VerifyFaceToFace(party=party.id, document=document.id, place="新城支行")
    assert await branch.refused(again) == ("party.level_same", {"party": party.id, "level": "face_to_face"})
    other = await branch.person(2)
    assert (await branch.refused(VerifyFaceToFace(party=other.id, document=document.id, place="x")))[0] == (
        "party_document.needed"
    )
    unknown = await branch.person(None)
    asked = VerifyFaceToFace(party=unknown.id, document=document.id, place="x")
    assert (await branch.refused(asked))[0] == "party.number_missing"


async def test_a_document_that_ended_verifies_nobody(branch: People) -> None:
    party = await branch.person(1)
    document = await branch.paper(party, valid_until=date(2026, 1, 5))
    await branch.do(CloseDay(next_day=date(2026, 1, 6)))
    asked = VerifyFaceToFace(party=party.id, document=document.id, place="x")
    assert await branch.refused(asked) == ("party_document.needed", {"party": party.id})


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"number": SEALER.document(identity(2))}, "party_document.number_differs"),
        ({"valid_until": date(2026, 1, 4)}, "party_document.expired"),
        ({"valid_from": date(2026, 1, 6)}, "party_document.not_yet_valid"),
        ({"valid_from": date(2025, 1, 1), "valid_until": date(2024, 1, 1)}, "party_document.dates"),
    ],
)
async def test_a_bad_document_is_refused(branch: People, more: dict, code: str) -> None:
    party = await branch.person(1)
    assert (await branch.refused(paper(party, **more)))[0] == code


async def test_a_passport_has_a_number_of_its_own(branch: People) -> None:
    party = await branch.person(None)
    document = await branch.paper(
        party, document_kind=DocumentKind.PASSPORT, number=SEALER.document("e1234 5678"), valid_until=None
    )
    assert document.number_mask == "E*******8"


async def test_roles_are_several_each_held_once(branch: People) -> None:
    party = await branch.person(1)
    first = await branch.do(AddRole(party=party.id, role=RoleName.VILLAGER, within="village:7"))
    await branch.do(AddRole(party=party.id, role=RoleName.VILLAGER, within="village:8"))
    await branch.do(AddRole(party=party.id, role=RoleName.PATIENT))
    again = AddRole(party=party.id, role=RoleName.VILLAGER, within="village:7")
    assert await branch.refused(again) == ("party_role.held", {"party": party.id, "other": first.id})
    ended = await branch.do(EndRole(party=party.id, role=first.id))
    assert ended.ended_on == date(2026, 1, 5)
    assert (await branch.refused(EndRole(party=party.id, role=first.id)))[0] == "party_role.ended"
    other = await branch.person(2)
    assert (await branch.refused(EndRole(party=other.id, role=first.id)))[0] == "party_role.not_found"
    assert (await branch.do(again)).id != first.id


async def test_beneficial_owners_hold_a_quarter_and_all_together_the_whole(branch: People) -> None:
    company = await branch.company()
    people = [await branch.person(n) for n in range(1, 5)]

    def owner(n: int, share: int, control: Control = Control.SHARES) -> AddBeneficialOwner:
        return AddBeneficialOwner(company=company.id, owner=people[n].id, control=control, share_bps=share)

    small = await branch.refused(owner(0, 2499))
    assert small == ("beneficial_owner.share_small", {"share_bps": 2499, "least_bps": 2500, "field": "share_bps"})
    first = await branch.do(owner(0, 2500))
    await branch.do(owner(1, 7000))
    over = await branch.refused(owner(2, 2500))
    assert over == ("beneficial_owner.shares_exceeded", {"total_bps": 12000, "field": "share_bps"})
    await branch.do(owner(2, 500, Control.MANAGEMENT))
    assert (await branch.refused(owner(0, 0, Control.CONTROL)))[0] == "beneficial_owner.held"
    await branch.do(EndBeneficialOwner(company=company.id, owner=first.id))
    assert (await branch.refused(EndBeneficialOwner(company=company.id, owner=first.id)))[0] == "beneficial_owner.ended"
    await branch.do(owner(3, 2500))
    upside_down = AddBeneficialOwner(company=people[0].id, owner=people[1].id, control=Control.CONTROL)
    assert (await branch.refused(upside_down))[0] == "party.not_organisation"


async def test_a_consent_is_given_once_and_withdrawn_once(branch: People) -> None:
    party = await branch.person(1)
    asked = GiveConsent(party=party.id, scope="profile.basic", purpose="开立钱包", receiver="partner:sunny")
    consent = await branch.do(asked)
    assert await branch.refused(asked) == ("consent.given_already", {"other": consent.id})
    assert has_consented(Looking(branch), party.id, "profile.basic", "partner:sunny")  # type: ignore[arg-type]
    branch.later(minutes=5)
    withdrawn = await branch.do(WithdrawConsent(consent=consent.id))
    assert withdrawn.withdrawn_at == branch.now
    assert (await branch.refused(WithdrawConsent(consent=consent.id)))[0] == "consent.withdrawn_already"
    assert not has_consented(Looking(branch), party.id, "profile.basic", "partner:sunny")  # type: ignore[arg-type]
    assert (await branch.do(asked)).id != consent.id


class Looking:
    """A book to look into, over what is stored."""

    def __init__(self, branch: People) -> None:
        self._rows = branch.store.rows[1]

    def find(self, kind: type, index: str, key: str) -> list:
        return [row for row in self._rows[kind].values() if kind.__index_of__[index](row) == key]


async def test_a_list_rates_those_who_are_known_and_those_who_come(branch: People) -> None:
    known = await branch.person(1)
    black = await branch.do(AddListEntry(colour=Colour.BLACK, subject=subject(identity(1)), reason="涉案"))
    assert (await branch.get(Party, known.id)).risk is Risk.PROHIBITED
    await branch.do(AddListEntry(colour=Colour.GREY, subject=subject(identity(2)), reason="待核实"))
    assert (await branch.person(2)).risk is Risk.HIGH
    lower = RateRisk(party=known.id, risk=Risk.LOW, reason="复核")
    assert await branch.refused(lower) == (
        "party.listed",
        {"party": known.id, "colour": "black", "entry": black.id, "risk": "low"},
    )
    await branch.do(EndListEntry(entry=black.id, reason="解除"))
    assert (await branch.get(Party, known.id)).risk is Risk.PROHIBITED
    rated = await branch.do(lower)
    assert (rated.risk, rated.review_on) == (Risk.LOW, date(2029, 1, 4))


async def test_a_list_entry_is_there_once_and_until_its_last_day(branch: People) -> None:
    asked = AddListEntry(colour=Colour.GREY, subject=subject(credit(1)), reason="经营异常", until=date(2026, 1, 6))
    entry = await branch.do(asked)
    assert entry.mask == f"91{'*' * 12}{credit(1)[-4:]}"
    assert (await branch.refused(asked)) == (
        "list_entry.listed_already",
        {"colour": "grey", "other": entry.id, "field": "value"},
    )
    await branch.do(CloseDay(next_day=date(2026, 1, 6)))
    assert (await branch.company(1)).risk is Risk.HIGH
    await branch.do(CloseDay(next_day=date(2026, 1, 7)))
    past = msgspec.structs.replace(asked, until=date(2026, 1, 6))
    assert (await branch.refused(past))[0] == "list_entry.until_past"
    assert (await branch.do(msgspec.structs.replace(asked, until=None))).id != entry.id
    assert (await branch.refused(EndListEntry(entry="lst_" + "0" * 26, reason="x")))[0] == "list_entry.not_found"


async def test_nobody_who_is_prohibited_is_verified(branch: People) -> None:
    party = await branch.person(1)
    document = await branch.paper(party)
    await branch.do(AddListEntry(colour=Colour.BLACK, subject=subject(identity(1)), reason="涉案"))
    asked = VerifyFaceToFace(party=party.id, document=document.id, place="x")
    assert await branch.refused(asked) == ("party.prohibited", {"party": party.id})
    assert (await branch.get(Party, party.id)).state is PartyState.ACTIVE
