"""Loan products: what is in force stays as it is, a change is a new version."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.approval.describing import Approvable, Description, approvable
from canglian.bank.approval.model import Fact
from canglian.bank.credit.benchmarks.commands import BenchmarkCode
from canglian.bank.credit.benchmarks.rules import RATES
from canglian.bank.credit.products.model import (
    AllocationOrder,
    LoanAsset,
    LoanDayCount,
    LoanHolidays,
    LoanMonthEnd,
    LoanProduct,
    LoanRepricing,
    RepaymentMethod,
)
from canglian.bank.credit.products.rules import PRODUCTS, RATE_MAX, rate_on
from canglian.bank.decision.commands import RuleCode
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Note, Unit, doc
from canglian.kernel.values import AMOUNT_MAX, Name
from canglian.kernel.versions import effective_date, next_version
from canglian.ledger.book import Book
from canglian.ledger.model import Asset

LoanProductCode = Annotated[
    str,
    Meta(pattern=r"^loan\.[a-z][a-z0-9_]{1,30}\Z", description="The code of a loan product, such as `loan.farm`."),
    Field(label="Loan product", help="loan. and a short name: loan.farm."),
]
Months = Annotated[int, Meta(ge=1, le=360, description="A term in months.")]
RatePpm = Annotated[int, Meta(ge=0, le=RATE_MAX, description="Yearly interest in millionths: 43500 is 4.35 %.")]
Money = Annotated[int, Meta(ge=100, le=AMOUNT_MAX, description="An amount in fen, from one yuan on.")]

Day = date  # the field of the same name would hide the type


class SetLoanProduct(Command[LoanProduct], kind="credit.set_product", kw_only=True):
    """Add a version to a loan product, or make one. Contracts that are signed go on by the version of their signature.

    Rejects ``loan_product.amounts``, ``.terms``, ``.class_days``, ``.provisions``, ``.asset_fixed``,
    ``.grace``, ``.balloon``, ``.pay_later_revolving``, ``.pay_later_fixed``, ``.effective_past``,
    ``.rate_bounds``, ``benchmark_rate.not_found`` and ``asset.not_found``.
    """

    code: LoanProductCode
    name: Annotated[Name, doc("What people read.")]
    rate_ppm: Annotated[
        RatePpm,
        Field(
            label="Interest a year (%)",
            unit=Unit.RATE_PPM,
            help="Computed where it follows a published rate.",
        ),
    ]
    method: Annotated[
        RepaymentMethod,
        doc("How it is repaid: `equal_instalments`, `equal_principal`, `interest_only` or `bullet`."),
        Field(label="How it is repaid"),
    ] = RepaymentMethod.EQUAL_INSTALMENTS
    day_count: Annotated[
        LoanDayCount,
        doc("How days count: `monthly`, `thirty_360`, `actual_360`, `actual_365` or `actual_actual`."),
        Field(label="How days count"),
    ] = LoanDayCount.MONTHLY
    month_end: Annotated[
        LoanMonthEnd,
        doc("When a month has no such day: `clamp` to its last, `roll` to the next, or `last` always."),
        Field(label="When a month has no such day"),
    ] = LoanMonthEnd.CLAMP
    terms: Annotated[
        list[Months],
        Meta(min_length=1, max_length=24, description="For how many months somebody may borrow."),
        Field(label="Terms in months", help="Such as 3 6 12."),
    ]
    amount_min: Annotated[Money, Field(label="Least amount", unit=Unit.MONEY)]
    amount_max: Annotated[Money, Field(label="Most", unit=Unit.MONEY)]
    asset: Annotated[LoanAsset, doc("`CNY` or `ECNY`."), Field(label="Paid out in")] = LoanAsset.CNY
    revolving: Annotated[bool, doc("Whether what is repaid can be drawn again."), Field(label="Can be drawn again")] = (
        True
    )
    validity_months: Annotated[
        int,
        Meta(ge=1, le=120, description="For how many months after the signature somebody may draw."),
        Field(label="Limit valid for months"),
    ] = 12
    offer_days: Annotated[
        int,
        Meta(ge=1, le=90, description="For how many days an offer can be signed."),
        Field(label="Offer open for days"),
    ] = 7
    fee_bps: Annotated[
        int,
        Meta(ge=0, le=1_000, description="The fee of a drawdown, in basis points of its amount."),
        Field(label="Fee of a drawdown (%)", unit=Unit.SHARE_BPS),
    ] = 0
    grace_days: Annotated[
        int,
        Meta(ge=0, le=30, description="For how many days after a due date nothing is overdue."),
        Field(label="Days of grace"),
    ] = 0
    penalty_bps: Annotated[
        int,
        Meta(ge=0, le=10_000, description="Added to the rate on what is overdue, in basis points of the rate."),
        Field(label="Added to the rate when overdue (%)", unit=Unit.SHARE_BPS),
    ] = 5_000
    compound: Annotated[
        bool, doc("Whether overdue interest bears interest, too."), Field(label="Interest on overdue interest")
    ] = True
    allocation: Annotated[
        AllocationOrder,
        doc("What a repayment pays first: `interest_first`, `principal_first` or `principal_after_90`."),
        Field(label="What a repayment pays first"),
    ] = AllocationOrder.PRINCIPAL_AFTER_90
    class_days: Annotated[
        list[Annotated[int, Meta(ge=1, le=3_600)]],
        Meta(min_length=4, max_length=4, description="Days overdue of special mention, substandard, doubtful, loss."),
        Field(label="Classes from days overdue", help="Special mention, substandard, doubtful, loss: 1 90 270 360."),
    ] = msgspec.field(default_factory=lambda: [1, 90, 270, 360])
    provision_bps: Annotated[
        list[Annotated[int, Meta(ge=0, le=10_000)]],
        Meta(min_length=5, max_length=5, description="What is set aside by class, in basis points of the principal."),
        Field(label="Provisions by class (basis points)", help="From normal to loss: 100 200 2500 5000 10000."),
    ] = msgspec.field(default_factory=lambda: [100, 200, 2_500, 5_000, 10_000])
    rule_set: Annotated[RuleCode, Field(label="Rule set that decides")] = "small_loan"
    due_days: Annotated[
        int,
        Meta(ge=0, le=90, description="Pay-later: a bill is due so many days after it, without interest; 0 for loans."),
        Field(
            label="Bills due after days (pay-later)",
            help="0 for loans. More: the limit pays bills, which cost no interest for so many days.",
        ),
    ] = 0
    grace_instalments: Annotated[
        int,
        Meta(ge=0, le=120, description="So many first instalments pay interest alone."),
        Field(label="First instalments without principal", help="Such as 6: half a year of interest alone."),
    ] = 0
    balloon_bps: Annotated[
        int,
        Meta(ge=0, le=9_000, description="What of the principal the last instalment pays beside its own."),
        Field(label="Left to the last instalment (%)", unit=Unit.SHARE_BPS),
    ] = 0
    holidays: Annotated[
        LoanHolidays,
        doc(
            "Where an instalment goes that is due on no business day: `none` (it stays), `following`, `preceding`, or "
            "`modified_following` (the next one unless it is in the next month, else the one before)."
        ),
        Field(label="When an instalment is due on no business day", help="Interest counts to the day it is moved to."),
    ] = LoanHolidays.NONE
    benchmark: Annotated[
        BenchmarkCode | None,
        doc("The published rate that its loans follow, by which `rate_ppm` is computed; null for a rate that stays."),
        Field(label="Follows the published rate", help="Such as lpr_1y. Empty for a rate that stays as it is."),
    ] = None
    margin_bps: Annotated[
        int,
        Meta(ge=-3_600, le=3_600, description="What is added to the published rate, in basis points."),
        Field(label="Added to the published rate (basis points)", help="80 is 0.8 %; below 0 it is less."),
    ] = 0
    repricing: Annotated[
        LoanRepricing,
        doc(
            "When loans follow it: `new_year`, `anniversary` (of the drawdown), `quarter` (its first day), or `month` "
            "(the day of the drawdown)."
        ),
        Field(label="Follows it on"),
    ] = LoanRepricing.NEW_YEAR
    rate_floor_ppm: Annotated[RatePpm, Field(label="Lowest rate when it follows (%)", unit=Unit.RATE_PPM)] = 0
    rate_cap_ppm: Annotated[RatePpm, Field(label="Highest rate when it follows (%)", unit=Unit.RATE_PPM)] = RATE_MAX
    active: Annotated[
        bool,
        doc("False ends the product from the effective date on: nobody applies any more."),
        Field(label="May be applied for"),
    ] = True
    note: Note
    effective_from: Annotated[Day | None, doc("The business date from which the version counts; left out, today.")] = (
        None
    )

    def decide(self, book: Book) -> LoanProduct:
        if self.amount_min > self.amount_max:
            book.reject("loan_product.amounts", field="amount_max")
        if len(set(self.terms)) != len(self.terms):
            book.reject("loan_product.terms", field="terms")
        if sorted(set(self.class_days)) != self.class_days:
            book.reject("loan_product.class_days", field="class_days")
        if self.grace_instalments and (
            self.method is RepaymentMethod.BULLET or self.grace_instalments >= min(self.terms)
        ):
            book.reject("loan_product.grace", field="grace_instalments")
        if self.balloon_bps and self.method not in (RepaymentMethod.EQUAL_INSTALMENTS, RepaymentMethod.EQUAL_PRINCIPAL):
            book.reject("loan_product.balloon", field="balloon_bps")
        if self.rate_floor_ppm > self.rate_cap_ppm:
            book.reject("loan_product.rate_bounds", field="rate_cap_ppm")
        if self.due_days and not self.revolving:
            book.reject("loan_product.pay_later_revolving", field="revolving")
        if sorted(self.provision_bps) != self.provision_bps:
            book.reject("loan_product.provisions", field="provision_bps")
        versions = PRODUCTS.of(book, self.code)
        if versions and versions[0].is_pay_later is not (self.due_days > 0):
            book.reject("loan_product.pay_later_fixed", loan_product=self.code, field="due_days")
        if versions and versions[0].asset is not self.asset:
            book.reject("loan_product.asset_fixed", loan_product=self.code, asset=versions[0].asset.value)
        effective_from = effective_date(book, LoanProduct, self.effective_from, field="effective_from")
        book.get(Asset, self.asset.value)
        if self.benchmark is not None and RATES.on(book, self.benchmark, book.today) is None:
            book.reject("benchmark_rate.not_found", benchmark_rate=self.benchmark, field="benchmark")
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        figures |= {"effective_from": effective_from, "terms": sorted(self.terms)}
        version = next_version(versions)
        made = LoanProduct(version=version, created_at=book.now, created_by=book.actor, **figures)
        if made.is_floating:
            made = made.replace(rate_ppm=rate_on(book, made, book.today))
        book.emit("loan_product.set", f"loan_product:{self.code}", loan_product=self.code, version=version)
        return book.add(made)


def _describe(book: Book, command: SetLoanProduct) -> Description:
    versions = PRODUCTS.of(book, command.code)
    facts = [
        Fact("Product", "code", command.code),
        Fact("Version now", "number", next_version(versions) - 1, watched=True),
        Fact("Name", "text", command.name),
        Fact("Interest a year, in millionths", "number", command.rate_ppm),
        Fact("Most that is lent", "money", command.amount_max, asset=command.asset.value),
        Fact("Rule set", "code", command.rule_set),
        Fact("In force", "words", "Yes" if command.active else "No"),
    ]
    if command.effective_from is not None:
        facts.append(Fact("Effective from", "day", command.effective_from.isoformat()))
    return Description(f"loan_product:{command.code}", facts)


approvable(
    Approvable(
        SetLoanProduct,
        "Set a loan product",
        _describe,
        outcome=lambda product: f"loan_product:{product.code}",
        matter=lambda command: f"loan_product:{command.code}",
    )
)
