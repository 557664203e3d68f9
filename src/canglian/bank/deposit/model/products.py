"""Products and figures, by version."""

import enum
from datetime import date, datetime

from canglian.kernel.entity import Entity


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

    code: str
    version: int
    product_class: ProductClass
    name: str
    asset: str
    head: str
    rate_ppm: int
    day_count: int
    remote_opening: bool
    per_party_max: int | None
    dormancy_months: int
    unbound_in: UnboundIn
    bound_max: int
    active: bool
    effective_from: date
    note: str
    created_at: datetime
    created_by: str


class DepositPolicy(
    Entity, frozen=True, table="deposit_policy", key=("effective_from",), indexes={"rules": ("rules",)}
):
    """The figures of this room that are no product's, from a business date on.

    ``number_prefix`` begins account numbers (the BIN). Interest is settled on ``settlement_day`` of each of
    ``settlement_months``. A small transfer that confirms a bound account moves 1 to ``confirmation_max`` fen, and what
    it brought may be typed wrongly ``confirmation_tries`` times, within ``confirmation_hours``.
    """

    effective_from: date
    rules: str
    number_prefix: str
    settlement_day: int
    settlement_months: list[int]
    confirmation_max: int
    confirmation_tries: int
    confirmation_hours: int
    note: str
    added_at: datetime
    added_by: str
