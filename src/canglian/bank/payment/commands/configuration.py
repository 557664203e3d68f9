"""The figures of payments, by version."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment.commands.values import ScheduleCode
from canglian.bank.payment.model import FeeSchedule, FeeStep, PaymentPolicy
from canglian.bank.payment.rules import POLICIES, RULES, SCHEDULES
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Note, Unit, doc
from canglian.kernel.values import AMOUNT_MAX, Amount, Name
from canglian.kernel.versions import effective_date, next_version

Day = date  # the field of the same name would hide the type
Rate = Annotated[int, Meta(ge=0, le=1_000)]
"""Basis points, up to 10 %."""


class SetFeeSchedule(Command[FeeSchedule], kind="payment.set_fee_schedule"):
    """Add a version to a schedule of fees; the payments before it keep theirs.

    Rejects ``fee_schedule.effective_past``, ``fee_schedule.bounds`` and ``fee_schedule.steps``.
    """

    code: ScheduleCode
    name: Annotated[Name, doc("What people read.")]
    rate_bps: Annotated[
        Rate,
        doc("The fee in basis points of what was paid: 38 is 0.38 %."),
        Field(label="Rate (%)", unit=Unit.SHARE_BPS),
    ]
    tax_bps: Annotated[
        int,
        Meta(ge=0, le=3_000, description="Value-added tax that the fee contains, in basis points of the net fee."),
        Field(label="Value-added tax in it (%)", unit=Unit.SHARE_BPS),
    ]
    refundable: Annotated[
        bool,
        doc("Whether a refund gives back the fee of what it refunds."),
        Field(label="Given back with refunds"),
    ]
    note: Note
    fee_min: Annotated[
        int,
        Meta(ge=0, le=AMOUNT_MAX, description="The least fee of a payment, in fen."),
        Field(label="At least, yuan", unit=Unit.MONEY),
    ] = 0
    fee_max: Annotated[
        Amount | None,
        doc("The highest fee of a payment, in fen; null for none."),
        Field(label="At most, yuan", unit=Unit.MONEY),
    ] = None
    large_from: Annotated[
        Amount | None,
        doc("From which amount on the rate for large payments counts; null for none."),
        Field(label="Large from, yuan", unit=Unit.MONEY),
    ] = None
    large_rate_bps: Annotated[
        Rate | None,
        doc("The rate of the part above `large_from`; null for the same one."),
        Field(label="Rate of the part above (%)", unit=Unit.SHARE_BPS),
    ] = None
    effective_from: Annotated[Day | None, doc("The business date from which it counts.")] = None
    steps: Annotated[
        tuple[FeeStep, ...],
        Meta(max_length=10, description="Rates of the parts above some amounts, the lowest amount first."),
        Field(label="Rates by steps", help="Above which yuan which percent: 5000=0.30 50000=0.25; empty for none."),
    ] = ()

    def decide(self, book: Book) -> FeeSchedule:
        edges = [step.above for step in self.steps]
        if edges != sorted(set(edges)) or (edges and self.large_from is not None):
            book.reject("fee_schedule.steps", field="steps")
        if self.fee_max is not None and self.fee_max < self.fee_min:
            book.reject("fee_schedule.bounds", field="fee_max")
        versions = SCHEDULES.of(book, self.code)
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        fields["effective_from"] = effective_date(book, FeeSchedule, self.effective_from, field="effective_from")
        version = next_version(versions)
        book.emit("fee_schedule.set", f"fee_schedule:{self.code}", fee_schedule=self.code, version=version)
        return book.add(FeeSchedule(**fields, version=version, created_at=book.now, created_by=book.actor))


class AddPaymentPolicy(Command[PaymentPolicy], kind="payment.add_policy"):
    """A new version of the bounds. Rejects ``payment_policy.in_past`` and ``payment_policy.exists``."""

    effective_from: Annotated[Day, doc("The business date from which the figures count.")]
    order_minutes: Annotated[
        int,
        Meta(
            ge=1, le=60 * 24 * 7, description="After how many minutes an unpaid order expires that says nothing else."
        ),
        Field(label="Minutes until an unpaid order expires"),
    ]
    order_days_max: Annotated[
        int,
        Meta(ge=1, le=30, description="How many days an order may wait to be paid at most."),
        Field(label="Days an order may wait at most"),
    ]
    refund_days: Annotated[
        int,
        Meta(ge=1, le=3_660, description="For how many days after a payment it may be refunded."),
        Field(label="Days in which a payment is refunded"),
    ]
    refunds_max: Annotated[
        int,
        Meta(ge=1, le=1_000, description="How many refunds a payment has at most."),
        Field(label="Refunds of a payment at most"),
    ]
    hold_days: Annotated[
        int,
        Meta(ge=1, le=60, description="For how many days an authorisation holds money."),
        Field(label="Days that an authorisation holds money"),
    ]
    split_share_max_bps: Annotated[
        int,
        Meta(ge=0, le=10_000, description="The share of a payment that may be split at most, in basis points."),
        Field(label="Share that may be split (%)", unit=Unit.SHARE_BPS),
    ]
    split_days: Annotated[
        int,
        Meta(ge=1, le=365, description="After how many days what is frozen for a split is the merchant's."),
        Field(label="Days in which a payment is split"),
    ]
    note: Note

    def decide(self, book: Book) -> PaymentPolicy:
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        return POLICIES.add(book, RULES, self.effective_from, {"rules": RULES, **figures})
