"""A voucher is issued, accepted, split, transferred, financed and redeemed, or in default; the ledger explains it."""

import asyncio
import random
from collections.abc import Awaitable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.chain import Voucher, VoucherFinancing, VoucherInvoice, VoucherMove, VoucherState
from canglian.bank.chain.accounts import Pool
from canglian.bank.chain.commands import (
    AcceptVoucher,
    ClaimRecourse,
    CollectVoucher,
    DeclineVoucher,
    FreezeVoucher,
    IssueLongVoucher,
    PayUnclaimed,
    RedeemVouchers,
    UnfreezeVoucher,
)
from canglian.bank.chain.commands.holding import PARTS_MAX
from canglian.bank.credit import Facility, Loan, LoanClass, LoanState
from canglian.bank.credit.loans.commands import WriteOffLoan
from canglian.bank.deposit import FreezeCause, FreezeKind
from canglian.bank.deposit.commands import FreezeAccount, LiftFreeze
from canglian.kernel.command import Status
from canglian.kernel.errors import Rejection
from canglian.ledger.model import Transfer
from tests.bank.chain.chains import MATURES, Chain
from tests.bank.credit.lending import FARM

TODAY = date(2026, 1, 5)


async def test_a_voucher_goes_down_the_chain_and_is_paid_by_the_core_company(chain: Chain) -> None:
    voucher = await chain.accepted()
    facility = await chain.get(Facility, chain.members[0].facility)
    assert facility.room(FARM, TODAY) == 90_000_00
    await chain.explain_chain()
    moved = await chain.do(chain.transferring(voucher, 2, 4_000_00))
    assert (moved.holder, moved.face, moved.state) == (chain.members[2].id, 4_000_00, VoucherState.TRANSFERRED)
    kept = (await chain.parts(voucher))[1]
    assert (kept.holder, kept.face, kept.number) == (chain.members[1].id, 6_000_00, f"{voucher.number}-2")
    await chain.explain_chain()
    # 3,600 at 6 % for 90 days of 360 are 54.00
    financed = await chain.do(chain.financing(moved))
    assert (financed.advance, financed.discount, financed.recourse) == (3_600_00, 54_00, True)
    assert await chain.has(chain.wallets[2]) == 3_546_00
    await chain.explain_chain()
    await chain.funds(0, 10_000_00)
    done = await chain.mature()
    assert (done.redeemed, done.defaulted, done.paid) == (2, 0, 10_000_00)
    assert [await chain.has(wallet) for wallet in chain.wallets] == [0, 6_000_00, 3_946_00, 0]
    facility = await chain.get(Facility, chain.members[0].facility)
    assert facility.used == 0
    earned = {row.date: row.amount for row in await chain.rows(Transfer) if row.code == "chain.earned"}
    assert (len(earned), sum(earned.values()), earned[TODAY]) == (90, 54_00, 60)
    await chain.explain_chain()
    kinds = [row.kind.value for row in await chain.rows(VoucherMove, voucher=moved.id)]
    assert kinds == ["transferred", "financed", "redeemed"]


async def test_an_invoice_is_on_one_voucher_of_the_book_also_when_raced(chain: Chain) -> None:
    asked = chain.issuing()
    outcomes = await asyncio.gather(*(chain.ask(asked) for _ in range(5)))
    assert sorted(outcome.status is Status.APPLIED for outcome in outcomes) == [False] * 4 + [True]
    assert {outcome.error.code for outcome in outcomes if outcome.error} == {"voucher.invoice_used"}
    (voucher,) = await chain.rows(Voucher)
    await chain.do(DeclineVoucher(voucher=voucher.id, reason="数量不符", channel="counter"))
    again = await chain.do(asked)
    (invoice,) = await chain.rows(VoucherInvoice)
    assert invoice.voucher == again.id
    assert (await chain.refused(AcceptVoucher(voucher=voucher.id, channel="counter")))[0] == "voucher.state"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"matures_on": TODAY}, "voucher.term_short"),
        ({"matures_on": date(2026, 7, 6)}, "voucher.term_needs_approval"),
        ({"matures_on": date(2027, 1, 6)}, "voucher.term_long"),
        ({"invoice_total": 9_999_99}, "voucher.invoice_small"),
        ({"invoice_dated": date(2026, 1, 6)}, "voucher.invoice_later"),
    ],
)
async def test_what_no_voucher_is_issued_for(chain: Chain, fields: dict[str, Any], code: str) -> None:
    assert (await chain.refused(chain.issuing(**fields)))[0] == code
    assert not await chain.rows(Voucher)
    assert not await chain.rows(VoucherInvoice)


async def test_beyond_six_months_a_second_person_approves_and_beyond_a_year_nobody(chain: Chain) -> None:
    asked = chain.issuing()
    names = [name for name in IssueLongVoucher.__struct_fields__ if hasattr(asked, name)]
    fields: dict[str, Any] = {name: getattr(asked, name) for name in names}
    fields |= {"matures_on": date(2027, 1, 5), "reason": "电站质保期一年"}
    long = IssueLongVoucher(**fields)
    voucher = await chain.do(long)
    assert (voucher.state, voucher.reason) == (VoucherState.ISSUED, "电站质保期一年")
    fields["matures_on"] = date(2027, 1, 6)
    later = IssueLongVoucher(**fields)
    assert (await chain.refused(later))[0] == "voucher.term_long"


async def test_the_core_company_accepts_no_more_than_its_limit(chain: Chain) -> None:
    await chain.accepted(90_000_00)
    beyond = await chain.do(chain.issuing(10_000_01))
    assert (await chain.refused(AcceptVoucher(voucher=beyond.id, channel="counter")))[0] == "facility.exceeded"
    await chain.explain_chain()


async def test_the_parts_of_a_voucher_sum_up_to_its_face(chain: Chain) -> None:
    voucher = await chain.accepted()
    for parts, code in (
        ((10_000_00,), "voucher.parts_few"),
        ((6_000_00, 4_000_01), "voucher.parts_sum"),
        ((6_000_00, 3_999_99), "voucher.parts_sum"),
    ):
        assert (await chain.refused(chain.splitting(voucher, *parts)))[0] == code
    await chain.do(chain.splitting(voucher, *[500_00] * PARTS_MAX))
    assert [part.face for part in await chain.parts(voucher)] == [500_00] * 20
    assert (await chain.refused(chain.financing(voucher)))[0] == "voucher.state"
    assert (await chain.refused(chain.transferring((await chain.parts(voucher))[0], 2, 500_01)))[0] == (
        "voucher.too_much"
    )
    await chain.explain_chain()


async def test_of_a_split_and_a_financing_in_the_same_instant_exactly_one_wins(chain: Chain) -> None:
    won = set[str]()
    for turn in range(4):
        voucher = await chain.accepted(1_000_00)
        asked: list[Any] = [
            chain.splitting(voucher, 600_00, 400_00),
            chain.financing(voucher),
            chain.financing(voucher, 1_00),
        ]
        outcomes = await asyncio.gather(*(chain.ask(each) for each in asked[turn % 3 :] + asked[: turn % 3]))
        assert [outcome.status for outcome in outcomes].count(Status.APPLIED) == 1
        assert {outcome.error.code for outcome in outcomes if outcome.error} == {"voucher.state"}
        won.add((await chain.voucher(voucher)).state.value)
        await chain.explain_chain()
    assert won <= {"split", "financed"}


async def test_a_core_company_that_cannot_pay_is_in_default_and_the_bank_is_paid_first(chain: Chain) -> None:
    first, second, third = [await chain.accepted(1_000_00) for _ in range(3)]
    await chain.do(chain.financing(third, recourse=False))
    await chain.funds(0, 1_500_00)
    done = await chain.mature()
    assert (done.redeemed, done.defaulted) == (1, 2)
    assert (await chain.voucher(third)).state is VoucherState.REDEEMED
    assert (await chain.voucher(first)).state is (await chain.voucher(second)).state is VoucherState.DEFAULTED
    await chain.explain_chain()
    assert (await chain.refused(CollectVoucher(voucher=first.id)))[0] == "transfer.insufficient_funds"
    await chain.funds(0, 1_000_00)
    assert (await chain.do(CollectVoucher(voucher=first.id))).state is VoucherState.REDEEMED
    assert (await chain.refused(CollectVoucher(voucher=first.id)))[0] == "voucher.state"
    await chain.explain_chain()


async def test_with_recourse_the_supplier_pays_the_advance_back_and_without_it_the_bank_bears_it(chain: Chain) -> None:
    with_it, without, poor = [await chain.accepted(1_000_00) for _ in range(3)]
    await chain.do(chain.transferring(poor, 2))
    await chain.do(chain.financing(with_it))
    await chain.do(chain.financing(without, recourse=False))
    await chain.do(chain.financing(poor))
    await chain.pay(chain.wallets[2].account, chain.vault, await chain.has(chain.wallets[2]))
    assert (await chain.mature()).defaulted == 3
    assert not (await chain.get(VoucherFinancing, with_it.id)).open
    assert await chain.has(chain.wallets[1]) == 2 * (900_00 - 13_50) - 900_00
    assert (await chain.refused(ClaimRecourse(voucher=with_it.id)))[0] == "voucher.not_financed"
    assert (await chain.refused(ClaimRecourse(voucher=without.id)))[0] == "voucher.no_recourse"
    assert (await chain.refused(ClaimRecourse(voucher=poor.id)))[0] == "transfer.insufficient_funds"
    await chain.funds(2, 900_00)
    await chain.do(ClaimRecourse(voucher=poor.id))
    await chain.explain_chain()
    await chain.funds(0, 3_000_00)
    for voucher in (with_it, without, poor):
        await chain.do(CollectVoucher(voucher=voucher.id))
    assert await chain.has(chain.wallets[2]) == 1_000_00
    assert await chain.chain_pool(Pool.BOUGHT) == 0
    await chain.explain_chain()


async def test_a_frozen_voucher_stands_still_and_is_paid_after_it_is_unfrozen(chain: Chain) -> None:
    voucher = await chain.accepted()
    await chain.do(FreezeVoucher(voucher=voucher.id, reason="贸易背景核查"))
    for asked in (chain.financing(voucher), chain.splitting(voucher, 1, 9_999_99), chain.transferring(voucher, 2)):
        assert (await chain.refused(asked))[0] == "voucher.state"
    await chain.funds(0, 10_000_00)
    assert await chain.mature() is None
    await chain.explain_chain()
    assert (await chain.do(RedeemVouchers(vouchers=[voucher.id]))).redeemed == 0
    await chain.do(UnfreezeVoucher(voucher=voucher.id, reason="核查完毕"))
    assert (await chain.mature()).redeemed == 1
    await chain.explain_chain()


async def test_what_a_holders_account_does_not_take_waits_for_it(chain: Chain) -> None:
    voucher = await chain.accepted()
    await chain.funds(0, 10_000_00)
    stopping: dict[str, Any] = {"freeze_kind": FreezeKind.IN, "cause": FreezeCause.RISK, "reason": "核查"}
    freeze = await chain.do(FreezeAccount(account=chain.wallets[1].deposit or "", **stopping))
    await chain.mature()
    after = await chain.voucher(voucher)
    assert (after.state, after.paid, after.unclaimed) == (VoucherState.REDEEMED, 10_000_00, 10_000_00)
    await chain.explain_chain()
    assert (await chain.refused(PayUnclaimed(voucher=voucher.id)))[0] == "deposit_account.frozen_in"
    await chain.do(LiftFreeze(freeze=freeze.id, reason="核查完毕"))
    await chain.do(PayUnclaimed(voucher=voucher.id))
    assert await chain.has(chain.wallets[1]) == 10_000_00
    assert (await chain.refused(PayUnclaimed(voucher=voucher.id)))[0] == "voucher.nothing_unclaimed"
    await chain.explain_chain()


async def test_away_from_the_counter_a_member_signs_with_its_own_pin(chain: Chain) -> None:
    voucher = await chain.do(chain.issuing())
    asked = AcceptVoucher(voucher=voucher.id, channel="mobile")
    assert (await chain.refused(asked))[0] == "voucher.wallet_needed"
    stranger = AcceptVoucher(voucher=voucher.id, channel="mobile", wallet=chain.wallets[1].id, pin=1)
    assert (await chain.refused(stranger))[0] == "voucher.wallet_other"
    unsigned = AcceptVoucher(voucher=voucher.id, channel="api", wallet=chain.wallets[0].id)
    assert (await chain.refused(unsigned))[0] == "wallet_pin.needed"
    signed = AcceptVoucher(voucher=voucher.id, channel="api", wallet=chain.wallets[0].id, pin=1)
    assert (await chain.do(signed)).state is VoucherState.ACCEPTED


@pytest.mark.parametrize("seed", [3, 20, 14])
async def test_random_lives_of_vouchers_are_explained_by_the_ledger_at_every_step(chain: Chain, seed: int) -> None:
    chance, day = random.Random(seed), TODAY
    for _ in range(30):
        vouchers = [row for row in await chain.rows(Voucher) if row.parts == 0]
        asked: list[Awaitable[Any]] = []
        for voucher in chance.choices(vouchers, k=3) if vouchers else ():
            part = chance.choice((None, chance.randrange(1, voucher.face + 1)))
            asked.append(
                chain.ask(
                    chance.choice(
                        (
                            AcceptVoucher(voucher=voucher.id, channel="counter"),
                            chain.financing(voucher, part, recourse=chance.random() < 0.5),
                            chain.financing(voucher, part),
                            chain.transferring(voucher, chance.choice((1, 2, 3)), part),
                            chain.splitting(voucher, part or 1, voucher.face - (part or 1)),
                            FreezeVoucher(voucher=voucher.id, reason="核查"),
                            UnfreezeVoucher(voucher=voucher.id, reason="核查"),
                            ClaimRecourse(voucher=voucher.id),
                            CollectVoucher(voucher=voucher.id),
                        )
                    )
                )
            )
        await asyncio.gather(*asked)
        if chance.random() < 0.3:
            matures_on = day + timedelta(days=chance.choice((3, 20, 60)))
            with suppress(Rejection):
                await chain.accepted(chance.randrange(1_00, 20_000_00), matures_on=matures_on)
        if chance.random() < 0.3:
            day += timedelta(days=chance.choice((1, 7, 30)))
            await chain.funds(0, chance.randrange(1, 15_000_00))
            await chain.mature(day)
        await chain.explain_chain()
    assert {row.state for row in await chain.rows(Voucher)} >= {VoucherState.SPLIT, VoucherState.REDEEMED}


async def test_an_advance_that_nobody_pays_back_is_an_overdue_loan_with_penalty_class_provision_and_write_off(
    chain: Chain,
) -> None:
    without, poor = [await chain.accepted(1_000_00) for _ in range(2)]
    await chain.do(chain.financing(without, recourse=False))
    await chain.do(chain.financing(poor))
    await chain.pay(chain.wallets[1].account, chain.vault, await chain.has(chain.wallets[1]))
    assert (await chain.mature()).defaulted == 2
    loans = [(await chain.get(VoucherFinancing, voucher.id)).loan for voucher in (without, poor)]
    await chain.explain_chain()
    await chain.explain()
    day = MATURES
    for days in (1, 29, 61):
        day += timedelta(days=days)
        await chain.reach(day)
        await chain.explain_chain()
        await chain.explain()
    # 900.00 at 9 % a year by 360 days: 22.5 fen a day, 91 days
    first, second = [await chain.loan(await chain.get(Loan, loan)) for loan in loans]
    assert (first.penalty, first.days_overdue, first.state) == (20_47, 91, LoanState.OVERDUE)
    assert first.risk_class is not LoanClass.NORMAL
    assert first.provision > 0
    assert first.accrual_stopped_on is not None
    # the supplier pays all that is owed of the second, and the core company owes it the face again
    await chain.funds(1, 920_47)
    await chain.do(ClaimRecourse(voucher=poor.id))
    assert (await chain.get(Loan, second.id)).state is LoanState.CLOSED
    assert await chain.has(chain.wallets[1]) == 0
    await chain.explain_chain()
    # the first is written off at last, and recovered when the core company pays
    await chain.reach(day + timedelta(days=400))
    await chain.second(WriteOffLoan(loan=first.id, reason="企业停产"))
    await chain.explain_chain()
    claim = (await chain.get(Loan, first.id)).claim
    assert (await chain.refused(CollectVoucher(voucher=without.id)))[0] == "transfer.insufficient_funds"
    await chain.funds(0, 100_00 + claim)
    await chain.do(CollectVoucher(voucher=without.id))
    assert ((await chain.get(Loan, first.id)).claim, await chain.has(chain.wallets[1])) == (0, 100_00)
    await chain.funds(0, 1_000_00)
    await chain.do(CollectVoucher(voucher=poor.id))
    assert await chain.has(chain.wallets[1]) == 1_100_00
    assert (await chain.get(Facility, chain.members[0].facility)).used == 900_00, "what was written off is not free"
    assert {row.id for row in await chain.rows(Voucher, state=VoucherState.DEFAULTED)} == set()
