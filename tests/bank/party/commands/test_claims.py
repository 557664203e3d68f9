"""What somebody says of themselves without proof: it binds no number, tells nothing of others, and lapses."""

from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.party.commands import (
    AddListEntry,
    AskSignInCode,
    ChangeParty,
    ChooseSignIn,
    IntroducePerson,
    LetClaimLapse,
    MergeParties,
    RegisterParty,
    ReviewOpening,
    StartOpening,
    TypeSignInCode,
)
from canglian.bank.party.entrance import PersonSession
from canglian.bank.party.model import Colour, Level, OpeningState, Party, PartyKind, PartyState, RemoteOpening, Risk
from tests.bank.party.commands.test_openings import step, walked
from tests.bank.party.people import SEALER, People, identity, subject

HOLDER, CLAIMANT = "13800138000", "13700137000"
CODE = "c" * 64


async def session(branch: People, mobile: str) -> str:
    """Somebody has shown that a mobile is theirs, and nothing else."""
    challenge = f"{int(mobile) + int(branch.now.timestamp()):064x}"
    await branch.do(AskSignInCode(mobile=SEALER.mobile(mobile), challenge=challenge, code=CODE))
    entered = await branch.do(
        TypeSignInCode(challenge=challenge, code=CODE, session=challenge[::-1], device="", minutes=60, lock_minutes=15)
    )
    assert entered.session is not None
    return entered.session


def claim(session: str, name: str = "张无忌", serial: int = 1) -> Any:
    kind = PartyKind.PERSON
    return IntroducePerson(session=session, name=SEALER.name(name, kind), number=SEALER.number(identity(serial), kind))


async def claimed(branch: People, mobile: str, **more: Any) -> Party:
    return await branch.do(claim(await session(branch, mobile), **more))


async def opened(branch: People, party: Party, until: str = "code") -> RemoteOpening:
    """The claimant goes through the steps of an opening."""
    opening = await branch.do(StartOpening(party=party.id, channel="mobile"))
    return await walked(branch, opening, until)


async def test_a_claim_keeps_nobody_from_a_number(branch: People) -> None:
    squatter = await claimed(branch, CLAIMANT)
    assert squatter.claimed_until == branch.now + timedelta(hours=24)
    holder = await claimed(branch, HOLDER, name="欧阳晓燕")
    assert (await opened(branch, holder)).state is OpeningState.ACTIVE
    proven = await branch.get(Party, holder.id)
    assert (proven.level, proven.claimed_until) == (Level.REMOTE, None)


async def test_staff_register_a_number_that_somebody_claims(branch: People) -> None:
    await claimed(branch, CLAIMANT)
    registered = await branch.person(1, mobile=HOLDER)
    assert registered.claimed_until is None
    kind = PartyKind.PERSON
    again = RegisterParty(party_kind=kind, name=SEALER.name("张三丰", kind), number=SEALER.number(identity(1), kind))
    code, fields = await branch.refused(again)
    assert (code, fields["other"]) == ("party.number_taken", registered.id)


async def test_a_number_of_a_known_customer_is_claimed_without_a_word_of_it(branch: People) -> None:
    known = await branch.person(1, mobile=HOLDER)
    of_known = await claimed(branch, CLAIMANT)
    of_nobody = await claimed(branch, "13600136000", serial=2)
    same = {"id", "number_sealed", "number_mask", "number_index", "name_sealed", "mobile_sealed", "mobile_mask"}
    told = [
        {name: getattr(party, name) for name in Party.__struct_fields__ if name not in {*same, "mobile_index"}}
        for party in (of_known, of_nobody)
    ]
    assert told[0] == told[1]
    assert (await branch.get(Party, known.id)) == known


async def test_a_proof_against_a_known_customer_waits_for_an_operator_who_merges(branch: People) -> None:
    known = await branch.person(1, mobile=HOLDER)
    again = await claimed(branch, CLAIMANT)
    opening = await opened(branch, again)
    assert opening.state is OpeningState.REVIEW
    code, fields = await branch.refused(ReviewOpening(opening=opening.id, accepted=True, reason="同一人"))
    assert (code, fields["other"]) == ("party.number_taken", known.id)
    survivor = await branch.do(MergeParties(survivor=known.id, other=again.id, reason="同一人"))
    assert (survivor.number_index, survivor.claimed_until) == (known.number_index, None)
    assert (await branch.get(Party, again.id)).state is PartyState.MERGED


@pytest.mark.parametrize("survives", ["claimed", "known"])
async def test_a_merger_keeps_the_number_that_is_proven(branch: People, survives: str) -> None:
    known = await branch.person(2, mobile=HOLDER)
    other = await claimed(branch, CLAIMANT, serial=1)
    pair = (known, other) if survives == "known" else (other, known)
    survivor = await branch.do(MergeParties(survivor=pair[0].id, other=pair[1].id, reason="同一人"))
    assert (survivor.number_index, survivor.claimed_until) == (known.number_index, None)


async def test_a_claim_lapses_and_may_be_made_anew(branch: People) -> None:
    mine = await session(branch, CLAIMANT)
    party = await branch.do(claim(mine))
    assert (await branch.refused(claim(mine, serial=2)))[0] == "sign_in.known_already"
    assert (await branch.refused(LetClaimLapse(party=party.id)))[0] == "party.claim_not_due"
    branch.now += timedelta(hours=24)
    assert (await branch.refused(StartOpening(party=party.id, channel="mobile")))[0] == "party.number_missing"
    lapsed = await branch.do(LetClaimLapse(party=party.id))
    assert (lapsed.number_sealed, lapsed.number_mask, lapsed.number_index) == (None, None, None)
    assert (await branch.refused(StartOpening(party=party.id, channel="mobile")))[0] == "party.number_missing"
    anew = await branch.do(claim(await session(branch, CLAIMANT), name="赵敏"))
    assert (anew.id, anew.name_mask) == (party.id, "赵*")
    assert anew.claimed_until == branch.now + timedelta(hours=24)
    assert (await opened(branch, anew)).state is OpeningState.ACTIVE


async def test_a_shared_mobile_signs_in_the_first_until_somebody_settles_it(branch: People) -> None:
    first = await branch.person(1, mobile=HOLDER)
    assert (await branch.refused(ChooseSignIn(party=first.id)))[0] == "sign_in.chosen_already"
    branch.now += timedelta(minutes=2)
    second = await branch.person(2, mobile=HOLDER)

    async def signed_in() -> str | None:
        branch.now += timedelta(minutes=2)
        begun = await session(branch, HOLDER)
        return (await branch.get(PersonSession, begun)).party

    assert await signed_in() == first.id
    await branch.do(ChooseSignIn(party=second.id))
    assert [row.party for row in await branch.rows(PersonSession) if row.ended_at is None] == []
    assert await signed_in() == second.id
    await branch.do(ChangeParty(party=second.id, mobile=SEALER.mobile("13500135000")))
    await branch.do(ChangeParty(party=second.id, mobile=SEALER.mobile(HOLDER)))
    assert await signed_in() == first.id, "a mobile that was given up is nobody's choice any more"


async def test_what_is_listed_of_a_number_is_told_to_whoever_shows_it_only(branch: People) -> None:
    await branch.do(AddListEntry(subject=subject(identity(1)), colour=Colour.BLACK, reason="涉诈"))
    party = await claimed(branch, CLAIMANT)
    assert party.risk is Risk.LOW
    await branch.do(AddListEntry(subject=subject(identity(1)), colour=Colour.GREY, reason="待查"))
    assert (await branch.get(Party, party.id)).risk is Risk.LOW
    opening = await opened(branch, party, until="elements")
    assert opening.state is OpeningState.ELEMENTS
    rejected = await branch.do(step("sms", opening.id))
    assert (rejected.state, rejected.outcome) == (OpeningState.REJECTED, "blacklisted")
