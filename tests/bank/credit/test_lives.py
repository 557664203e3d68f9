"""Random lives of loans: drawn, paid late or early, classified, written off; the ledger explains them every day."""

import random
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.credit import Facility, Loan, LoanClass, LoanTransaction, TransactionKind
from canglian.bank.credit.loans.commands import (
    BackdateRepayment,
    ChangeLoanRate,
    ClassifyLoan,
    PauseInterest,
    RecoverLoan,
    RescheduleLoan,
    ReverseRepayment,
    WriteOffLoan,
)
from canglian.bank.credit.loans.paying.settling import PrepayEffect
from canglian.bank.credit.products.model import AllocationOrder, LoanDayCount, LoanHolidays, RepaymentMethod
from canglian.bank.wallet import Wallet
from canglian.kernel.errors import Rejection
from tests.bank.credit.lending import Lending

EXPECTED = ("loan.", "facility.", "bill.", "relative.nothing_owed", "transfer.insufficient_funds", "limit.")
NEVER = ("loan.recompute_unlike",)
"""A loan is what its transactions make of it, unless a class that somebody has set changes what is paid first."""

TODAY = date(2026, 1, 5)
SEEDS = (1, 2, 3, 4, 5, 6)
STEPS = 45


KINDS = ("draw", "repay", "prepay", "classify", "change", "relieve", "end", "back", "wait", "wait", "wait")


@contextmanager
def refusals(never: tuple[str, ...] = ()) -> Generator[None]:
    """What a rule refuses changes nothing, and the life goes on; anything else ends the test."""
    try:
        yield
    except Rejection as refused:
        if refused.code in never or not refused.code.startswith(EXPECTED):
            raise


async def correcting(branch: Lending, chance: random.Random, wallet: Wallet, day: date) -> None:
    """A payment is taken back, or one counts from an earlier day."""
    loans = await branch.rows(Loan, party=wallet.party)
    paid = [
        row
        for loan in loans
        for row in await branch.rows(LoanTransaction, loan=loan.id)
        if row.kind in (TransactionKind.REPAYMENT, TransactionKind.PREPAYMENT)
    ]
    if paid and chance.random() < 0.6:
        row = chance.choice(paid)
        await branch.do(ReverseRepayment(loan=row.loan, transaction=row.id, reason="冲正"))
    elif loans:
        amount, past = chance.randrange(1_00, 3_000_00), day - timedelta(days=chance.randrange(1, 60))
        loan = chance.choice(loans)
        await branch.do(
            BackdateRepayment(loan=loan.id, wallet=wallet.id, amount=amount, value_date=past, reason="补记")
        )


def relief(chance: random.Random, loan: Loan, day: date) -> Any:
    """Another rate of a loan, or days without interest, from today or a later day on."""
    start = day + timedelta(days=chance.choice((0, 1, 9, 40)))
    if chance.random() < 0.5:
        rate = chance.choice((36_000, 48_000, 90_000))
        return ChangeLoanRate(loan=loan.id, rate_ppm=rate, since=start, reason="纾困")
    last, free = start + timedelta(days=chance.choice((0, 5, 33))), chance.random() < 0.5
    return PauseInterest(loan=loan.id, start=start, last=last, penalty=free, reason="纾困")


def options(chance: random.Random, method: RepaymentMethod) -> dict[str, Any]:
    """Instalments without principal, a part that is left to the last one, where the method has them; moved days."""
    found: dict[str, Any] = {"holidays": chance.choice(list(LoanHolidays))}
    if method is not RepaymentMethod.BULLET:
        found["grace_instalments"] = chance.choice((0, 0, 1, 2))
    if method in (RepaymentMethod.EQUAL_INSTALMENTS, RepaymentMethod.EQUAL_PRINCIPAL):
        found["balloon_bps"] = chance.choice((0, 0, 2_000, 4_500))
    return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_ledger_explains_random_lives_of_loans_on_every_day(branch: Lending, seed: int) -> None:
    chance = random.Random(seed)
    method = chance.choice(list(RepaymentMethod))
    order = chance.choice(list(AllocationOrder))
    never = () if order is AllocationOrder.PRINCIPAL_AFTER_90 else NEVER
    await branch.product(
        method=method,
        day_count=chance.choice(list(LoanDayCount)),
        allocation=order,
        grace_days=chance.choice((0, 3)),
        fee_bps=chance.choice((0, 50)),
        compound=chance.random() < 0.7,
        revolving=chance.random() < 0.7,
        **options(chance, method),
    )
    wallets = [await branch.ewallet(serial, 10_000_00) for serial in (1, 2)]
    facilities = [await branch.signed(wallet, 60_000_00) for wallet in wallets]
    day = TODAY
    for _ in range(STEPS):
        place = chance.randrange(2)
        wallet, facility = wallets[place], await branch.get(Facility, facilities[place].id)
        living = [loan for loan in await branch.rows(Loan, party=wallet.party) if loan.is_living]
        loan = chance.choice(living) if living else None
        lost = [loan for loan in await branch.rows(Loan, party=wallet.party) if loan.claim]
        kind = chance.choice(KINDS)
        amount = chance.randrange(100_00, 9_000_00)
        with refusals(never):
            if kind == "draw":
                await branch.do(branch.drawing(facility, wallet, amount, chance.choice((3, 6, 12))))
            elif kind == "repay" and loan is not None and loan.owed_now:
                await branch.do(branch.repaying(loan, wallet, chance.randrange(1, loan.owed_now + 1)))
            elif kind == "prepay" and loan is not None:
                effect = chance.choice(list(PrepayEffect))
                part = None if chance.random() < 0.2 else amount
                await branch.do(branch.prepaying(loan, wallet, part, effect=effect))
            elif kind == "classify" and loan is not None:
                risk_class = chance.choice(list(LoanClass))
                await branch.do(ClassifyLoan(loan=loan.id, risk_class=risk_class, reason="核查"))
            elif kind == "change" and loan is not None:
                more, rate = chance.choice(((6, None), (0, 72_000), (3, 48_000)))
                await branch.do(RescheduleLoan(loan=loan.id, months_more=more, rate_ppm=rate, reason="展期"))
            elif kind == "relieve" and loan is not None:
                await branch.do(relief(chance, loan, day))
            elif kind == "back":
                await correcting(branch, chance, wallet, day)
            elif kind == "end" and lost:
                paying: Any = {"wallet": wallet.id, "channel": "mobile", "pin": 1}
                await branch.do(RecoverLoan(loan=lost[0].id, amount=min(amount, lost[0].claim), **paying))
            elif kind == "end" and loan is not None:
                await branch.do(WriteOffLoan(loan=loan.id, reason="核查"))
            else:
                day += timedelta(days=chance.choice((1, 1, 3, 17, 40)))
                await branch.reach(day, bring=chance.random() < 0.8)
        await branch.explain()
