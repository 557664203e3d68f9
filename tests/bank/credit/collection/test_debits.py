"""What falls due is taken out of agreed wallets once a day, never below what is to be left in them."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.credit.collection.commands import AddCollectionPolicy, AgreeDebit, DebitLoan, EndDebit
from canglian.bank.credit.collection.model import DebitAgreement, DebitAttempt, DebitReason
from canglian.bank.credit.loans.model import Loan
from canglian.bank.party import Party
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.commands import LockWallet
from canglian.bank.wallet.model import LockedBy
from tests.bank.credit.lending import Lending

TODAY = date(2026, 1, 5)
DUE = date(2026, 2, 5)
INSTALMENT = 8_606_64


def agreeing(loan: Loan, wallet: Wallet, floor: int = 0, **fields: Any) -> AgreeDebit:
    asked: dict[str, Any] = {"channel": "mobile", "pin": 1, **fields}
    return AgreeDebit(loan=loan.id, wallet=wallet.id, floor=floor, **asked)


async def another(branch: Lending, wallet: Wallet) -> Wallet:
    """Another e-wallet of the same person."""
    account = await branch.counter(await branch.get(Party, wallet.party), "deposit.class2")
    return await branch.do(await branch.opening("wallet.ewallet", party=wallet.party, deposit=account.id))


async def test_what_falls_due_is_taken_on_the_day_and_once(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    agreement = await branch.do(agreeing(loan, wallet, 50_00))
    assert (agreement.wallets, agreement.active, agreement.agreed_on) == ((wallet.id,), wallet.party, TODAY)
    await branch.reach(DUE)
    done = await branch.do(DebitLoan(loan=loan.id, on=DUE))
    assert (done.due, done.taken, done.reason) == (INSTALMENT, INSTALMENT, DebitReason.TAKEN)
    assert await branch.has(wallet) == 100_000_00 - INSTALMENT
    again = await branch.do(DebitLoan(loan=loan.id, on=DUE))
    assert again.id == done.id
    assert await branch.has(wallet) == 100_000_00 - INSTALMENT
    assert (await branch.loan(loan)).owed_now == 0
    await branch.explain()
    await branch.reach(DUE + timedelta(days=1))
    assert (await branch.refused(DebitLoan(loan=loan.id, on=DUE)))[0] == "debit_attempt.day"
    assert (await branch.refused(DebitLoan(loan=loan.id, on=DUE + timedelta(days=1))))[0] == "loan.nothing_due"


async def test_a_part_is_taken_down_to_the_floor_and_the_rest_on_the_next_day(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.do(agreeing(loan, wallet, 95_000_00))
    await branch.reach(DUE)
    done = await branch.do(DebitLoan(loan=loan.id, on=DUE))
    assert (done.taken, done.reason, await branch.has(wallet)) == (5_000_00, DebitReason.PART, 95_000_00)
    await branch.reach(DUE + timedelta(days=1))
    short = await branch.do(DebitLoan(loan=loan.id, on=DUE + timedelta(days=1)))
    assert (short.taken, short.reason, await branch.has(wallet)) == (0, DebitReason.FLOOR, 95_000_00)
    assert len(await branch.rows(DebitAttempt)) == 2
    await branch.explain()


async def test_wallets_pay_in_their_order_and_a_locked_one_nothing(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    second = await another(branch, wallet)
    await branch.send(wallet, second, 5_000_00)
    await branch.do(agreeing(loan, wallet, second=second.id))
    await branch.do(LockWallet(wallet=wallet.id, locked_by=LockedBy.BANK, reason="可疑"))
    await branch.reach(DUE)
    done = await branch.do(DebitLoan(loan=loan.id, on=DUE))
    assert [(part.taken, part.reason) for part in done.parts] == [
        (0, DebitReason.STOPPED),
        (5_000_00, DebitReason.PART),
    ]
    assert (done.taken, await branch.has(wallet), await branch.has(second)) == (5_000_00, 95_000_00, 0)
    await branch.explain()


async def test_an_agreement_counts_from_the_next_day_until_it_ends(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.reach(DUE)
    assert (await branch.refused(DebitLoan(loan=loan.id, on=DUE)))[0] == "debit_agreement.none"
    first = await branch.do(agreeing(loan, wallet))
    assert (await branch.refused(DebitLoan(loan=loan.id, on=DUE)))[0] == "debit_agreement.tomorrow"
    other = await branch.do(agreeing(loan, wallet, 10_00))
    assert (await branch.get(DebitAgreement, first.id)).active is None
    await branch.do(EndDebit(debit_agreement=other.id, channel="counter"))
    assert (await branch.refused(EndDebit(debit_agreement=other.id, channel="counter")))[0] == "debit_agreement.ended"
    await branch.reach(DUE + timedelta(days=1))
    assert (await branch.refused(DebitLoan(loan=loan.id, on=DUE + timedelta(days=1))))[0] == "debit_agreement.none"
    assert await branch.has(wallet) == 100_000_00
    assert await branch.rows(DebitAttempt) == []


async def test_loans_that_share_a_wallet_leave_its_highest_floor(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    facility = await branch.signed(wallet, 200_000_00)
    one = await branch.do(branch.drawing(facility, wallet, 100_000_00))
    two = await branch.do(branch.drawing(facility, wallet, 100_000_00))
    await branch.do(agreeing(one, wallet, 100_00))
    await branch.do(agreeing(two, wallet, 190_000_00))
    await branch.reach(DUE)
    await branch.do(DebitLoan(loan=one.id, on=DUE))
    done = await branch.do(DebitLoan(loan=two.id, on=DUE))
    assert (done.taken, done.reason) == (10_000_00 - INSTALMENT, DebitReason.PART)
    assert await branch.has(wallet) == 190_000_00
    await branch.explain()


async def test_the_bank_sets_the_least_floor(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.do(agreeing(loan, wallet, 10_00))
    await branch.do(AddCollectionPolicy(effective_from=TODAY, floor=100_000_00, note="二版"))
    assert (await branch.refused(agreeing(loan, wallet, 99_999_99)))[0] == "debit_agreement.floor"
    await branch.reach(DUE)
    done = await branch.do(DebitLoan(loan=loan.id, on=DUE))
    assert (done.taken, done.reason, await branch.has(wallet)) == (0, DebitReason.FLOOR, 100_000_00)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"pin": None}, "wallet_pin.needed"),
        ({"pin": 2}, "wallet_pin.changed"),
    ],
)
async def test_a_debit_is_signed_with_the_pin(branch: Lending, fields: dict[str, Any], code: str) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    assert (await branch.refused(agreeing(loan, wallet, **fields)))[0] == code
    assert await branch.rows(DebitAgreement) == []


async def test_nobody_agrees_for_anothers_wallet(branch: Lending) -> None:
    await branch.product()
    wallet, other = await branch.ewallet(1), await branch.ewallet(2)
    loan = await branch.drawn(wallet)
    assert (await branch.refused(agreeing(loan, other)))[0] == "loan.wallet"
    assert (await branch.refused(agreeing(loan, wallet, second=other.id)))[0] == "loan.wallet"
    assert (await branch.refused(agreeing(loan, wallet, second=wallet.id)))[0] == "debit_agreement.wallet_twice"
    assert await branch.rows(DebitAgreement) == []


@pytest.mark.parametrize("seed", range(6))
async def test_no_life_takes_a_wallet_below_what_is_to_be_left_or_debits_twice(branch: Lending, seed: int) -> None:
    chance = random.Random(seed)
    await branch.product()
    wallet = await branch.ewallet(1)
    facility = await branch.signed(wallet, 200_000_00)
    loans = [await branch.do(branch.drawing(facility, wallet, 100_000_00, chance.choice((3, 6, 12)))) for _ in range(2)]
    drawn, today = await branch.has(wallet), TODAY
    floors: dict[str, int] = {}
    taken = 0
    for _ in range(24):
        today += timedelta(days=chance.choice((1, 2, 9, 15)))
        await branch.reach(today)
        agreed = dict(floors)
        for loan in loans:
            if chance.random() < 0.3 and (await branch.loan(loan)).is_living:
                floors[loan.id] = chance.randrange(drawn)
                await branch.do(agreeing(loan, wallet, floors[loan.id]))
        for loan in chance.sample(loans, 2):
            before = await branch.has(wallet)
            outcome = await branch.ask(DebitLoan(loan=loan.id, on=today))
            again = await branch.ask(DebitLoan(loan=loan.id, on=today))
            after = await branch.has(wallet)
            assert after == before or after >= max(floors.values())
            if outcome.error is None:
                assert floors == agreed or floors[loan.id] == agreed.get(loan.id)
                assert (again.unwrap().id, before - after) == (outcome.unwrap().id, outcome.unwrap().taken)
                taken += before - after
            else:
                assert after == before
    attempts = await branch.rows(DebitAttempt)
    assert len({(row.loan, row.on) for row in attempts}) == len(attempts) > 0
    assert taken == sum(row.taken for row in attempts) == drawn - await branch.has(wallet)
    await branch.explain()
