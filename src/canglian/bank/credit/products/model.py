"""Loan products, by version."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class RepaymentMethod(enum.StrEnum):
    """Equal instalments; equal principal; interest first and the principal at the end; all of it at the end."""

    EQUAL_INSTALMENTS = "equal_instalments"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_ONLY = "interest_only"
    BULLET = "bullet"


class LoanDayCount(enum.StrEnum):
    """Which part of a year some days are: by months of the loan, 30/360, actual/360, actual/365, actual/actual."""

    MONTHLY = "monthly"
    THIRTY_360 = "thirty_360"
    ACTUAL_360 = "actual_360"
    ACTUAL_365 = "actual_365"
    ACTUAL_ACTUAL = "actual_actual"


class LoanMonthEnd(enum.StrEnum):
    """When a month has no such day: its last day; the first of the next one; the last day of every month."""

    CLAMP = "clamp"
    ROLL = "roll"
    LAST = "last"


class LoanHolidays(enum.StrEnum):
    """Where an instalment is moved that falls on no business day; the modified rule never leaves the month."""

    NONE = "none"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"


class LoanRepricing(enum.StrEnum):
    """When a loan follows a published rate: 1 January; the day of the year or of the month on which it was drawn."""

    NEW_YEAR = "new_year"
    ANNIVERSARY = "anniversary"
    QUARTER = "quarter"
    MONTH = "month"


class AllocationOrder(enum.StrEnum):
    """What a repayment pays first.

    ``interest_first``: fees, penalty, overdue interest, overdue principal, current interest, current principal.
    ``principal_first``: the same, with what is overdue of the principal before penalty and interest.
    ``principal_after_90``: the first of these, and the second once a loan is more than 90 days overdue.
    """

    INTEREST_FIRST = "interest_first"
    PRINCIPAL_FIRST = "principal_first"
    PRINCIPAL_AFTER_90 = "principal_after_90"


class LoanAsset(enum.StrEnum):
    """In which money loans are paid out: in accounts, or in e-CNY."""

    CNY = "CNY"
    ECNY = "ECNY"


class LoanProduct(Entity, frozen=True, table="loan_product", key=("code", "version"), indexes={"code": ("code",)}):
    """One version of a product; it never changes. In force is the one with the latest effective date that has come.

    A loan goes by the version by which its contract was signed. ``penalty_bps`` is added to the rate on what is
    overdue: 5000 is the rate and one half of it. Within ``grace_days`` after a due date nothing is overdue; past them
    the penalty counts from the due date. ``active`` is false in the version that ends the product: nobody applies any
    more, what is signed goes on.

    With ``due_days`` it is pay-later: its limit pays bills, each due so many days later without interest, and
    ``method``, ``terms`` and ``rate_ppm`` are those of a bill that is turned into instalments.
    """

    code: Annotated[str, doc("The short stable name.")]
    version: Annotated[int, doc("From 1 on.")]
    name: Annotated[str, doc("What people read.")]
    asset: Annotated[LoanAsset, doc("In which money it is paid out and repaid: `CNY` or `ECNY`.")]
    method: Annotated[
        RepaymentMethod,
        doc("How it is repaid: `equal_instalments`, `equal_principal`, `interest_only` or `bullet`."),
    ]
    rate_ppm: Annotated[int, doc("The yearly rate in millionths: 43500 is 4.35 %.")]
    day_count: Annotated[
        LoanDayCount,
        doc("How days count: `monthly`, `thirty_360`, `actual_360`, `actual_365` or `actual_actual`."),
    ]
    month_end: Annotated[
        LoanMonthEnd, doc("When a month has no such day: `clamp` to its last, `roll` to the next, or `last` always.")
    ]
    terms: Annotated[list[int], doc("For how many months somebody may borrow.")]
    amount_min: Annotated[int, doc("The least amount of a limit and of a drawdown, in fen.")]
    amount_max: Annotated[int, doc("The most, in fen.")]
    revolving: Annotated[bool, doc("Whether what is repaid can be drawn again.")]
    validity_months: Annotated[int, doc("For how many months after the signature somebody may draw.")]
    offer_days: Annotated[int, doc("For how many days an offer can be signed.")]
    fee_bps: Annotated[int, doc("The fee of a drawdown, in basis points of its amount.")]
    grace_days: Annotated[int, doc("For how many days after a due date nothing is overdue.")]
    penalty_bps: Annotated[int, doc("What is added to the rate on what is overdue, in basis points of the rate.")]
    compound: Annotated[bool, doc("Whether overdue interest bears interest at the penalty rate, too.")]
    allocation: Annotated[AllocationOrder, doc("What a repayment pays first.")]
    rule_set: Annotated[str, doc("The code of the rule set that decides about applications.")]
    active: Annotated[bool, doc("False ends the product from the effective date on: nobody applies any more.")]
    effective_from: Annotated[date, doc("The business date from which the version counts.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]
    class_days: Annotated[
        list[int],
        doc("From how many days overdue on a loan is of special mention, substandard, doubtful, and a loss."),
    ]
    provision_bps: Annotated[
        list[int], doc("What is set aside for a loan of each of the five classes, in basis points of its principal.")
    ]
    due_days: Annotated[
        int, doc("Pay-later: a bill is due so many days after it, without interest until then; 0 for loans.")
    ] = 0
    grace_instalments: Annotated[int, doc("So many first instalments pay interest alone.")] = 0
    balloon_bps: Annotated[
        int, doc("What of the principal the last instalment pays beside its own, in basis points.")
    ] = 0
    holidays: Annotated[
        LoanHolidays,
        doc(
            "Where an instalment goes that is due on no business day: `none` (it stays), `following`, `preceding`, or "
            "`modified_following` (the next one unless it is in the next month, else the one before)."
        ),
    ] = LoanHolidays.NONE
    benchmark: Annotated[
        str | None, doc("The published rate that its loans follow, or null; `rate_ppm` is what it came to once.")
    ] = None
    margin_bps: Annotated[int, doc("What is added to the published rate, in basis points; below 0 it is less.")] = 0
    repricing: Annotated[
        LoanRepricing,
        doc(
            "When loans follow it: `new_year`, `anniversary` (of the drawdown), `quarter` (its first day), or `month` "
            "(the day of the drawdown)."
        ),
    ] = LoanRepricing.NEW_YEAR
    rate_floor_ppm: Annotated[int, doc("The lowest rate of a loan that follows, in millionths.")] = 0
    rate_cap_ppm: Annotated[int, doc("The highest one, in millionths.")] = 360_000

    @property
    def is_floating(self) -> bool:
        """Whether its loans follow a published rate."""
        return self.benchmark is not None

    def floating_ppm(self, published_ppm: int) -> int:
        """The yearly rate of a loan by a published one, in millionths."""
        return max(self.rate_floor_ppm, min(published_ppm + self.margin_bps * 100, self.rate_cap_ppm))

    @property
    def is_pay_later(self) -> bool:
        """Whether its limit pays bills instead of being drawn."""
        return self.due_days > 0

    @property
    def penalty_ppm(self) -> int:
        """The yearly rate on what is overdue, in millionths."""
        return self.rate_ppm * (10_000 + self.penalty_bps) // 10_000
