"""Products and figures, by version."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class ProductClass(enum.StrEnum):
    """The classes of settlement accounts of natural persons (Ⅰ, Ⅱ, Ⅲ类), of organisations, and the bank's own."""

    CLASS1 = "class1"
    CLASS2 = "class2"
    CLASS3 = "class3"
    CORPORATE = "corporate"
    INTERNAL = "internal"

    @property
    def is_personal(self) -> bool:
        """Whether natural persons hold it."""
        return self in (ProductClass.CLASS1, ProductClass.CLASS2, ProductClass.CLASS3)


class UnboundIn(enum.StrEnum):
    """From when on money of others than the bound account comes in."""

    ALWAYS = "always"
    FACE_TO_FACE = "face_to_face"
    BOUND_INFLOW = "bound_inflow"


class DepositProduct(
    Entity, frozen=True, table="deposit_product", key=("code", "version"), indexes={"code": ("code",)}
):
    """One version of a product; it never changes. In force is the one with the latest effective date that has come.

    ``rate_ppm`` is the yearly interest in millionths (500 is 0.05 %), ``day_count`` the days that a year counts.
    ``per_party_max`` bounds how many accounts of its class one holder has. An account without a movement within
    ``dormancy_months`` of its opening is served at the counter only; 0 for never. ``bound_max`` bounds the bound
    accounts. ``active`` is false in the version that ends the product: nothing new is opened, what is there goes on.
    """

    code: Annotated[str, doc("The short stable name.")]
    version: Annotated[int, doc("From 1 on.")]
    product_class: Annotated[ProductClass, doc("Its class: `class1`, `class2`, `class3`, `corporate` or `internal`.")]
    name: Annotated[str, doc("What people read.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    head: Annotated[str, doc("The head of the chart of accounts, such as `2011`.")]
    rate_ppm: Annotated[int, doc("The yearly interest in millionths: 500 is 0.05 %.")]
    day_count: Annotated[int, doc("The days that a year counts for interest.")]
    remote_opening: Annotated[bool, doc("Whether it may be opened from afar.")]
    per_party_max: Annotated[int | None, doc("How many of the product one party has at most; null for any number.")]
    dormancy_months: Annotated[
        int,
        doc("Without a movement for so many months after opening it is for the counter only; 0 for never."),
    ]
    unbound_in: Annotated[
        UnboundIn,
        doc("From when on it takes money of others: `always`, `face_to_face` or `bound_inflow`."),
    ]
    bound_max: Annotated[int, doc("How many bound accounts there may be.")]
    active: Annotated[bool, doc("False ends the product from the effective date on: nothing new is opened.")]
    effective_from: Annotated[date, doc("The business date from which the version counts.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]


class DepositPolicy(
    Entity, frozen=True, table="deposit_policy", key=("effective_from",), indexes={"rules": ("rules",)}
):
    """The figures of this room that are no product's, from a business date on.

    ``number_prefix`` begins account numbers (the BIN). Interest is settled on ``settlement_day`` of each of
    ``settlement_months``. A small transfer that confirms a bound account moves 1 to ``confirmation_max`` fen, and what
    it brought may be typed wrongly ``confirmation_tries`` times, within ``confirmation_hours``.
    """

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    rules: Annotated[str, doc("The name of the set of rules.")]
    number_prefix: Annotated[str, doc("What account numbers begin with.")]
    settlement_day: Annotated[int, doc("The day of the month on which interest is settled.")]
    settlement_months: Annotated[list[int], doc("The months in which it is.")]
    confirmation_max: Annotated[int, doc("The largest small transfer, in fen.")]
    confirmation_tries: Annotated[int, doc("How many wrong confirmations are allowed.")]
    confirmation_hours: Annotated[int, doc("After so many hours a binding that was not confirmed lapses.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
