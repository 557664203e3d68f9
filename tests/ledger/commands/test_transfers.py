"""Posting one transfer, many, a group, history, and undoing one."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from canglian.kernel import Status
from canglian.kernel.records import Event
from canglian.kernel.values import AMOUNT_MAX
from canglian.ledger import BackdatedEntry, Balance, BalanceMark, Book, Bound, Flag, Release, Reversal, Transfer
from canglian.ledger.book import TOTAL_MAX
from canglian.ledger.commands import (
    CloseDay,
    DefineAsset,
    HistoryLine,
    ImportHistory,
    Line,
    LineError,
    Posted,
    PostTransfer,
    PostTransfers,
    ReverseTransfer,
)
from canglian.ledger.model import MARK_EVERY
from tests.ledger.branch import NOW, TODAY, Branch, plain


def line(debit: int, credit: int, amount: int, **more: Any) -> Line:
    return Line(debit=debit, credit=credit, amount=amount, code="pay", **more)


def past(debit: int, credit: int, amount: int, day: date | None, **more: Any) -> HistoryLine:
    return HistoryLine(debit=debit, credit=credit, amount=amount, code="old", date=day, **more)


def pay(debit: int, credit: int, amount: int, **more: Any) -> PostTransfer:
    return PostTransfer(debit=debit, credit=credit, amount=amount, code="pay", **more)


# -- one ---------------------------------------------------------------------------------------------------------


async def test_a_transfer_moves_money_and_says_what_it_left(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    moved = await branch.pay(ann, bob, 30, reference="r", metadata={"k": "v"}, asset="CNY")
    assert moved == Transfer(
        2, ann, bob, 30, "CNY", "pay", TODAY, NOW, NOW, -70, -30, branch.store.states[1].commands,
        reference="r", metadata={"k": "v"},
    )  # fmt: skip
    assert await branch.get(Transfer, 2) == moved
    assert await branch.get(Balance, ann) == Balance(ann, 30, 100, 0, 0, 2, 2, TODAY, NOW)
    assert await branch.get(Balance, bob) == Balance(bob, 0, 30, 0, 0, 1, 2, TODAY, NOW)
    event: Event = await branch.get(Event, branch.store.states[1].events)
    assert (event.kind, event.subject, event.payload["amount"]) == ("transfer.posted", "transfer:2", 30)


async def test_the_last_fen_can_be_paid_and_no_more(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    assert await branch.refused(pay(ann, bob, 101)) == (
        "transfer.insufficient_funds", {"account": ann, "available": 100, "amount": 101},
    )  # fmt: skip
    await branch.pay(ann, bob, 100)
    assert (await branch.balance(ann), await branch.balance(bob)) == (0, 100)


async def test_an_overdraft_reaches_to_its_floor(branch: Branch) -> None:
    ann, bob = await branch.account(floor=-50), await branch.account()
    assert (await branch.refused(pay(ann, bob, 51)))[1]["available"] == 50
    await branch.pay(ann, bob, 50)
    assert await branch.balance(ann) == -50


async def test_a_ceiling_bounds_what_comes_in(branch: Branch) -> None:
    small = await branch.account(ceiling=2000_00)
    assert await branch.refused(pay(branch.vault, small, 2000_01)) == (
        "transfer.above_ceiling", {"account": small, "room": 2000_00, "amount": 2000_01},
    )  # fmt: skip
    await branch.pay(branch.vault, small, 2000_00)
    assert (await branch.refused(pay(branch.vault, small, 1)))[1]["room"] == 0


async def test_a_debit_account_is_bounded_the_other_way(branch: Branch) -> None:
    till = await branch.account(head="1001", ceiling=80)
    ann = await branch.account(floor=None)
    await branch.pay(till, ann, 80)
    assert await branch.refused(pay(till, ann, 1)) == (
        "transfer.above_ceiling", {"account": till, "room": 0, "amount": 1},
    )  # fmt: skip
    assert await branch.refused(pay(ann, till, 81)) == (
        "transfer.insufficient_funds", {"account": till, "available": 80, "amount": 81},
    )  # fmt: skip
    await branch.pay(ann, till, 80)
    assert await branch.balance(till) == 0


async def test_what_no_transfer_may_be_is_refused(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    await branch.do(DefineAsset(code="PTS:a", name="p", scale=0))
    points = await branch.account(asset="PTS:a")
    for command, code, fields in (
        (pay(ann, ann, 1), "transfer.same_account", {"account": ann}),
        (
            pay(ann, points, 1),
            "transfer.asset_mismatch",
            {"debit": ann, "debit_asset": "CNY", "credit": points, "credit_asset": "PTS:a"},
        ),
        (pay(ann, bob, 1, asset="ECNY"), "transfer.asset_unexpected", {"asset": "CNY", "expected": "ECNY"}),
        (pay(ann, bob, AMOUNT_MAX + 1), "transfer.amount_invalid", {"amount": AMOUNT_MAX + 1, "most": AMOUNT_MAX}),
        (pay(ann, bob, 0), "transfer.amount_invalid", {"amount": 0, "most": AMOUNT_MAX}),
        (
            pay(ann, bob, 1, happened_at=NOW + timedelta(seconds=1)),
            "transfer.in_future",
            {"happened_at": "2026-01-05T01:00:01+00:00", "now": "2026-01-05T01:00:00+00:00"},
        ),
    ):
        assert await branch.refused(command) == (code, fields)
    early = datetime(1, 1, 1, tzinfo=UTC)
    assert (await branch.refused(pay(ann, bob, 1, happened_at=early)))[0] == "transfer.too_early"


async def test_money_bound_to_a_purpose_moves_only_within_it(branch: Branch) -> None:
    rice, other_rice = [await branch.account(purpose="rice", floor=None) for _ in range(2)]
    seed, free = await branch.account(purpose="seed"), await branch.account(funds=10)
    await branch.pay(rice, other_rice, 5)
    for debit, credit, bound in (
        (rice, seed, ("rice", "seed")),
        (rice, free, ("rice", "—")),
        (free, rice, ("—", "rice")),
    ):
        assert await branch.refused(pay(debit, credit, 1)) == (
            "transfer.purpose_mismatch",
            {"debit": debit, "debit_purpose": bound[0], "credit": credit, "credit_purpose": bound[1]},
        )
        posted = await branch.do(PostTransfers(lines=[line(debit, credit, 1)]))
        assert [error.code for error in posted.errors] == ["transfer.purpose_mismatch"]


async def test_a_release_crosses_a_purpose_is_marked_and_can_be_undone(branch: Branch) -> None:
    rice, shop = await branch.account(purpose="rice", floor=None), await branch.account()
    moved = await branch.do(Unbind(debit=rice, credit=shop, amount=9, code="pay"))
    assert moved.flags == Flag.RELEASE
    back = await branch.do(ReverseTransfer(transfer=moved.id))
    assert (back.debit, back.credit, back.amount, back.flags) == (shop, rice, 9, Flag.RELEASE)
    assert await branch.balance(rice) == 0


class Unbind(PostTransfer, kind="test.unbind", frozen=True):
    """What the purpose module of the floor above will do."""

    def decide(self, book: Book) -> Transfer:
        return book.transfer(self.debit, self.credit, self.amount, self.code, release=Release("a rule"))


async def test_a_transfer_that_happened_before_others_is_marked_late(branch: Branch) -> None:
    ann, bob = await branch.account(funds=10), await branch.account()
    branch.later(hours=2)
    await branch.pay(ann, bob, 1)
    late = await branch.pay(ann, bob, 1, happened_at=NOW + timedelta(hours=1))
    assert late.flags == Flag.LATE_DEBIT | Flag.LATE_CREDIT
    assert (late.happened_at, late.booked_at) == (NOW + timedelta(hours=1), branch.now)
    shanghai = datetime.fromisoformat("2026-01-05T11:00:00+08:00")
    on_time = await branch.pay(ann, bob, 1, happened_at=shanghai)
    assert (on_time.flags, on_time.happened_at.utcoffset()) == (0, timedelta(0))


async def test_a_total_past_what_is_kept_is_refused(branch: Branch) -> None:
    ann, bob = await branch.account(floor=None), await branch.account(floor=None)
    branch.change((await branch.get(Balance, ann)).replace(debits=TOTAL_MAX - 5, credits=TOTAL_MAX - 5))
    assert await branch.refused(pay(ann, bob, 6)) == ("account.turnover_exceeded", {"account": ann})
    await branch.pay(ann, bob, 5)


async def test_a_dry_run_is_the_answer_without_the_deed(branch: Branch) -> None:
    ann, bob = await branch.account(funds=10), await branch.account()
    before, lines = branch.trace(), branch.store.states[1].commands
    dry = await branch.ask(pay(ann, bob, 4), dry_run=True)
    assert (dry.result and dry.result.id, dry.result and dry.result.debit_balance, dry.command) == (2, -6, 0)
    assert (branch.trace(), branch.store.states[1].commands) == (before, lines)
    assert (await branch.pay(ann, bob, 4)).id == 2


async def test_a_transfer_that_was_only_tried_is_not_there(branch: Branch) -> None:
    """Somebody asks for transfer 2 before there is one; then it is tried, and still is not there."""
    ann, bob = await branch.account(funds=10), await branch.account()
    missing = ("transfer.not_found", {"transfer": 2})
    assert await branch.refused(ReverseTransfer(transfer=2)) == missing
    await branch.ask(pay(ann, bob, 4), dry_run=True)
    assert await branch.refused(ReverseTransfer(transfer=2)) == missing
    atomic = PostTransfers(lines=[line(ann, bob, 4), line(ann, bob, 7)], atomic=True)
    assert (await branch.refused(atomic))[0] == "transfers.line_refused"
    assert await branch.refused(ReverseTransfer(transfer=2)) == missing
    made = await branch.pay(ann, bob, 4)
    assert (await branch.do(ReverseTransfer(transfer=made.id))).amount == 4


# -- balancing ---------------------------------------------------------------------------------------------------


async def test_a_balancing_transfer_moves_what_is_available(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account(ceiling=70)
    await branch.hold(ann, bob, 20)
    moved = await branch.pay(ann, bob, 1000, balancing=True)
    assert (moved.amount, moved.flags) == (50, Flag.BALANCING)
    assert await branch.refused(pay(ann, bob, 1000, balancing=True)) == (
        "transfer.nothing_available", {"debit": ann, "credit": bob},
    )  # fmt: skip
    cat = await branch.account()
    assert (await branch.pay(ann, cat, 1000, balancing=True)).amount == 30
    assert (await branch.pay(branch.vault, cat, 7, balancing=True)).amount == 7
    with_purpose = await branch.account(purpose="rice")
    assert (await branch.refused(pay(cat, with_purpose, 5, balancing=True)))[0] == "transfer.purpose_mismatch"


async def test_a_balancing_transfer_is_bounded_by_the_side_that_is_asked_for(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account(ceiling=70)
    assert await branch.refused(pay(ann, bob, 1000, balancing=True, bounded_by=Bound.DEBIT)) == (
        "transfer.above_ceiling", {"account": bob, "room": 70, "amount": 100},
    )  # fmt: skip
    assert (await branch.pay(ann, bob, 1000, balancing=True, bounded_by=Bound.CREDIT)).amount == 70
    cat = await branch.account(ceiling=50)
    assert await branch.refused(pay(ann, cat, 1000, balancing=True, bounded_by=Bound.CREDIT)) == (
        "transfer.insufficient_funds", {"account": ann, "available": 30, "amount": 50},
    )  # fmt: skip
    assert (await branch.pay(ann, cat, 1000, balancing=True, bounded_by=Bound.DEBIT)).amount == 30


async def test_an_account_without_limits_bounds_nothing(branch: Branch) -> None:
    ann, free = await branch.account(funds=100), await branch.account(floor=None)
    assert (await branch.pay(ann, free, 1000, balancing=True, bounded_by=Bound.DEBIT)).amount == 100
    assert (await branch.pay(free, ann, 1000, balancing=True, bounded_by=Bound.DEBIT)).amount == 1000
    assert (await branch.pay(ann, free, 7, balancing=True, bounded_by=Bound.CREDIT)).amount == 7


async def test_only_a_balancing_transfer_is_bounded_by_a_side_or_comes_to_nothing(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    assert await branch.refused(pay(ann, bob, 5, bounded_by=Bound.DEBIT)) == (
        "transfer.not_balancing", {"field": "bounded_by"},
    )  # fmt: skip
    assert await branch.refused(PostTransfers(lines=[line(ann, bob, 5, allow_zero=True)], atomic=True)) == (
        "transfers.line_refused",
        {"line": 0, "reason": "transfer.not_balancing", "fields": {"field": "allow_zero"}},
    )
    posted = await branch.do(ImportHistory(lines=[past(ann, bob, 5, None, bounded_by=Bound.CREDIT)]))
    assert [error.code for error in posted.errors] == ["transfer.not_balancing"]


def fill(*movements: tuple[int, int, int], bounded_by: Bound = Bound.BOTH) -> list[Line]:
    return [line(*move, balancing=True, bounded_by=bounded_by, allow_zero=True) for move in movements]


async def test_an_account_is_filled_from_several_others_by_one_group(branch: Branch) -> None:
    """The second has nothing, the fourth is no longer needed."""
    ann, bob, cat, dan = [await branch.account(funds=funds) for funds in (60, 0, 100, 100)]
    purse = await branch.account(ceiling=100)
    posted = await branch.do(
        PostTransfers(lines=fill(*((each, purse, 1000) for each in (ann, bob, cat, dan))), atomic=True)
    )
    assert (posted.posted, posted.refused, posted.skipped, posted.errors) == (2, 0, 2, [])
    assert (posted.transfers, posted.group) == ([4, 0, 5, 0], 4)
    assert [await branch.balance(number) for number in (ann, bob, cat, dan, purse)] == [0, 0, 60, 100, 100]
    again = await branch.do(PostTransfers(lines=fill((ann, purse, 9), (dan, purse, 9)), atomic=True))
    assert (again.posted, again.skipped, again.transfers, again.group) == (0, 2, [0, 0], None)
    assert sorted(branch.store.rows[1][Transfer]) == [1, 2, 3, 4, 5]


async def test_an_exact_amount_is_paid_from_several_accounts_or_not_at_all(branch: Branch) -> None:
    """As docs/guides/post-by-api.md has it: a purse with a ceiling is filled from an account without limits, but for
    what is to be paid."""
    ann, bob, cat = [await branch.account(funds=funds) for funds in (60, 30, 100)]
    purse, free = await branch.account(ceiling=10_000), await branch.account(floor=None)
    shop = await branch.account()

    def paid(amount: int) -> PostTransfers:
        lines = [
            line(free, purse, 10_000 - amount),
            *fill((ann, purse, amount), (bob, purse, amount), (cat, purse, amount)),
            line(purse, free, 10_000 - amount),
            line(purse, shop, amount),
        ]
        return PostTransfers(lines=lines, atomic=True)

    posted = await branch.do(paid(75))
    assert (posted.posted, posted.skipped) == (5, 1)
    assert [await branch.balance(number) for number in (ann, bob, cat, purse, free, shop)] == [0, 15, 100, 0, 0, 75]
    assert await branch.refused(paid(116)) == (
        "transfers.line_refused",
        {
            "line": 5,
            "reason": "transfer.insufficient_funds",
            "fields": {"account": purse, "available": 115, "amount": 116},
        },
    )
    await branch.do(paid(115))
    assert [await branch.balance(number) for number in (ann, bob, cat, purse, free, shop)] == [0, 0, 0, 0, 0, 190]


async def test_what_two_accounts_can_never_move_is_not_skipped(branch: Branch) -> None:
    await branch.do(DefineAsset(code="PTS:a", name="p", scale=0))
    ann, rice = await branch.account(), await branch.account(purpose="rice")
    points = await branch.account(asset="PTS:a")
    for credit in (rice, points, 99, ann):
        code, fields = await branch.refused(PostTransfers(lines=fill((ann, credit, 5)), atomic=True))
        assert code == "transfers.line_refused"
        assert fields["reason"] in ("transfer.nothing_available", "account.not_found", "transfer.same_account")
    posted = await branch.do(PostTransfers(lines=fill((ann, rice, 5), (ann, points, 5))))
    assert (posted.refused, posted.skipped) == (2, 0)


def test_commands_of_before_are_written_and_read_as_they_were() -> None:
    """The log's lines, their hashes and the digests of repeated requests stay as they are."""
    text = b'{"lines":[{"debit":1,"credit":2,"amount":5,"code":"pay","balancing":true}],"atomic":true}'
    read = msgspec.json.decode(text, type=PostTransfers)
    assert msgspec.json.encode(read) == text
    result = b'{"posted":1,"refused":0,"transfers":[1],"group":1}'
    assert msgspec.json.encode(msgspec.json.decode(result, type=Posted)) == result


# -- many --------------------------------------------------------------------------------------------------------


async def test_each_line_has_its_own_outcome(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    lines = [line(ann, bob, 60), line(ann, bob, 60), line(ann, 99, 1), line(bob, ann, 20), line(ann, bob, 60)]
    posted = await branch.do(PostTransfers(lines=lines))
    assert (posted.posted, posted.refused, posted.transfers, posted.group) == (3, 2, [2, 0, 0, 3, 4], None)
    assert [LineError(error.line, error.code, plain(error.code, error.fields)) for error in posted.errors] == [
        LineError(1, "transfer.insufficient_funds", {"account": ann, "available": 40, "amount": 60}),
        LineError(2, "account.not_found", {"account": 99}),
    ]
    assert (await branch.balance(ann), await branch.balance(bob)) == (0, 100)
    assert sorted(branch.store.rows[1][Transfer]) == [1, 2, 3, 4]


async def test_lines_that_are_all_refused_leave_only_their_log_line(branch: Branch) -> None:
    ann, bob = await branch.account(), await branch.account()
    before = branch.trace()
    posted = await branch.do(PostTransfers(lines=[line(ann, bob, 1), line(bob, ann, 1)]))
    assert (posted.posted, posted.refused, posted.transfers) == (0, 2, [0, 0])
    assert branch.trace() == before


async def test_a_group_stands_or_falls_together(branch: Branch) -> None:
    ann, bob, cat = await branch.account(funds=100), await branch.account(), await branch.account()
    good = [line(ann, bob, 60), line(bob, cat, 60)]
    posted = await branch.do(PostTransfers(lines=good, atomic=True))
    assert (posted.transfers, posted.group) == ([2, 3], 2)
    assert [(await branch.get(Transfer, number)).group for number in (1, 2, 3)] == [None, 2, 2]
    assert await branch.refused(PostTransfers(lines=[line(ann, bob, 40), line(bob, cat, 41)], atomic=True)) == (
        "transfers.line_refused",
        {
            "line": 1,
            "reason": "transfer.insufficient_funds",
            "fields": {"account": bob, "available": 40, "amount": 41},
        },
    )
    assert [await branch.balance(number) for number in (ann, bob, cat)] == [40, 0, 60]


async def test_many_at_once_from_a_hot_account_never_pass_its_floor(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    outcomes = await asyncio.gather(*(branch.ask(pay(ann, bob, 7)) for _ in range(30)))
    assert sum(outcome.status is Status.APPLIED for outcome in outcomes) == 14
    assert (await branch.balance(ann), await branch.balance(bob)) == (2, 98)


# -- history -----------------------------------------------------------------------------------------------------


async def test_history_keeps_its_own_dates(branch: Branch) -> None:
    ann, bob = await branch.account(), await branch.account()
    then = datetime(2025, 12, 30, 17, tzinfo=UTC)  # one in the morning of the 31st in Shanghai
    lines = [
        past(branch.vault, ann, 50, date(2025, 3, 1), happened_at=datetime(2025, 3, 1, 4, tzinfo=UTC)),
        past(ann, bob, 20, None, happened_at=then),
    ]
    posted = await branch.do(ImportHistory(lines=lines))
    assert (posted.posted, posted.refused) == (2, 0)
    first, second = [await branch.get(Transfer, number) for number in posted.transfers]
    assert (first.date, first.flags, first.booked_at) == (date(2025, 3, 1), Flag.IMPORTED, NOW)
    assert (second.date, second.happened_at) == (date(2025, 12, 31), then)
    assert (await branch.get(Balance, ann)).date == date(2025, 12, 31)
    assert (await branch.pay(branch.vault, ann, 1)).date == TODAY


async def test_history_neither_goes_back_within_an_account_nor_ahead_of_today(branch: Branch) -> None:
    ann, bob, cat = [await branch.account(floor=None) for _ in range(3)]
    lines = [
        past(ann, bob, 1, date(2025, 5, 2)),
        past(cat, bob, 1, date(2025, 5, 1)),
        past(ann, cat, 1, date(2026, 1, 6)),
        past(ann, cat, 1, date(1899, 1, 1)),
        past(ann, bob, 1, date(2025, 5, 2)),
        past(ann, bob, 1, None, happened_at=datetime.max.replace(tzinfo=UTC)),
        past(ann, bob, 1, None, happened_at=datetime.min.replace(tzinfo=UTC)),
    ]
    posted = await branch.do(ImportHistory(lines=lines))
    assert posted.transfers == [2 - 1, 0, 0, 0, 2, 0, 0]
    assert [(error.line, error.code) for error in posted.errors] == [
        (1, "history.out_of_order"),
        (2, "history.date_in_future"),
        (3, "history.out_of_order"),
        (5, "transfer.in_future"),
        (6, "transfer.too_early"),
    ]
    assert posted.errors[0].fields == {"account": bob, "last": "2025-05-02", "date": "2025-05-01"}


async def test_late_history_is_booked_on_its_date_but_neither_in_the_future_nor_before_all_time(branch: Branch) -> None:
    ann, bob = await branch.account(), await branch.account(floor=None)
    days = [date(2025, 5, 2), date(2025, 5, 1), date(2025, 5, 3), date(2026, 1, 6), date(1899, 1, 1)]
    posted = await branch.do(ImportHistory(lines=[past(bob, ann, 1, day) for day in days], late=True))
    assert [(error.line, error.code) for error in posted.errors] == [
        (3, "history.date_in_future"),
        (4, "history.out_of_order"),
    ]
    assert [t.date for t in branch.store.rows[1][Transfer].values()] == days[:3]
    late = [(e.account, e.transfer, e.date, e.until) for e in branch.store.rows[1][BackdatedEntry].values()]
    assert sorted(late) == [(number, 2, days[1], days[0]) for number in sorted((ann, bob))]


async def test_a_mark_is_left_at_every_change_of_day_and_every_thousand_entries(branch: Branch) -> None:
    ann = await branch.account()
    await branch.do(PostTransfers(lines=[line(branch.vault, ann, 1)] * (MARK_EVERY + 5)))
    await branch.do(CloseDay(next_day=date(2026, 1, 6)))
    await branch.pay(branch.vault, ann, 1)
    marks = [mark for mark in branch.store.rows[1][BalanceMark].values() if mark.account == ann]
    assert [(mark.date, mark.entries, mark.credits, mark.transfer) for mark in marks] == [
        (TODAY, MARK_EVERY, MARK_EVERY, MARK_EVERY),
        (TODAY, MARK_EVERY + 5, MARK_EVERY + 5, MARK_EVERY + 5),
    ]


# -- reversal ----------------------------------------------------------------------------------------------------


async def test_a_transfer_is_undone_by_a_linked_one_and_at_most_once(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    first = await branch.pay(ann, bob, 30, reference="r")
    back = await branch.do(ReverseTransfer(transfer=first.id, reason="wrong account"))
    assert (back.debit, back.credit, back.amount, back.reverses, back.reference, back.metadata) == (
        bob, ann, 30, first.id, "r", {"reason": "wrong account"},
    )  # fmt: skip
    assert await branch.get(Reversal, first.id) == Reversal(first.id, back.id)
    assert (await branch.balance(ann), await branch.balance(bob)) == (100, 0)
    assert await branch.refused(ReverseTransfer(transfer=first.id)) == (
        "transfer.already_reversed", {"transfer": first.id, "reversed_by": back.id},
    )  # fmt: skip
    assert await branch.refused(ReverseTransfer(transfer=back.id)) == ("transfer.is_reversal", {"transfer": back.id})
    assert await branch.refused(ReverseTransfer(transfer=77)) == ("transfer.not_found", {"transfer": 77})


async def test_two_reversals_in_one_batch_happen_once(branch: Branch) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    first = await branch.pay(ann, bob, 30)
    asked = (branch.ask(ReverseTransfer(transfer=first.id)) for _ in range(5))
    outcomes = await asyncio.gather(*asked)
    assert [outcome.status for outcome in outcomes].count(Status.APPLIED) == 1
    assert await branch.balance(ann) == 100


async def test_money_that_was_spent_cannot_be_taken_back(branch: Branch) -> None:
    ann, bob, cat = await branch.account(funds=100), await branch.account(), await branch.account()
    first = await branch.pay(ann, bob, 30)
    await branch.pay(bob, cat, 25)
    assert await branch.refused(ReverseTransfer(transfer=first.id)) == (
        "transfer.insufficient_funds", {"account": bob, "available": 5, "amount": 30},
    )  # fmt: skip


# -- repeating ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["one", "many", "group", "history", "reverse"])
async def test_a_repeated_command_answers_the_same_and_changes_nothing(branch: Branch, kind: str) -> None:
    ann, bob = await branch.account(funds=100), await branch.account()
    lines = [line(ann, bob, 5, metadata={"b": "1", "a": "2"}, happened_at=NOW), line(ann, bob, 500)]
    command: Any = {
        "one": pay(ann, bob, 5, reference="r", happened_at=NOW),
        "many": PostTransfers(lines=lines),
        "group": PostTransfers(lines=lines[:1], atomic=True),
        "history": ImportHistory(lines=[past(ann, bob, 3, TODAY), past(ann, bob, 3, date(2020, 1, 1))]),
        "reverse": ReverseTransfer(transfer=1),
    }[kind]
    first = await branch.ask(command, key="k")
    before = branch.trace()
    again = await branch.ask(command, key="k")
    assert first.status is Status.APPLIED
    assert (again.result, again.command, again.replayed) == (first.result, first.command, True)
    assert branch.trace() == before
