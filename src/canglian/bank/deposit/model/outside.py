"""Accounts at other banks, and the orders that move money between them and here."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc

BOUND_NUMBER = "remote_opening.account"
"""What numbers of bound accounts are sealed for: the same as in an opening, whose account becomes a bound one."""


class BindingState(enum.StrEnum):
    """Checking waits for the five elements, confirming for the holder's own confirmation."""

    CHECKING = "checking"
    CHECKED = "checked"
    CONFIRMING = "confirming"
    ACTIVE = "active"
    REJECTED = "rejected"
    ENDED = "ended"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self in (BindingState.REJECTED, BindingState.ENDED)


class Confirmation(enum.StrEnum):
    """How the holder shows that the account is theirs: the amount of a small transfer, or a code sent by its bank."""

    ONE_CENT = "one_cent"
    SMS = "sms"


class BoundAccount(
    Entity,
    frozen=True,
    table="bound_account",
    indexes={"account": ("account",), "number": ("number_index",)},
    sealed={"number_sealed": BOUND_NUMBER},
):
    """An account of the same holder at another bank, bound to a deposit account.

    ``elements`` were compared by its bank, ``elements_reference`` is its bank's word for it. ``order`` is the small
    transfer that the holder confirms. ``outcome`` says why it was rejected or ended. ``code_index`` is the keyed
    hash of the code that was sent last and counts until ``code_until``; ``codes`` were asked for so far.
    """

    id: str
    account: str
    party: str
    bank: str
    number_sealed: str | None
    number_mask: str
    number_index: str | None
    state: BindingState
    elements: int
    elements_reference: str | None
    confirmation: Confirmation | None
    confirmation_reference: str | None
    order: str | None
    tries: int
    outcome: str | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    expires_at: datetime
    code_index: str | None = None
    code_until: datetime | None = None
    codes: int = 0
    code_asked_at: datetime | None = None


class RailKind(enum.StrEnum):
    """A small transfer that confirms an account; money from there to here; money from here to there."""

    ONE_CENT = "one_cent"
    PULL = "pull"
    PUSH = "push"


class RailState(enum.StrEnum):
    """Requested leaves through the outbox; sent is on the rail; the other two are answers."""

    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether the answer is known."""
        return self in (RailState.SUCCEEDED, RailState.FAILED)


class RailOrder(
    Entity,
    frozen=True,
    table="rail_order",
    indexes={"account": ("account",), "reference": ("reference",)},
):
    """Money asked for from, or sent to, a bound account. Its id is what the rail knows it by.

    ``hold`` reserves the money of a push and the room for a pull until the answer comes, ``transfer`` is what was
    booked then, ``suspense`` says that it could not be booked on the account and stands aside. ``reference`` is the
    rail's own. ``filed_on`` is the date of the rail's file that agreed.
    """

    id: str
    kind: RailKind
    account: str
    bound_account: str
    amount: int
    asset: str
    state: RailState
    channel: str
    code: str
    hold: int | None
    transfer: int | None
    suspense: bool
    reference: str | None
    reason: str | None
    requested_on: date
    requested_at: datetime
    requested_by: str
    sent_at: datetime | None
    answered_at: datetime | None
    filed_on: date | None


class DifferenceKind(enum.StrEnum):
    """How the rail and the book disagree."""

    CONTRADICTED = "contradicted"
    AMOUNT = "amount"
    STATE = "state"
    UNKNOWN_ORDER = "unknown_order"
    MISSING_IN_FILE = "missing_in_file"
    NOT_CREDITABLE = "not_creditable"


class RailDifference(
    Entity, frozen=True, table="rail_difference", indexes={"order": ("order",), "subject": ("subject",)}
):
    """Where the rail says otherwise than the book. A person resolves it.

    ``subject`` is the order's id, or the reference of what the book does not know; a kind of difference stands once
    for a subject. ``ours`` and ``theirs`` are amounts, ``they_succeeded`` is how the order ended by the rail.
    """

    id: Annotated[str, doc("Its number or id.")]
    kind: Annotated[DifferenceKind, doc("How the two sides differ.")]
    order: Annotated[str | None, doc("The id of the order, or null.")]
    subject: Annotated[str, doc("What it is about, such as `transfer:88213`.")]
    on: Annotated[date, doc("The business date.")]
    ours: Annotated[int | None, doc("What the book has, in the minor unit, or null.")]
    theirs: Annotated[int | None, doc("What the rail has, in the minor unit, or null.")]
    they_succeeded: Annotated[bool | None, doc("How it ended by the rail, or null.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    note: Annotated[str | None, doc("A remark; it must hold no personal number.")]
    at: Annotated[datetime, doc("When it was found.")]
    resolved_at: Annotated[datetime | None, doc("When it was resolved; null while it stands.")]
    resolved_by: Annotated[str | None, doc("Who resolved it, or null.")]
    resolution: Annotated[str | None, doc("What a person found out, or null.")]
