"""Facilities with their parts by product, and holds on them."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class FacilityState(enum.StrEnum):
    """Drawn from; frozen: nothing is drawn, what is owed is repaid."""

    ACTIVE = "active"
    FROZEN = "frozen"


class LimitHoldState(enum.StrEnum):
    """Set aside; drawn; let go of; over since its last day has passed."""

    PENDING = "pending"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class SubLimit(msgspec.Struct, frozen=True):
    """What of a facility is for one product, by the contract that was signed last. All amounts are in fen.

    ``used`` is what is drawn and not repaid where it is revolving, else all that was drawn.
    """

    product: Annotated[str, doc("The loan product's code.")]
    version: Annotated[int, doc("The version by which the contract was signed.")]
    limit: Annotated[int, doc("The most that may be drawn of it, in fen.")]
    used: Annotated[int, doc("What is drawn of it, in fen.")]
    held: Annotated[int, doc("What is held of it, in fen.")]
    revolving: Annotated[bool, doc("Whether what is repaid can be drawn again.")]
    rate_ppm: Annotated[int, doc("The yearly rate of loans drawn from it, in millionths.")]
    valid_until: Annotated[date, doc("The last business date on which something is drawn.")]
    application: Annotated[str, doc("The application whose contract was signed.")]


class Facility(Entity, frozen=True, table="facility", indexes={"party": ("party",)}):
    """The unified limit of a customer (统一授信). Loans in accounts and in e-CNY count alike, in fen.

    Of each product no more is drawn than its part, and of all of them together no more than ``limit``.
    """

    id: Annotated[str, doc("The facility's id.")]
    party: Annotated[str, doc("Whose it is: the customer's id.")]
    state: Annotated[FacilityState, doc("`active` or `frozen`.")]
    limit: Annotated[int, doc("The most over all products, in fen.")]
    parts: Annotated[tuple[SubLimit, ...], doc("What of it is for which product.")]
    used: Annotated[int, doc("What is drawn over all products, in fen.")]
    held: Annotated[int, doc("What is held over all products, in fen.")]
    review_on: Annotated[date, doc("When it is reviewed.")]
    reason: Annotated[str | None, doc("Why it was frozen, or its limit changed, or null.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]

    def part_of(self, product: str) -> SubLimit | None:
        """What is for a product."""
        return next((part for part in self.parts if part.product == product), None)

    def room(self, product: str, today: date) -> int:
        """How much can be drawn for a product on a day."""
        part = self.part_of(product)
        if part is None or self.state is not FacilityState.ACTIVE or part.valid_until < today:
            return 0
        return max(0, min(self.limit - self.used - self.held, part.limit - part.used - part.held))


class LimitHold(
    Entity, frozen=True, table="limit_hold", indexes={"facility": ("facility",), "number": ("facility", "number")}
):
    """A part of a limit that is set aside for what will be drawn (额度预占): an estimate, drawn or let go of later."""

    id: Annotated[str, doc("The hold's id.")]
    facility: Annotated[str, doc("The facility's id.")]
    product: Annotated[str, doc("The loan product's code.")]
    amount: Annotated[int, doc("How much is set aside, in fen.")]
    drawn: Annotated[int, doc("How much of it was drawn, in fen.")]
    state: Annotated[LimitHoldState, doc("`pending`, `captured`, `released` or `expired`.")]
    number: Annotated[str | None, doc("The caller's own number of it, once in a facility, or null.")]
    note: Annotated[str, doc("What it is for.")]
    until: Annotated[date, doc("The last business date on which it counts.")]
    at: Annotated[datetime, doc("When it was made.")]
    by: Annotated[str, doc("Who made it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
