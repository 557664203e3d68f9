"""Reserving money, taking it in parts, letting it go, and its expiry."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canglian.kernel import Command, Rejection, Status
from canglian.ledger import AccountState, Balance, Book, Hold, HoldState, Release
from canglian.ledger.book import TOTAL_MAX
from canglian.ledger.commands import CaptureHold, ExpireHold, HoldFunds, PostTransfer, ReleaseHold, SetAccountState
from tests.ledger.branch import NOW, Branch


def reserve(debit: int, credit: int, amount: int, **more: Any) -> HoldFunds:
    return HoldFunds(debit=debit, credit=credit, amount=amount, code="hold", **more)


def pay(debit: int, credit: int, amount: int) -> PostTransfer:
    return PostTransfer(debit=debit, credit=credit, amount=amount, code="pay")


async def test_a_hold_reserves_on_both_sides_and_moves_nothing(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account(ceiling=100)
    hold = await branch.hold(ann, shop, 60, reference="r", metadata={"k": "v"})
    assert hold == Hold(
        1, ann, shop, 60, 0, "CNY", "hold", HoldState.PENDING, "r", {"k": "v"}, None, NOW, NOW
    )  # fmt: skip
    assert await branch.get(Hold, 1) == hold
    assert (await branch.held(ann), await branch.held(shop)) == ((60, 0), (0, 60))
    assert (await branch.balance(ann), await branch.balance(shop)) == (100, 0)


async def test_what_is_held_cannot_be_spent_held_again_or_filled_up(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account(ceiling=100)
    cat = await branch.account()
    await branch.hold(ann, shop, 60)
    for command in (pay(ann, cat, 41), reserve(ann, cat, 41)):
        assert await branch.refused(command) == (
            "transfer.insufficient_funds", {"account": ann, "available": 40, "amount": 41},
        )  # fmt: skip
    for command in (pay(branch.vault, shop, 41), reserve(branch.vault, shop, 41)):
        assert await branch.refused(command) == (
            "transfer.above_ceiling", {"account": shop, "room": 40, "amount": 41},
        )  # fmt: skip
    await branch.pay(ann, cat, 40)
    await branch.pay(branch.vault, shop, 40)


async def test_holds_on_debit_accounts_count_the_other_way(branch: Branch) -> None:
    till = await branch.account(head="1001", ceiling=100)
    ann = await branch.account(funds=200)
    await branch.pay(till, ann, 50)
    await branch.hold(till, ann, 30)  # more cash is expected
    assert (await branch.refused(pay(till, ann, 21)))[1]["room"] == 20
    await branch.hold(ann, till, 45)  # cash is promised
    assert (await branch.refused(pay(ann, till, 6)))[1] == {"account": till, "available": 5, "amount": 6}


async def test_a_hold_is_captured_in_parts_and_ends_with_the_last(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    hold = await branch.hold(ann, shop, 60, reference="r", metadata={"k": "v"})
    branch.later(minutes=1)
    first = await branch.do(CaptureHold(hold=hold.id, amount=25))
    assert (first.debit, first.credit, first.amount, first.hold, first.reference, first.metadata) == (
        ann, shop, 25, hold.id, "r", {"k": "v"},
    )  # fmt: skip
    now: Hold = await branch.get(Hold, hold.id)
    assert (now.captured, now.state, now.remaining, now.updated_at) == (25, HoldState.PENDING, 35, branch.now)
    assert await branch.held(ann) == (35, 0)
    assert await branch.refused(CaptureHold(hold=hold.id, amount=36)) == (
        "hold.exceeded", {"hold": hold.id, "remaining": 35, "amount": 36},
    )  # fmt: skip
    last = await branch.do(CaptureHold(hold=hold.id, reference="other"))
    assert (last.amount, last.reference) == (35, "other")
    ended: Hold = await branch.get(Hold, hold.id)
    assert (ended.captured, ended.state, ended.remaining) == (60, HoldState.CAPTURED, 0)
    assert (await branch.held(ann), await branch.held(shop)) == ((0, 0), (0, 0))
    assert (await branch.balance(ann), await branch.balance(shop)) == (40, 60)
    for command in (CaptureHold(hold=hold.id), ReleaseHold(hold=hold.id)):
        assert await branch.refused(command) == ("hold.not_pending", {"hold": hold.id, "state": "captured"})


async def test_a_final_capture_lets_the_rest_go(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    hold = await branch.hold(ann, shop, 60)
    await branch.do(CaptureHold(hold=hold.id, amount=25, final=True))
    ended: Hold = await branch.get(Hold, hold.id)
    assert (ended.captured, ended.state) == (25, HoldState.CAPTURED)
    assert (await branch.held(ann), await branch.balance(ann)) == ((0, 0), 75)
    await branch.pay(ann, shop, 75)


async def test_captures_that_race_take_no_more_than_the_hold(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    hold = await branch.hold(ann, shop, 60)
    outcomes = await asyncio.gather(*(branch.ask(CaptureHold(hold=hold.id)) for _ in range(8)))
    assert [outcome.status for outcome in outcomes].count(Status.APPLIED) == 1
    assert {outcome.error.code for outcome in outcomes if outcome.error} == {"hold.not_pending"}
    assert (await branch.balance(shop), await branch.held(shop)) == (60, (0, 0))
    partly = await branch.hold(ann, shop, 40)
    outcomes = await asyncio.gather(*(branch.ask(CaptureHold(hold=partly.id, amount=15)) for _ in range(4)))
    assert [outcome.status for outcome in outcomes].count(Status.APPLIED) == 2
    assert (await branch.balance(ann), await branch.held(ann)) == (10, (10, 0))


async def test_a_released_hold_gives_everything_back(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    hold = await branch.hold(ann, shop, 60)
    await branch.do(CaptureHold(hold=hold.id, amount=10))
    released = await branch.do(ReleaseHold(hold=hold.id))
    assert (released.state, released.captured, released.remaining) == (HoldState.RELEASED, 10, 0)
    assert (await branch.held(ann), await branch.held(shop)) == ((0, 0), (0, 0))
    for command in (CaptureHold(hold=hold.id), ReleaseHold(hold=hold.id), ExpireHold(hold=hold.id)):
        assert await branch.refused(command) == ("hold.not_pending", {"hold": hold.id, "state": "released"})
    assert await branch.refused(ReleaseHold(hold=9)) == ("hold.not_found", {"hold": 9})


async def test_an_expired_hold_is_not_captured_and_reserves_until_it_is_let_go(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    ends = NOW + timedelta(hours=1)
    hold = await branch.hold(ann, shop, 60, expires_at=ends)
    assert await branch.refused(ExpireHold(hold=hold.id)) == ("hold.not_due", {"hold": hold.id})
    branch.now = ends - timedelta(microseconds=1)
    await branch.do(CaptureHold(hold=hold.id, amount=10))
    branch.now = ends
    assert await branch.refused(CaptureHold(hold=hold.id, amount=10)) == (
        "hold.expired", {"hold": hold.id, "expires_at": ends.isoformat()},
    )  # fmt: skip
    assert (await branch.refused(pay(ann, shop, 41)))[1]["available"] == 40
    expired = await branch.do(ExpireHold(hold=hold.id))
    assert (expired.state, expired.captured) == (HoldState.EXPIRED, 10)
    assert (await branch.held(ann), await branch.balance(ann)) == ((0, 0), 90)
    forever = await branch.hold(ann, shop, 1)
    assert (await branch.refused(ExpireHold(hold=forever.id)))[0] == "hold.not_due"


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        (NOW, "hold.expires_in_past"),
        (datetime(1, 1, 1, tzinfo=UTC), "hold.expires_in_past"),
        (datetime.max.replace(tzinfo=UTC), "hold.expires_too_late"),
    ],
)
async def test_a_hold_expires_at_an_instant_to_come(branch: Branch, instant: datetime, code: str) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    assert (await branch.refused(reserve(ann, shop, 1, expires_at=instant)))[0] == code


async def test_a_hold_is_refused_as_its_transfer_would_be(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    rice = await branch.account(purpose="rice")
    coins = await branch.account(asset="ECNY")
    for command, code in (
        (reserve(ann, shop, 101), "transfer.insufficient_funds"),
        (reserve(ann, ann, 1), "transfer.same_account"),
        (reserve(ann, rice, 1), "transfer.purpose_mismatch"),
        (reserve(ann, coins, 1), "transfer.asset_mismatch"),
        (reserve(ann, shop, 1, asset="ECNY"), "transfer.asset_unexpected"),
        (reserve(ann, 99, 1), "account.not_found"),
    ):
        assert (await branch.refused(command))[0] == code


async def test_holds_past_what_is_kept_are_refused(branch: Branch) -> None:
    ann, shop = await branch.account(floor=None), await branch.account(floor=None)
    for side, number in (("debits_held", ann), ("credits_held", shop)):
        whole: Balance = await branch.get(Balance, number)
        branch.change(whole.replace(**{side: TOTAL_MAX - 5}))
        assert await branch.refused(reserve(ann, shop, 6)) == ("account.turnover_exceeded", {"account": number})
        branch.change(whole)
    await branch.hold(ann, shop, 6)


class HoldForPurpose(HoldFunds, kind="test.hold_for_purpose", frozen=True):
    """What the purpose module of the floor above will do."""

    def decide(self, book: Book) -> Hold:
        return book.hold(self.debit, self.credit, self.amount, self.code, release=Release("a rule"))


class CaptureMany(Command[int], kind="test.capture_many"):
    """A use case of a floor above: what is refused is left out, the others are captured."""

    holds: list[int]
    amount: int

    def decide(self, book: Book) -> int:
        done = 0
        for hold in self.holds:
            try:
                book.capture(hold, self.amount)
            except Rejection:
                continue
            done += 1
        return done


async def test_a_released_purpose_stays_released_for_its_captures(branch: Branch) -> None:
    rice, shop = await branch.account(purpose="rice", floor=None), await branch.account()
    hold = await branch.do(HoldForPurpose(debit=rice, credit=shop, amount=10, code="hold"))
    moved = await branch.do(CaptureHold(hold=hold.id, amount=4))
    assert (moved.amount, moved.flags) == (4, 4)


async def test_a_capture_that_is_refused_leaves_nothing_even_inside_a_larger_decision(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    blocked = await branch.account(floor=None)
    first = await branch.hold(ann, shop, 20)
    second = await branch.hold(branch.vault, blocked, 20)
    third = await branch.hold(ann, shop, 20)
    await branch.do(SetAccountState(account=blocked, state=AccountState.FROZEN, reason="x"))
    assert await branch.do(CaptureMany(holds=[first.id, second.id, third.id], amount=5)) == 2
    assert await branch.held(ann) == (30, 0)
    assert (await branch.held(blocked), await branch.held(branch.vault)) == ((0, 20), (20, 0))
    assert (await branch.get(Hold, second.id)).captured == 0
    assert await branch.balance(shop) == 10


async def test_a_repeated_capture_with_its_key_takes_once(branch: Branch) -> None:
    ann, shop = await branch.account(funds=100), await branch.account()
    hold = await branch.hold(ann, shop, 60)
    first = await branch.ask(CaptureHold(hold=hold.id, amount=10), key="k")
    again = await branch.ask(CaptureHold(hold=hold.id, amount=10), key="k")
    assert (again.result, again.replayed) == (first.result, True)
    assert await branch.balance(shop) == 10
