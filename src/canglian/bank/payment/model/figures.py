"""The figures of payments, by version: schedules of fees, and the bounds of orders, refunds and splits."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.amounts import major
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount


class FeeStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rate of the part of a payment above an amount, up to the next step."""

    above: Annotated[Amount, doc("Above which amount the rate counts, in fen.")]
    rate_bps: Annotated[int, Meta(ge=0, le=1_000), doc("The rate of the part above it, in basis points: 25 is 0.25 %.")]

    def __str__(self) -> str:
        """It as people type it: yuan and percent."""
        return f"{major(self.above, 2)}={major(self.rate_bps, 2)}".replace(",", "")


class FeeSchedule(Entity, frozen=True, table="fee_schedule", key=("code", "version"), indexes={"code": ("code",)}):
    """One version of what a merchant pays for a payment; it never changes.

    The fee is ``rate_bps`` of what was paid, and of the part above each of ``steps`` (阶梯费率) the rate of that step;
    ``large_from`` with ``large_rate_bps`` is one such step, as older versions have it. It is at least ``fee_min`` and,
    where given, at most ``fee_max``, and never more than the payment. ``tax_bps`` of the net fee are value-added tax,
    which the fee contains. ``refundable`` gives back the fee of what is refunded.
    """

    code: Annotated[str, doc("The code of the schedule, such as `standard`.")]
    version: Annotated[int, doc("The version of the schedule, from 1.")]
    name: Annotated[str, doc("What people read.")]
    rate_bps: Annotated[int, doc("The fee in basis points of what was paid: 38 is 0.38 %.")]
    large_from: Annotated[int | None, doc("From which amount on the rate for large payments counts; null for none.")]
    large_rate_bps: Annotated[int | None, doc("The rate of the part above `large_from`; null for the same one.")]
    fee_min: Annotated[int, doc("The least fee of a payment, in fen.")]
    fee_max: Annotated[int | None, doc("The highest fee of a payment, in fen; null for none.")]
    tax_bps: Annotated[int, doc("Value-added tax that the fee contains, in basis points of the net fee.")]
    refundable: Annotated[bool, doc("Whether a refund gives back the fee of what it refunds.")]
    effective_from: Annotated[date, doc("The business date from which it counts.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]
    steps: Annotated[tuple[FeeStep, ...], doc("Rates of the parts above some amounts, the lowest amount first.")] = ()

    @property
    def tiers(self) -> list[FeeStep]:
        """The steps above the first rate, whichever way they were said."""
        if self.large_from is None or self.large_rate_bps is None:
            return list(self.steps)
        return [FeeStep(self.large_from, self.large_rate_bps)]


class PaymentPolicy(
    Entity, frozen=True, table="payment_policy", key=("effective_from",), indexes={"rules": ("rules",)}
):
    """The bounds of orders, refunds and splits from a business date on."""

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    rules: Annotated[str, doc("The name of the set of rules.")]
    order_minutes: Annotated[int, doc("After how many minutes an unpaid order expires that says nothing else.")]
    order_days_max: Annotated[int, doc("How many days an order may wait to be paid at most.")]
    refund_days: Annotated[int, doc("For how many days after a payment it may be refunded.")]
    refunds_max: Annotated[int, doc("How many refunds a payment has at most.")]
    hold_days: Annotated[int, doc("For how many days an authorisation holds money.")]
    split_share_max_bps: Annotated[int, doc("The share of a payment that may be split at most, in basis points.")]
    split_days: Annotated[int, doc("After how many days what is frozen for a split is the merchant's.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
