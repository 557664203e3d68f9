"""A book of loans that have lived: some thousand lives, each of which many loans have had.

Each loan was drawn within the last eleven months and repaid on its due dates until ``paid``; three of a hundred have
stopped paying since. Their rows are put into the database by COPY, as drawing, accruing and repaying would have left
them: loans, instalments that are unpaid, and the plans of those of which an instalment falls due while it is measured.
Facilities, wallets and accounts of principals, which a day's run does not read, are left out.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

from canglian.bank.credit.bench.quoting import growth, half_up
from canglian.bank.credit.facilities.model import SubLimit
from canglian.bank.credit.loans.accruing import DAY, PARTS, advance, standing
from canglian.bank.credit.loans.beginning import Parties, begun
from canglian.bank.credit.loans.interest import interest_of
from canglian.bank.credit.loans.model import (
    Loan,
    LoanClass,
    LoanDue,
    LoanInterest,
    LoanPlan,
    LoanState,
    PlanReason,
    Row,
    bucket_of,
)
from canglian.bank.credit.loans.paying.allocating import allocate
from canglian.bank.credit.loans.risk.classing import classified
from canglian.bank.credit.loans.terms import days_of, planned, rows_of, terms_of
from canglian.bank.credit.plan import Terms
from canglian.bank.credit.products.model import (
    AllocationOrder,
    LoanAsset,
    LoanDayCount,
    LoanMonthEnd,
    LoanProduct,
    RepaymentMethod,
)
from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger.bench.ground import BOOK, TODAY

MONTHS = 12
COPIED = 10_000
LATE_SHARE = 0.03
"""How many have stopped paying."""
PROVISIONS = [100, 200, 2_500, 5_000, 10_000]
MEASURED_DAYS = 2
"""So many days are accrued, from ``TODAY`` on."""


class Life(NamedTuple):
    """A loan as it stands at the beginning of ``TODAY``, and what it takes to compute it by other means."""

    loan: Loan
    plan: LoanPlan
    unpaid: tuple[LoanDue, ...]
    terms: Terms
    paid: int


def products(now: datetime) -> list[LoanProduct]:
    """A product for each day count, with and without days of grace."""
    return [
        LoanProduct(
            code=f"loan.{count.value}",
            version=1,
            name="惠农贷",
            asset=LoanAsset.CNY,
            method=RepaymentMethod.EQUAL_INSTALMENTS,
            rate_ppm=43_500 + 1_000 * place,
            day_count=count,
            month_end=LoanMonthEnd.CLAMP,
            terms=[MONTHS],
            amount_min=100_00,
            amount_max=300_000_00,
            revolving=True,
            validity_months=12,
            offer_days=7,
            fee_bps=0,
            grace_days=3 if place % 2 else 0,
            penalty_bps=5_000,
            compound=True,
            allocation=AllocationOrder.PRINCIPAL_AFTER_90,
            class_days=[1, 90, 270, 360],
            provision_bps=PROVISIONS,
            rule_set="small_loan",
            active=True,
            effective_from=date(2025, 1, 1),
            note="",
            created_at=now,
            created_by="bench",
        )
        for place, count in enumerate(LoanDayCount)
    ]


def lives(count: int) -> list[Life]:
    """So many different lives, the same ones in every run."""
    chance, now = random.Random("lives"), utc_now()  # noqa: S311 - the same loans every time
    offered = products(now)
    return [_lived(offered[place % len(offered)], chance, now) for place in range(count)]


def _lived(product: LoanProduct, chance: random.Random, now: datetime) -> Life:
    on = TODAY - timedelta(days=chance.randrange(1, 330))
    amount = chance.randint(1_000_00, 200_000_00)
    rows = rows_of(planned(product, amount, product.rate_ppm, MONTHS, on))
    due = [row.number for row in rows if row.due < TODAY]
    paid = len(due)
    if due and chance.random() < LATE_SHARE:
        paid = chance.randrange(len(due))
    part = SubLimit(product.code, 1, amount, amount, 0, True, product.rate_ppm, TODAY, "apl_bench")
    loan = begun("", Parties("", "", "", 0), part, product, (amount, MONTHS, 0), rows, on=on, at=now)
    by_number, days, unpaid = {row.number: row for row in rows}, days_of(product, on), dict[int, LoanDue]()
    for row in (*(row for row in rows if row.due < TODAY), None):
        found = advance(loan, list(unpaid.values()), lambda: by_number, days, TODAY if row is None else row.due)
        loan = found.loan
        unpaid.update({due.number: due for due in found.dues})
        if row is not None and row.number <= paid:
            done = allocate(loan, list(unpaid.values()), loan.owed_now, row.due)
            loan, unpaid = standing(done.loan, (), row.due), {}
    loan = classified(loan, product, TODAY)
    plan = LoanPlan("", 1, PlanReason.DRAWDOWN, on, amount, 0, None, rows, now, "bench", 0, product.rate_ppm)
    return Life(loan, plan, tuple(unpaid.values()), terms_of(product, amount, product.rate_ppm, MONTHS), paid)


def identity(number: int) -> str:
    """The id of a loan by its place."""
    return f"lon_{number:026d}"


async def put_loans(connection: Any, found: list[Life], loans: int, progress: Callable[[int], None]) -> None:
    """Put so many loans into the database, whose lives are taken in turn."""
    for rows in _rows(found, loans):
        for kind, things in rows.items():
            await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
        progress(len(rows[Loan]))
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")


def _rows(found: list[Life], loans: int) -> Iterator[dict[type[Entity], list[Any]]]:
    offered = products(utc_now())
    by_code = {product.code: product for product in offered}
    yield {LoanProduct: offered, Loan: []}
    last, numbers = TODAY + MEASURED_DAYS * DAY, iter(range(loans))
    while chunk := list(islice(numbers, COPIED)):
        rows: dict[type[Entity], list[Any]] = {Loan: [], LoanInterest: [], LoanPlan: [], LoanDue: []}
        for number in chunk:
            life, loan = found[number % len(found)], identity(number)
            of = f"b{number // 2:025d}"
            own = {"facility": f"fac_{of}", "party": f"pty_{of}", "wallet": f"wal_{of}", "account": 1_000_000 + number}
            rows[Loan].append(life.loan.replace(id=loan, **own))
            rows[LoanInterest].append(interest_of(rows[Loan][-1], by_code[life.loan.product]))
            rows[LoanDue] += [due.replace(loan=loan, unpaid=loan) for due in life.unpaid]
            if life.loan.next_due is not None and life.loan.next_due <= last:
                rows[LoanPlan].append(life.plan.replace(loan=loan))
        yield {kind: things for kind, things in rows.items() if things}


# -- by other means ------------------------------------------------------------------------------------------------


class Wanted(NamedTuple):
    """A loan at the beginning of a day: what is earned, then in the order in which ``WANTED`` reads it."""

    accrued: int
    due_principal: int
    due_interest: int
    overdue_principal: int
    overdue_interest: int
    penalty: int
    compounded: int
    days_overdue: int
    bucket: int
    state: str
    number: int
    risk_class: str
    provision: int


WANTED = ", ".join(f"loan.{name}" for name in Wanted._fields[1:])


def wanted(life: Life, day: date) -> Wanted:
    """A loan at the beginning of a day, from its plan and what was paid alone: in one step, by fractions."""
    due = [row for row in life.plan.rows if row.due <= day]
    unpaid = [row for row in due if row.number > life.paid]
    late = [row for row in unpaid if row.due + timedelta(days=life.loan.grace_days) < day]
    waiting = [row for row in unpaid if row not in late]
    over = max(((day - row.due).days for row in late), default=0)
    state = LoanState.OVERDUE if over else LoanState.ACTIVE
    if not over and any(row.due < day for row in waiting):
        state = LoanState.GRACE
    of_class = _class_of(over)
    outstanding = (due[-1].left if due else life.plan.balance) + sum(row.principal for row in unpaid)
    following = next((row for row in life.plan.rows if row.due > day), None)
    return Wanted(
        _accrued(life, due, day),
        sum(row.principal for row in unpaid),
        sum(row.interest for row in unpaid),
        sum(row.principal for row in late),
        sum(row.interest for row in late),
        sum(row.principal * (day - row.due).days for row in late) * life.loan.penalty_ppm // PARTS,
        sum(row.interest * (day - row.due).days for row in late) * life.loan.penalty_ppm // PARTS,
        over,
        bucket_of(over),
        state.value,
        0 if following is None else following.number,
        of_class,
        half_up(Fraction(outstanding * PROVISIONS[list(LoanClass).index(LoanClass(of_class))], 10_000)),
    )


def _class_of(days: int) -> str:
    for least, found in ((360, "loss"), (270, "doubtful"), (90, "substandard"), (1, "special_mention")):
        if days >= least:
            return found
    return "normal"


def earned(life: Life, day: date) -> int:
    """All interest, penalty and compound interest that was earned before a day."""
    due = [row for row in life.plan.rows if row.due <= day]
    found = wanted(life, day)
    return sum(row.interest for row in due) + found.accrued + found.penalty + found.compounded


def _accrued(life: Life, due: list[Row], day: date) -> int:
    balance, begins = (due[-1].left, due[-1].due) if due else (life.plan.balance, life.loan.drawn_on)
    if not balance:
        return 0
    if life.loan.product == f"loan.{LoanDayCount.MONTHLY.value}":
        grown = Fraction(life.loan.rate_ppm * min((day - begins).days, 30), 360 * 1_000_000)
    else:
        grown = growth(life.terms, begins, day)
    return half_up(balance * grown)
