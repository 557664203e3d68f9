"""Seeing, handing out, erasing and merging the data of people by the approval of others, on the book itself."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec
import pytest

from canglian.bank.approval import Book, ProposalState
from canglian.bank.approval.commands import ConfirmProposal, ExpireProposal
from canglian.bank.party.commands import (
    EndRelationship,
    EraseParty,
    ExportPersonalData,
    MergeParties,
    ReadUnmasking,
    UnmaskParty,
)
from canglian.bank.party.model import Field, Party, PartyState, Unmasking
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from canglian.ledger.commands import CloseDay
from tests.bank.approval.office import Office
from tests.bank.party.people import People, identity

GRAVE = ("party.unmask", "party.export", "party.erase", "party.merge")


class Bureau(Office, People):
    """An office where one approver votes on whatever is grave about people; 欧阳晓燕 is known there."""

    async def open(self) -> "Bureau":
        await super().open()
        for kind in GRAVE:
            await self.policy(code=kind.replace(".", "-"), kind=kind, asset=None)
        self.party = await self.person(1, mobile="13800138000")
        return self

    def unmasking(self, **more: Any) -> UnmaskParty:
        return UnmaskParty(**{"party": self.party.id, "fields": [Field.NAME, Field.NUMBER], "reason": "核实", **more})

    async def allowed(self) -> Unmasking:
        """An unmasking of ann's that chen has approved."""
        filed = await self.file(self.unmasking())
        done = await self.approve(filed.id, "chen")
        assert done.outcome is not None
        return await self.get(Unmasking, done.outcome.removeprefix("unmasking:"))

    async def told_to(self, login: str, unmasking: Unmasking) -> str:
        return await self.refused_to(login, ReadUnmasking(unmasking=unmasking.id))


@pytest.fixture
async def bureau() -> AsyncIterator[Bureau]:
    running = await Bureau().open()
    yield running
    await running.engine.stop()


async def test_what_a_policy_covers_is_refused_to_who_asks_directly_whatever_the_role(bureau: Bureau) -> None:
    other = await bureau.person(None, mobile="13800138000")
    asked = [
        bureau.unmasking(),
        ExportPersonalData(party=bureau.party.id, reason="x"),
        EraseParty(party=bureau.party.id, reason="x"),
        MergeParties(survivor=bureau.party.id, other=other.id, reason="x"),
    ]
    assert [command.__kind__ for command in asked] == list(GRAVE)
    for command in asked:
        for login in ("ann", "chen", "fu"):
            assert await bureau.refused_to(login, command) == "approval.required"


async def test_those_who_vote_see_a_mask_an_id_the_fields_and_the_reason(bureau: Bureau) -> None:
    proposal = await bureau.proposal((await bureau.file(bureau.unmasking())).id)
    assert proposal.subject == f"party:{bureau.party.id}"
    assert [(fact.label, fact.value, fact.note) for fact in proposal.facts] == [
        ("Party", bureau.party.id, "欧***"),
        ("State", "active", None),
        ("To be seen", "field.name", None),
        ("To be seen", "field.number", None),
        ("Reason", "核实", None),
    ]
    stored = msgspec.json.encode(proposal).decode()
    for plain in ("欧阳晓燕", identity(1), "13800138000"):
        assert plain not in stored


async def test_its_maker_and_nobody_else_reads_what_was_approved_and_every_look_is_told(bureau: Bureau) -> None:
    filed = await bureau.file(bureau.unmasking(), login="fu")
    assert await bureau.approval_refused(filed.id, "fu") == "approval.own"
    done = await bureau.approve(filed.id, "chen")
    unmasking = await bureau.get(Unmasking, str(done.outcome).removeprefix("unmasking:"))
    assert (unmasking.by, unmasking.fields, unmasking.at) == ("user:fu", [Field.NAME, Field.NUMBER], bureau.now)
    for login in ("chen", "ann"):
        assert await bureau.told_to(login, unmasking) == "unmasking.not_found"
    for _ in range(2):
        assert (await bureau.by("fu", ReadUnmasking(unmasking=unmasking.id))).unwrap() == unmasking
    read = {"party": bureau.party.id, "unmasking": unmasking.id}
    assert [event for event in bureau.emitted() if event[0] == "party.unmasking_read"] == [
        ("party.unmasking_read", read)
    ] * 2


async def test_the_time_to_read_runs_from_the_last_vote_and_ends(bureau: Bureau) -> None:
    filed = await bureau.file(bureau.unmasking())
    bureau.later(hours=5)
    done = await bureau.approve(filed.id, "chen")
    read = ReadUnmasking(unmasking=str(done.outcome).removeprefix("unmasking:"))
    bureau.later(minutes=10)
    (await bureau.by("ann", read)).unwrap()
    bureau.later(seconds=1)
    assert await bureau.refused_to("ann", read) == "unmasking.over"


async def test_a_proposal_that_expired_lets_nobody_see_anything(bureau: Bureau) -> None:
    filed = await bureau.file(bureau.unmasking())
    bureau.later(hours=72)
    assert await bureau.approval_refused(filed.id, "chen") == "proposal.expired"
    await bureau.do(ExpireProposal(proposal=filed.id))
    assert await bureau.rows(Unmasking) == []


async def test_who_was_erased_meanwhile_is_neither_approved_nor_confirmed_nor_read(bureau: Bureau) -> None:
    await bureau.do(EndRelationship(party=bureau.party.id, reason="x"))
    await bureau.do(CloseDay(next_day=date(2036, 1, 5)))
    seen = await bureau.allowed()
    waiting = await bureau.file(bureau.unmasking())
    erasing = await bureau.file(EraseParty(party=bureau.party.id, reason="到期"))
    facts = (await bureau.proposal(erasing.id)).facts
    assert [fact.value for fact in facts if fact.kind == "day"] == ["2026-01-05", "2036-01-05"]
    assert (await bureau.approve(erasing.id, "chen")).state is ProposalState.APPROVED
    assert (await bureau.get(Party, bureau.party.id)).state is PartyState.ERASED
    assert await bureau.approval_refused(waiting.id, "chen") == "approval.object_changed"
    assert await bureau.refused_to("ann", ConfirmProposal(proposal=waiting.id)) == "party.erased"
    assert await bureau.told_to("ann", seen) == "party.erased"
    assert await bureau.refused_to("ann", bureau.filing(bureau.unmasking())) == "party.erased"


async def test_who_was_merged_by_approval_is_not_read_under_the_old_id(bureau: Bureau) -> None:
    seen = await bureau.allowed()
    other = await bureau.person(None, name="欧阳燕", mobile="13800138000")
    filed = await bureau.file(MergeParties(survivor=other.id, other=bureau.party.id, reason="同一人"))
    assert [fact.note for fact in (await bureau.proposal(filed.id)).facts if fact.kind == "party"] == ["欧**", "欧***"]
    done = await bureau.approve(filed.id, "dai")
    assert (done.state, done.outcome) == (ProposalState.APPROVED, f"party:{other.id}")
    assert await bureau.told_to("ann", seen) == "party.merged"


async def test_an_export_is_read_by_its_maker(bureau: Bureau) -> None:
    filed = await bureau.file(ExportPersonalData(party=bureau.party.id, reason="本人申请"))
    done = await bureau.approve(filed.id, "chen")
    read = ReadUnmasking(unmasking=str(done.outcome).removeprefix("unmasking:"))
    assert (await bureau.by("ann", read)).unwrap().exported
    assert await bureau.refused_to("chen", read) == "unmasking.not_found"


@pytest.mark.parametrize("cache", [500_000, 2])
async def test_a_life_with_unmaskings_by_approval_replays(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    bureau = Bureau(store)
    bureau.engine._limits["cache_max"] = cache
    await bureau.open()
    bureau.trace = lambda: None  # what is stored lies in the database
    assert await bureau.refused_to("fu", bureau.unmasking()) == "approval.required"
    seen = await bureau.allowed()
    (await bureau.by("ann", ReadUnmasking(unmasking=seen.id))).unwrap()
    assert await bureau.told_to("chen", seen) == "unmasking.not_found"
    other = await bureau.person(None, mobile="13800138000")
    merging = await bureau.file(MergeParties(survivor=bureau.party.id, other=other.id, reason="同一人"))
    await bureau.approve(merging.id, "dai")
    bureau.later(minutes=11)
    assert await bureau.told_to("ann", seen) == "unmasking.over"
    await bureau.engine.stop()

    assert (await verify(Reader(store.pool), 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    assert (replayed.rows["proposal"], replayed.rows["unmasking"], replayed.rows["party"]) == (2, 1, 2)
