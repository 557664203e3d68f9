"""What the ledger keeps: heads, assets, accounts, balances, transfers, holds, reversals, marks and what was backdated.

Amounts are integers in the minor unit of the account's asset. ``id`` of an account, a transfer and a hold is a
small number handed out by the book in order. Every struct here is frozen; its table has the same name and columns.
"""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc

Day = date  # a field of the same name would hide the type


class Side(enum.StrEnum):
    """The side on which a balance of this kind grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Bound(enum.StrEnum):
    """Whose room bounds a balancing transfer: that of the debit account, of the credit account, or of both."""

    DEBIT = "debit"
    CREDIT = "credit"
    BOTH = "both"


class HeadClass(enum.StrEnum):
    """The class of a head in the chart of accounts."""

    ASSET = "asset"
    LIABILITY = "liability"
    COMMON = "common"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"
    MEMO = "memo"


class AccountState(enum.StrEnum):
    """Open; frozen-in takes no money in; frozen-out gives none out; frozen does neither; closed is the end."""

    OPEN = "open"
    FROZEN_IN = "frozen-in"
    FROZEN_OUT = "frozen-out"
    FROZEN = "frozen"
    CLOSED = "closed"


class HoldState(enum.StrEnum):
    """Pending until it is captured whole (or finally), released or expired."""

    PENDING = "pending"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class Asset(Entity, frozen=True, table="asset", key=("code",)):
    """A unit of value: ``CNY`` with scale 2 counts fen."""

    code: Annotated[str, doc("The short stable name.")]
    name: Annotated[str, doc("What people read.")]
    scale: Annotated[int, doc("How many decimals the minor unit stands for: 2 for CNY, 0 for points.")]


class Head(Entity, frozen=True, table="head", key=("code",)):
    """A head of the chart of accounts (科目), such as 2011 deposits taken (吸收存款)."""

    code: Annotated[str, doc("The short stable name.")]
    name: Annotated[str, doc("What people read.")]
    head_class: Annotated[HeadClass, doc("What kind of head it is.")]
    normal_side: Annotated[Side, doc("The side on which its balance grows; left out, that of its head.")]


class Account(Entity, frozen=True, table="account", indexes={"reference": ("reference",)}):
    """The lasting facts of one account; its figures are in ``Balance``.

    ``floor`` and ``ceiling`` bound the balance in the direction of the normal side; None means unbounded.
    Money "in" raises the balance, money "out" lowers it. ``owner`` is an opaque id of the floor above.
    ``purpose`` binds its money: it moves only within the same purpose (see ``ledger.book``).
    """

    id: Annotated[int, doc("Its number or id.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    head: Annotated[str, doc("The head of the chart of accounts, such as `2011`.")]
    normal_side: Annotated[Side, doc("The side on which its balance grows; left out, that of its head.")]
    state: Annotated[AccountState, doc("The state it is in, or is to be in.")]
    floor: Annotated[int | None, doc("The lowest balance that it may have; null for none.")]
    ceiling: Annotated[int | None, doc("The highest balance that it may have; null for none.")]
    purpose: Annotated[str | None, doc("Its money moves only among accounts of the same purpose; null for free money.")]
    owner: Annotated[str | None, doc("Whose it is: an id of yours.")]
    name: Annotated[str | None, doc("What people read.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    metadata: Annotated[dict[str, str] | None, doc("Your own facts, text by name; lists can be filtered by them.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    closed_at: Annotated[datetime | None, doc("When it was closed; null while it is not.")]


class Balance(Entity, frozen=True, table="balance", key=("account",)):
    """The figures of one account, kept by every transfer and hold; never a sum over history.

    ``debits`` and ``credits`` are totals of all time; ``*_held`` are reserved by pending holds. ``entries`` counts
    the transfers; ``last_transfer``, ``date`` (business) and ``happened_at`` (the latest so far) are of the last one.
    """

    account: int
    debits: int
    credits: int
    debits_held: int
    credits_held: int
    entries: int
    last_transfer: int
    date: date
    happened_at: datetime


class Transfer(Record, frozen=True, table="transfer"):
    """An immutable movement of ``amount`` from the debit account to the credit account.

    ``debit_balance`` and ``credit_balance`` are each account's debits less credits right after this transfer.
    ``group`` is the first transfer of a group that stood or fell together; ``hold`` the hold that was captured;
    ``reverses`` the transfer that this undoes. ``flags`` is a sum of ``Flag``.
    """

    id: int
    debit: int
    credit: int
    amount: int
    asset: str
    code: str
    date: date
    happened_at: datetime
    booked_at: datetime
    debit_balance: int
    credit_balance: int
    command: int
    flags: int = 0
    group: int | None = None
    hold: int | None = None
    reverses: int | None = None
    reference: str | None = None
    metadata: dict[str, str] | None = None


class Flag(enum.IntFlag):
    """Marks on a transfer."""

    LATE_DEBIT = 1
    """Happened before an earlier-booked transfer of its debit account."""
    LATE_CREDIT = 2
    """The same for its credit account."""
    RELEASE = 4
    """Crossed a purpose, released by the purpose module."""
    IMPORTED = 8
    """History with its own date."""
    BALANCING = 16
    """Its amount was cut to what was available."""


class Hold(Entity, frozen=True, table="hold"):
    """An amount reserved on the debit account for the credit account until captured, released or expired."""

    id: Annotated[int, doc("The hold's number.")]
    debit: Annotated[int, doc("The account that is debited.")]
    credit: Annotated[int, doc("The account that is credited.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]
    captured: Annotated[int, doc("What was taken of it so far.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    code: Annotated[str, doc("What it is for.")]
    state: Annotated[HoldState, doc("The state it is in, or is to be in.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    metadata: Annotated[dict[str, str] | None, doc("Your own facts, text by name; lists can be filtered by them.")]
    expires_at: Annotated[datetime | None, doc("When it ends by itself; null for never.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]

    @property
    def remaining(self) -> int:
        """What is still reserved: amount less captured while pending, else nothing."""
        return self.amount - self.captured if self.state is HoldState.PENDING else 0


class Reversal(Record, frozen=True, table="reversal", key=("transfer",)):
    """The link from a transfer to the one that undid it; a transfer has at most one."""

    transfer: int
    reversed_by: int


class BalanceMark(Record, frozen=True, table="balance_mark", key=("account", "date", "transfer")):
    """The figures of an account after ``transfer``, the last one of ``date`` or the end of a thousand entries.

    Written when the next transfer of the account falls on a later business date, and after every
    ``MARK_EVERY`` entries; so the balance at any past date or instant is found without reading its history.
    """

    account: int
    date: date
    transfer: int
    happened_at: datetime
    debits: int
    credits: int
    entries: int


class BackdatedEntry(Record, frozen=True, table="backdated_entry", key=("account", "transfer")):
    """A transfer that carries an earlier business date than one that its account had moved on already.

    Marks follow the order of booking: those of an account before ``until`` do not count it, so whoever asks for the
    figures of a date from ``date`` to before ``until`` adds ``debits`` and ``credits``.
    """

    account: int
    transfer: int
    date: Day
    until: Day
    debits: int
    credits: int


MARK_EVERY = 1000
"""Entries of one account after which a mark is written within a day."""
