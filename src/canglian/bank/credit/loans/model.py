"""Loans with their plans, what has fallen due of them, and every transaction."""

import enum
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec

from canglian.bank.credit.products.model import AllocationOrder
from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc

BUCKETS = (0, 1, 30, 60, 90, 120, 150, 180)
"""How many days a loan is overdue at least, by bucket."""


def bucket_of(days: int) -> int:
    """The bucket of so many days overdue."""
    return max(bucket for bucket in BUCKETS if bucket <= days)


class LoanState(enum.StrEnum):
    """Nothing is late; late within the days of grace; overdue; repaid in whole; written off."""

    ACTIVE = "active"
    GRACE = "grace"
    OVERDUE = "overdue"
    CLOSED = "closed"
    WRITTEN_OFF = "written_off"


class LoanClass(enum.StrEnum):
    """The five categories of risk (五级分类), the best one first."""

    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"


LIVING = (LoanState.ACTIVE, LoanState.GRACE, LoanState.OVERDUE)
"""States in which a loan bears interest."""


class PlanReason(enum.StrEnum):
    """Why a plan was made: the drawdown, a prepayment that shortened the term or lowered the instalments, another term.

    ``extended`` gives more months (展期), ``repriced`` another rate alone, ``rate_changed`` one from a day on that was
    agreed for this loan, ``paused`` days without interest; ``recomputed`` is what is left after a repayment was
    reversed or back-dated.
    """

    DRAWDOWN = "drawdown"
    SHORTENED = "shortened"
    LOWERED = "lowered"
    EXTENDED = "extended"
    REPRICED = "repriced"
    RATE_CHANGED = "rate_changed"
    PAUSED = "paused"
    RECOMPUTED = "recomputed"


class TransactionKind(enum.StrEnum):
    """What was done to a loan; ``conversion`` turned a bill into the instalments of another loan.

    ``reversal`` takes a repayment back; ``adjustment`` says how payments that followed are spread otherwise since;
    ``repricing`` is another rate because a published one has changed.
    """

    DRAWDOWN = "drawdown"
    FEE = "fee"
    REPAYMENT = "repayment"
    PREPAYMENT = "prepayment"
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"
    RESCHEDULE = "reschedule"
    RATE_CHANGE = "rate_change"
    PAUSE = "pause"
    REFUND = "refund"
    CONVERSION = "conversion"
    REVERSAL = "reversal"
    REPRICING = "repricing"
    ADJUSTMENT = "adjustment"


class LoanRate(msgspec.Struct, frozen=True):
    """Another rate of a loan, from a business date on."""

    on: Annotated[date, doc("The first business date that costs it.")]
    rate_ppm: Annotated[int, doc("The yearly rate, in millionths.")]
    penalty_ppm: Annotated[int, doc("The yearly rate on what is overdue, in millionths.")]


class LoanPause(msgspec.Struct, frozen=True):
    """Business dates on which a loan earns no interest (停息)."""

    start: Annotated[date, doc("The first of them.")]
    last: Annotated[date, doc("The last of them.")]
    penalty: Annotated[bool, doc("Whether they cost no penalty either.")]

    @property
    def end(self) -> date:
        """The first business date after them."""
        return self.last + timedelta(days=1)

    def has(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.start <= day <= self.last


class Loan(Entity, frozen=True, table="loan", indexes={"party": ("party",), "facility": ("facility",)}):
    """A loan as it stands at the beginning of ``accrued_to``. All amounts are in fen, rates in millionths a year.

    Days that change nothing but ``accrued`` and ``accrued_to`` since it was stored are in its ``LoanInterest``.

    Its figures are those of the ledger: ``outstanding`` is the balance of ``account``; what is owed of interest,
    penalty, compound interest and fees is its share of the accounts of all loans; from ``accrual_stopped_on`` on, that
    of interest off the balance sheet. ``provision`` is what is set aside for it. After it was written off, nothing is
    outstanding; ``claim_principal``, ``claim_interest`` and ``claim_fees`` are what the customer still owes.

    ``accrued`` is the interest of the period that runs, from ``period_from`` to ``next_due``, of which
    ``next_interest`` will have been earned then; ``carried`` of it was earned before, by the plan before.
    ``due_principal`` and ``due_interest`` have fallen due and are unpaid; ``overdue_principal`` and
    ``overdue_interest`` are those of them whose days of grace are over. ``penalty_rest`` and ``compound_rest`` are what
    is less than a fen.

    Within a period the rate changes at the beginning of a day of ``rate_changes``, and a pause of ``pauses`` begins or
    ends: then ``period_from`` is that day, and ``grown`` has what a fen had earned of the period before it, in parts of
    its day count.
    """

    id: Annotated[str, doc("The loan's id.")]
    facility: Annotated[str, doc("The facility that it was drawn from.")]
    party: Annotated[str, doc("Whose it is: the customer's id.")]
    application: Annotated[str, doc("The application whose contract it goes by.")]
    product: Annotated[str, doc("The loan product's code.")]
    version: Annotated[int, doc("The version of the product.")]
    asset: Annotated[str, doc("In which money it is: `CNY` or `ECNY`.")]
    wallet: Annotated[str, doc("The wallet that it was paid out to; empty for a borrower who has none.")]
    account: Annotated[int, doc("The account of the ledger with its principal.")]
    state: Annotated[LoanState, doc("`active`, `grace`, `overdue`, `closed` or `written_off`.")]
    principal: Annotated[int, doc("What was drawn.")]
    months: Annotated[int, doc("Its term in months; 0 for a bill that is paid in one sum.")]
    rate_ppm: Annotated[int, doc("The yearly rate, in millionths.")]
    penalty_ppm: Annotated[int, doc("The yearly rate on what is overdue, in millionths.")]
    grace_days: Annotated[int, doc("For how many days after a due date nothing is overdue.")]
    compound: Annotated[bool, doc("Whether overdue interest bears interest, too.")]
    allocation: Annotated[AllocationOrder, doc("What a repayment pays first.")]
    drawn_on: Annotated[date, doc("The business date on which it was drawn.")]
    matures_on: Annotated[date, doc("The day on which the last instalment is due.")]
    accrued_to: Annotated[date, doc("The day to whose beginning it is accrued.")]
    plan: Annotated[int, doc("The version of the plan that it goes by.")]
    number: Annotated[int, doc("The number of the instalment that falls due next; 0 after the last.")]
    period_from: Annotated[date, doc("From when the interest of the period that runs counts.")]
    next_due: Annotated[date | None, doc("When the next instalment falls due, or null.")]
    next_principal: Annotated[int, doc("Its principal.")]
    next_interest: Annotated[int, doc("Its interest.")]
    accrued: Annotated[int, doc("The interest that is earned of it until now.")]
    outstanding: Annotated[int, doc("The principal that is not repaid.")]
    due_principal: Annotated[int, doc("The principal that has fallen due and is unpaid.")]
    due_interest: Annotated[int, doc("The interest that has fallen due and is unpaid.")]
    overdue_principal: Annotated[int, doc("The principal that bears the penalty rate.")]
    overdue_interest: Annotated[int, doc("The interest that is overdue.")]
    penalty: Annotated[int, doc("The penalty that is owed.")]
    penalty_rest: Annotated[int, doc("What of the penalty is less than a fen, in parts of it.")]
    compounded: Annotated[int, doc("The interest on overdue interest that is owed.")]
    compound_rest: Annotated[int, doc("What of it is less than a fen, in parts of it.")]
    fees: Annotated[int, doc("The fees that are owed.")]
    oldest_due: Annotated[date | None, doc("When the oldest unpaid instalment fell due, or null.")]
    grace_ends: Annotated[date | None, doc("The first day on which an instalment that is late is overdue, or null.")]
    days_overdue: Annotated[int, doc("For how many days it is overdue.")]
    bucket: Annotated[int, doc("Its bucket: 0, 1, 30, 60, 90, 120, 150 or 180 days.")]
    worst_days: Annotated[int, doc("For how many days it ever was overdue.")]
    paid_principal: Annotated[int, doc("The principal that was repaid.")]
    paid_interest: Annotated[int, doc("The interest that was paid.")]
    paid_penalty: Annotated[int, doc("The penalty and the compound interest that were paid.")]
    paid_fees: Annotated[int, doc("The fees that were paid.")]
    written_off: Annotated[int, doc("The principal that was written off.")]
    transactions: Annotated[int, doc("How many transactions it has.")]
    drawn_at: Annotated[datetime, doc("When it was drawn.")]
    closed_on: Annotated[date | None, doc("The business date on which it was repaid in whole or written off, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    risk_class: Annotated[
        LoanClass, doc("Its class: `normal`, `special_mention`, `substandard`, `doubtful` or `loss`.")
    ]
    class_floor: Annotated[
        LoanClass | None, doc("The best class that it may have, as somebody has set it and others approved, or null.")
    ]
    class_since: Annotated[date, doc("Since which business date it has its class.")]
    accrual_stopped_on: Annotated[
        date | None, doc("Since when its interest is not recognised and stands off the balance sheet, or null.")
    ]
    provision: Annotated[int, doc("What is set aside for it.")]
    claim_principal: Annotated[int, doc("Of the principal that was written off, what is not recovered.")]
    claim_interest: Annotated[int, doc("Of the interest and penalty owed when it was written off, what is not paid.")]
    claim_fees: Annotated[int, doc("Of the fees owed when it was written off, what is not paid.")]
    recovered: Annotated[int, doc("The principal that was recovered after it was written off.")]
    carried: Annotated[int, doc("The interest of the period that runs that was earned by the plan before.")] = 0
    bill: Annotated[str | None, doc("The pay-later bill that it is, or whose instalments it is, or null.")] = None
    grown: Annotated[
        int, doc("What a fen of its principal had earned of the period that runs before `period_from`, in parts of it.")
    ] = 0
    rate_changes: Annotated[tuple[LoanRate, ...], doc("The rates that are to come, the next one first.")] = ()
    pauses: Annotated[
        tuple[LoanPause, ...], doc("The days without interest that were agreed, the first ones first.")
    ] = ()
    reprices_on: Annotated[
        date | None, doc("The next day on which its rate follows the published one, or null for a rate that stays.")
    ] = None

    @property
    def earning_ppm(self) -> int:
        """The yearly rate by which it earns at present: none while interest is paused."""
        return 0 if any(pause.has(self.period_from) for pause in self.pauses) else self.rate_ppm

    @property
    def is_bill(self) -> bool:
        """Whether it is a bill that is paid in one sum: it has no term in months."""
        return not self.months

    @property
    def is_living(self) -> bool:
        """Whether it bears interest."""
        return self.state in LIVING

    @property
    def owed_interest(self) -> int:
        """All interest, penalty and compound interest that is owed."""
        return self.accrued + self.due_interest + self.penalty + self.compounded

    @property
    def claim(self) -> int:
        """What the customer owes after it was written off."""
        return self.claim_principal + self.claim_interest + self.claim_fees

    @property
    def owed_now(self) -> int:
        """What has to be paid today: all that has fallen due, penalty and fees."""
        return self.due_principal + self.due_interest + self.penalty + self.compounded + self.fees

    @property
    def owed_in_all(self) -> int:
        """What pays it off at the beginning of ``accrued_to``."""
        return self.outstanding + self.due_interest + self.accrued + self.penalty + self.compounded + self.fees


class LoanInterest(Entity, frozen=True, table="loan_interest", key=("loan",), cache_max=50_000):
    """The interest of a loan: what it takes to earn more, and how much of the period that runs is earned.

    ``bearing`` is the principal that bears it. ``until`` is the first day on which more may happen than earning, null
    after the loan has ended; until then a day changes ``accrued`` and ``accrued_to`` alone.
    """

    loan: str
    product: str
    version: int
    drawn_on: date
    rate_ppm: int
    bearing: int
    period_from: date
    until: date | None
    stopped: bool
    accrued: int
    accrued_to: date
    carried: int = 0
    grown: int = 0


class Row(msgspec.Struct, frozen=True):
    """An instalment as it is planned."""

    number: Annotated[int, doc("Its number, from 1.")]
    due: Annotated[date, doc("When it is due.")]
    principal: Annotated[int, doc("Its principal, in fen.")]
    interest: Annotated[int, doc("Its interest, in fen.")]
    left: Annotated[int, doc("The principal that is left after it, in fen.")]


class LoanPlan(Entity, frozen=True, table="loan_plan", key=("loan", "version"), cache_max=20_000):
    """A plan of instalments. It never changes: a prepayment or a new term makes another one, and both can be seen."""

    loan: Annotated[str, doc("The loan's id.")]
    version: Annotated[int, doc("From 1 on.")]
    reason: Annotated[
        PlanReason,
        doc(
            "Why it was made: `drawdown`, `shortened`, `lowered`, `extended`, `repriced`, `rate_changed`, `paused` or "
            "`recomputed`."
        ),
    ]
    made_on: Annotated[date, doc("The business date on which it was made.")]
    balance: Annotated[int, doc("The principal that it pays back, in fen.")]
    before: Annotated[int, doc("How many instalments lie before it.")]
    level: Annotated[int | None, doc("The sum of an instalment that was kept, in fen, or null where it was computed.")]
    rows: Annotated[tuple[Row, ...], doc("The instalments from then on.")]
    made_at: Annotated[datetime, doc("When it was made.")]
    by: Annotated[str, doc("Who asked for it.")]
    deferred: Annotated[int, doc("Interest that was earned before it and is due with its first instalment, in fen.")]
    rate_ppm: Annotated[int, doc("The yearly rate at its beginning, in millionths.")]
    rate_changes: Annotated[tuple[LoanRate, ...], doc("The rates that come after it, the next one first.")] = ()
    pauses: Annotated[tuple[LoanPause, ...], doc("The days without interest, the first ones first.")] = ()


class LoanDue(
    Entity,
    frozen=True,
    table="loan_due",
    key=("loan", "number"),
    indexes={"unpaid": ("unpaid",)},
    cache_max=50_000,
):
    """An instalment that has fallen due, and what was paid of it."""

    loan: Annotated[str, doc("The loan's id.")]
    number: Annotated[int, doc("The number of the instalment.")]
    due: Annotated[date, doc("When it fell due.")]
    principal: Annotated[int, doc("Its principal, in fen.")]
    interest: Annotated[int, doc("Its interest, in fen.")]
    paid_principal: Annotated[int, doc("The principal that was paid of it, in fen.")]
    paid_interest: Annotated[int, doc("The interest that was paid of it, in fen.")]
    overdue: Annotated[bool, doc("Whether its days of grace passed before it was paid.")]
    unpaid: Annotated[str | None, doc("The loan's id while anything of it is unpaid, or null.")]
    settled_on: Annotated[date | None, doc("The business date on which it was paid in whole, or null.")]

    @property
    def open_principal(self) -> int:
        """The principal that is unpaid."""
        return self.principal - self.paid_principal

    @property
    def open_interest(self) -> int:
        """The interest that is unpaid."""
        return self.interest - self.paid_interest


class LoanTransaction(Entity, frozen=True, table="loan_transaction", indexes={"loan": ("loan",)}):
    """What was done to a loan, and how its amount was spread over what was owed. It never changes."""

    id: Annotated[str, doc("The transaction's id.")]
    loan: Annotated[str, doc("The loan's id.")]
    number: Annotated[int, doc("Its number within the loan, from 1.")]
    kind: Annotated[
        TransactionKind,
        doc(
            "`drawdown`, `fee`, `repayment`, `prepayment`, `write_off`, `recovery`, `reschedule`, `rate_change`, "
            "`pause` (of interest), `refund` (the merchant gave it back), `conversion` (a bill became instalments), "
            "`reversal` (a repayment was taken back), `adjustment` (payments are spread otherwise since) or "
            "`repricing` (the rate has followed a published one)."
        ),
    ]
    amount: Annotated[int, doc("How much, in fen.")]
    fees: Annotated[int, doc("What of it is for fees.")]
    penalty: Annotated[int, doc("What of it is for penalty.")]
    compounded: Annotated[int, doc("What of it is for interest on overdue interest.")]
    interest: Annotated[int, doc("What of it is for interest.")]
    principal: Annotated[int, doc("What of it is for principal.")]
    wallet: Annotated[str | None, doc("The wallet that paid or was paid, or null.")]
    transfer: Annotated[int | None, doc("The transfer of the ledger by which it came or went, or null.")]
    plan: Annotated[int, doc("The version of the plan after it.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]
    channel: Annotated[str, doc("Where it was asked for.")]
    value_date: Annotated[date | None, doc("From which day on it counts where it was back-dated, or null.")] = None
    reverses: Annotated[str | None, doc("The transaction that it takes back, or null.")] = None
    earned: Annotated[
        int | None, doc("How much more interest and penalty is earned since, in fen, below nothing for less, or null.")
    ] = None
    reason: Annotated[str | None, doc("Why somebody has asked for it, or null.")] = None

    @property
    def counts_on(self) -> date:
        """The day from which on it counts."""
        return self.on if self.value_date is None else self.value_date


class LoanClassChange(Record, frozen=True, table="loan_class_change"):
    """A loan has another class, or somebody has set or lifted the best one that it may have."""

    id: Annotated[str, doc("The change's id.")]
    loan: Annotated[str, doc("The loan's id.")]
    before: Annotated[LoanClass, doc("The class before.")]
    after: Annotated[LoanClass, doc("The class after it.")]
    floor: Annotated[LoanClass | None, doc("The best class that it may have from then on, or null.")]
    days_overdue: Annotated[int, doc("For how many days it was overdue.")]
    provision: Annotated[int, doc("What was set aside for it from then on.")]
    reason: Annotated[str | None, doc("Why somebody has set it; null where the days overdue did.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]


class LoanDay(Entity, frozen=True, table="loan_day", key=("date",)):
    """A business date to which all loans have been brought."""

    date: date
    finished_at: datetime
