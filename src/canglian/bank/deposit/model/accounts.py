"""Deposit accounts and what is frozen on them."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.bank.deposit.model.products import ProductClass
from canglian.bank.party import Level
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc

NUMBER = "deposit_account.number"
"""What account numbers are sealed for."""


class AccountState(enum.StrEnum):
    """Dormant accounts had no movement for long after their opening: they are served at the counter only.

    A closing account waits for the rail to pay out what was on it; nothing else moves on it.
    """

    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSING = "closing"
    CLOSED = "closed"


class FreezeKind(enum.StrEnum):
    """What stands still: money in, money out, both, or everything but the counter (非柜面业务)."""

    IN = "in"
    OUT = "out"
    WHOLE = "whole"
    COUNTER_ONLY = "counter_only"


class FreezeCause(enum.StrEnum):
    """Why: an authority's order, the bank's own care, a case that it is involved in (涉案), the holder's wish."""

    ORDER = "order"
    RISK = "risk"
    CASE = "case"
    HOLDER = "holder"


class DepositAccount(
    Entity,
    frozen=True,
    table="deposit_account",
    indexes={"party": ("party",), "number": ("number_index",), "account": ("account",)},
    sealed={"number_sealed": NUMBER},
):
    """A deposit account. ``account`` is its account in the ledger, where its money is.

    ``product`` is the code of its product, which rules about limits know it by too. ``ordinal`` is the place of its
    number in the row of numbers. ``level`` is how far its holder was verified for it. ``stops_in``, ``stops_out`` and
    ``counter_only`` sum up the freezes that hold. ``moved_on`` is the date of the first movement that its holder
    caused; without one the account is dormant from ``dormant_on`` on. ``bound_inflow`` says whether money of a bound
    account has come in.
    """

    id: str
    ordinal: int
    product: str
    product_class: ProductClass
    party: str | None
    account: int
    asset: str
    number_sealed: str
    number_mask: str
    number_index: str
    level: Level
    state: AccountState
    stops_in: bool
    stops_out: bool
    counter_only: bool
    bound_inflow: bool
    channel: str
    opening: str | None
    opened_on: date
    dormant_on: date | None
    moved_on: date | None
    closed_on: date | None
    opened_at: datetime
    opened_by: str
    updated_at: datetime


class AccountFreeze(
    Entity, frozen=True, table="account_freeze", indexes={"account": ("account",), "case": ("case_reference",)}
):
    """One reason for which an account stands still. Several may hold at once; each is lifted by itself.

    ``authority`` says who ordered it, ``case_reference`` names the case by the authority's own number. ``until`` is the
    last day, None until it is lifted.
    """

    id: Annotated[str, doc("Its number or id.")]
    account: Annotated[str, doc("The deposit account's id.")]
    kind: Annotated[FreezeKind, doc("What stands still.")]
    cause: Annotated[FreezeCause, doc("By an `order`, for `risk`, for a `case`, or as the `holder` wishes.")]
    authority: Annotated[str | None, doc("Who ordered it, or null.")]
    case_reference: Annotated[str | None, doc("The authority's own number of the case, or null.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    until: Annotated[date | None, doc("The last day on which it holds; null for ever.")]
    at: Annotated[datetime, doc("When it was frozen.")]
    by: Annotated[str, doc("Who froze it.")]
    lifted_at: Annotated[datetime | None, doc("When it was lifted; null while it holds.")]
    lifted_by: Annotated[str | None, doc("Who lifted it, or null.")]
    lift_reason: Annotated[str | None, doc("Why it was lifted, or null.")]
