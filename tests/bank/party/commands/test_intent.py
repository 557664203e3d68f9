"""Before an organisation may have accounts: verified, represented, owned or said why not, and its intent confirmed."""

from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.party import may_open
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddDocument,
    AddPartyPolicy,
    ChangeParty,
    EndBeneficialOwner,
    EndRelationship,
    MergeParties,
    NoteIntentCheck,
    RateRisk,
    RegisterParty,
    ResumeRelationship,
    StateNoOwners,
    VerifyFaceToFace,
)
from canglian.bank.party.eligibility import INTENT, NOT_VERIFIED, OWNERS, REPRESENTATIVE
from canglian.bank.party.model import (
    BeneficialOwner,
    Control,
    DocumentKind,
    IntentCheck,
    IntentHow,
    IntentOutcome,
    OwnerExemption,
    Party,
    PartyKind,
    Risk,
)
from canglian.kernel import Command
from canglian.kernel.book import Book
from canglian.ledger.commands import CloseDay
from tests.bank.party.people import SEALER, People, credit, paper

CONFIRMED, DENIED, UNCLEAR = IntentOutcome


class AskWhetherItMay(Command[Party], kind="test.ask_whether_it_may_open"):
    """As a room above does it."""

    party: str

    def decide(self, book: Book) -> Party:
        return may_open(book, self.party)


async def lacks(branch: People, party: Party) -> list[str]:
    """What ``may_open`` says is missing, the first of it as its code."""
    outcome = await branch.ask(AskWhetherItMay(party=party.id), dry_run=True)
    if outcome.error is None:
        return []
    assert outcome.error.code == outcome.error.fields["missing"][0]
    return outcome.error.fields["missing"]


def check(company: Party, representative: Party, outcome: IntentOutcome = CONFIRMED, **more: Any) -> NoteIntentCheck:
    fields: dict[str, Any] = {"how": IntentHow.ON_SITE, "reference": "intent-0001", **more}
    fields.setdefault("held_at", more.get("held_at"))
    return NoteIntentCheck(company=company.id, spoke_with=representative.id, outcome=outcome, **fields)


async def verified(branch: People, company: Party) -> Party:
    document = await branch.do(
        AddDocument(
            party=company.id,
            document_kind=DocumentKind.BUSINESS_LICENCE,
            number=SEALER.document(credit(1)),
            authority="新城县市场监督管理局",
            valid_from=date(2020, 1, 1),
        )
    )
    return await branch.do(VerifyFaceToFace(party=company.id, document=document.id, place="新城支行"))


async def complete(branch: People) -> tuple[Party, Party]:
    """A company that may have accounts, and its representative, who owns it."""
    boss = await branch.person(1)
    company = await branch.company(1)
    assert await lacks(branch, company) == [NOT_VERIFIED, REPRESENTATIVE, OWNERS, INTENT]
    await verified(branch, company)
    assert await lacks(branch, company) == [REPRESENTATIVE, OWNERS, INTENT]
    await branch.do(ChangeParty(party=company.id, representative=boss.id))
    assert await lacks(branch, company) == [OWNERS, INTENT]
    await branch.do(AddBeneficialOwner(company=company.id, owner=boss.id, control=Control.SHARES, share_bps=2_500))
    assert await lacks(branch, company) == [INTENT]
    await branch.do(check(company, boss, held_at=branch.now))
    assert await lacks(branch, company) == []
    return company, boss


async def test_a_company_may_have_accounts_once_nothing_is_missing(branch: People) -> None:
    company, boss = await complete(branch)
    assert (await branch.do(AskWhetherItMay(party=company.id))).id == company.id
    (held,) = await branch.rows(IntentCheck)
    assert (held.spoke_with, held.how, held.held_at, held.noted_by) == (boss.id, "on_site", branch.now, "teller")
    payload = {"party": company.id, "check": held.id, "outcome": "confirmed"}
    assert ("party.intent_checked", payload) in branch.emitted()


async def test_the_last_check_with_the_present_representative_counts(branch: People) -> None:
    company, boss = await complete(branch)
    first = branch.now
    branch.later(hours=1)
    await branch.do(check(company, boss, UNCLEAR, how=IntentHow.PHONE, held_at=branch.now, note="改日再谈"))
    assert await lacks(branch, company) == [INTENT]
    await branch.do(check(company, boss, CONFIRMED, held_at=first))  # noted late, but held before
    assert await lacks(branch, company) == [INTENT]
    branch.later(hours=1)
    await branch.do(check(company, boss, CONFIRMED, how=IntentHow.VIDEO, held_at=branch.now))
    assert await lacks(branch, company) == []
    other = await branch.person(2)
    await branch.do(ChangeParty(party=company.id, representative=other.id))
    assert await lacks(branch, company) == [INTENT]
    await branch.do(check(company, other, DENIED, held_at=branch.now))
    assert await lacks(branch, company) == [INTENT]


async def test_a_check_that_cannot_be_is_refused(branch: People) -> None:
    company, boss = await complete(branch)
    other = await branch.person(2)
    refused = await branch.refused(check(company, other, held_at=branch.now))
    assert refused == ("intent_check.not_representative", {"party": company.id, "field": "spoke_with"})
    late = branch.now + timedelta(seconds=1)
    refused = await branch.refused(check(company, boss, held_at=late))
    assert refused == ("intent_check.in_future", {"held_at": late.isoformat(), "field": "held_at"})
    assert (await branch.refused(check(boss, boss, held_at=branch.now)))[0] == "party.not_organisation"
    assert (await branch.refused(check(company, company, held_at=branch.now)))[0] == "party.not_person"


async def test_a_reason_stands_in_the_place_of_owners_until_there_are_some(branch: People) -> None:
    company, boss = await complete(branch)
    stating = StateNoOwners(company=company.id, reason="股权分散，无单一股东达到比例")
    assert await branch.refused(stating) == ("owner_exemption.owned", {"party": company.id})
    (owner,) = await branch.rows(BeneficialOwner)
    await branch.do(EndBeneficialOwner(company=company.id, owner=owner.id))
    assert await lacks(branch, company) == [OWNERS]
    stated = await branch.do(stating)
    assert await lacks(branch, company) == []
    assert await branch.refused(stating) == ("owner_exemption.held", {"party": company.id, "other": stated.id})
    assert (await branch.refused(StateNoOwners(company=boss.id, reason="x")))[0] == "party.not_organisation"
    await branch.do(AddBeneficialOwner(company=company.id, owner=boss.id, control=Control.MANAGEMENT))
    assert (await branch.get(OwnerExemption, stated.id)).ended_on == branch.store.states[1].today
    assert await lacks(branch, company) == []


async def test_the_share_is_that_of_the_rules_in_force(branch: People) -> None:
    company, _ = await complete(branch)
    figures = {
        "retention_years": 10,
        "opening_hours": 24,
        "step_tries": 3,
        "liveness_bps": 8000,
        "elements": 5,
        "automatic_review": True,
        "unmask_minutes": 10,
        "review_days_low": 1095,
        "review_days_medium": 730,
        "review_days_high": 182,
    }
    await branch.do(AddPartyPolicy(effective_from=date(2026, 1, 6), beneficial_owner_bps=3_000, note="新规", **figures))
    assert await lacks(branch, company) == []
    await branch.do(CloseDay(next_day=date(2026, 1, 6)))
    assert await lacks(branch, company) == [OWNERS]


async def test_a_representative_who_left_represents_nobody(branch: People) -> None:
    company, boss = await complete(branch)
    await branch.do(EndRelationship(party=boss.id, reason="x"))
    assert await lacks(branch, company) == [REPRESENTATIVE, OWNERS]


async def test_a_new_relationship_begins_without_what_the_old_one_had(branch: People) -> None:
    company, boss = await complete(branch)
    await branch.do(EndRelationship(party=company.id, reason="x"))
    outcome = await branch.ask(AskWhetherItMay(party=company.id), dry_run=True)
    assert outcome.error is not None
    assert outcome.error.code == "party.ended"
    await branch.do(ResumeRelationship(party=company.id, reason="x"))
    assert await lacks(branch, company) == [NOT_VERIFIED, OWNERS, INTENT]
    await branch.do(StateNoOwners(company=company.id, reason="x"))
    await branch.do(check(company, boss, held_at=branch.now))
    assert await lacks(branch, company) == [NOT_VERIFIED]


async def test_with_whom_nothing_is_begun_has_no_accounts(branch: People) -> None:
    company, _ = await complete(branch)
    await branch.do(RateRisk(party=company.id, risk=Risk.PROHIBITED, reason="x"))
    outcome = await branch.ask(AskWhetherItMay(party=company.id), dry_run=True)
    assert outcome.error is not None
    assert outcome.error.code == "party.prohibited"


async def test_a_merger_takes_over_what_was_checked_and_stated(branch: People) -> None:
    company, boss = await complete(branch)
    double = await branch.do(
        RegisterParty(
            party_kind=PartyKind.COMPANY,
            name=SEALER.name("晴川光伏科技有限公司", PartyKind.COMPANY),
            representative=boss.id,
        )
    )
    await branch.do(StateNoOwners(company=double.id, reason="x"))
    await branch.do(check(double, boss, held_at=branch.now))
    await branch.do(MergeParties(survivor=company.id, other=double.id, reason="同一家"))
    assert {check.company for check in await branch.rows(IntentCheck)} == {company.id}
    (exemption,) = await branch.rows(OwnerExemption)
    assert (exemption.company, exemption.ended_on) == (company.id, branch.store.states[1].today)
    assert await lacks(branch, company) == []


@pytest.mark.parametrize("kind", [kind for kind in PartyKind if kind is not PartyKind.PERSON])
async def test_every_organisation_needs_the_same(branch: People, kind: PartyKind) -> None:
    party = await branch.do(RegisterParty(party_kind=kind, name=SEALER.name("新城县某某单位", kind)))
    assert await lacks(branch, party) == [NOT_VERIFIED, REPRESENTATIVE, OWNERS, INTENT]


async def test_a_person_needs_to_be_verified(branch: People) -> None:
    person = await branch.person(1)
    assert await lacks(branch, person) == [NOT_VERIFIED]
    document = await branch.do(paper(person))
    await branch.do(VerifyFaceToFace(party=person.id, document=document.id, place="新城支行"))
    assert await lacks(branch, person) == []
