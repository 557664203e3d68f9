"""Bills of pay-later, and relatives who may repay them."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class BillState(enum.StrEnum):
    """Not due yet; due; overdue; paid or refunded in whole; turned into instalments; written off."""

    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    PAID = "paid"
    INSTALMENT = "instalment"
    WRITTEN_OFF = "written_off"


PAYABLE = (BillState.OPEN, BillState.DUE, BillState.OVERDUE)
"""States in which a bill is paid in one sum, or a part of it."""


class Bill(Entity, frozen=True, table="bill", indexes={"party": ("party",), "unpaid": ("unpaid",)}):
    """What was paid for somebody out of their limit. What is owed of it is its loan's: all amounts are in fen.

    ``loan`` is the one of the bill itself; ``instalments`` the one that pays it back by instalments, where it was
    turned into some. ``unpaid`` is the customer's id while anything may be owed.
    """

    id: Annotated[str, doc("The bill's id.")]
    party: Annotated[str, doc("Whose it is: the customer's id.")]
    facility: Annotated[str, doc("The facility whose limit paid it.")]
    product: Annotated[str, doc("The loan product's code.")]
    version: Annotated[int, doc("The version of the product.")]
    asset: Annotated[str, doc("In which money it is: `CNY` or `ECNY`.")]
    limit_hold: Annotated[str, doc("The hold that was captured.")]
    loan: Annotated[str, doc("The loan that it is.")]
    instalments: Annotated[str | None, doc("The loan that it was turned into, or null.")]
    wallet: Annotated[str, doc("The customer's wallet, to which money goes that is not owed.")]
    payee: Annotated[str | None, doc("The wallet that was paid, or null where a scene settled it otherwise.")]
    note: Annotated[str, doc("What it is for.")]
    amount: Annotated[int, doc("How much was paid for the customer, in fen.")]
    refunded: Annotated[int, doc("How much of it the payee gave back, in fen.")]
    state: Annotated[BillState, doc("`open`, `due`, `overdue`, `paid`, `instalment` or `written_off`.")]
    unpaid: Annotated[str | None, doc("The customer's id while anything of it is owed, or null.")]
    captured_on: Annotated[date, doc("The business date on which it was captured.")]
    due_on: Annotated[date, doc("When it is due; it costs no interest until then.")]
    settled_on: Annotated[date | None, doc("The business date on which nothing of it was owed any more, or null.")]
    at: Annotated[datetime, doc("When it was captured.")]
    by: Annotated[str, doc("Who asked for it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]

    @property
    def owed_by(self) -> str:
        """The loan by which it is owed now."""
        return self.instalments or self.loan


class RelationKind(enum.StrEnum):
    """What somebody is to the customer."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GUARDIAN = "guardian"


class Relative(
    Entity,
    frozen=True,
    table="relative",
    indexes={"party": ("party",), "payer": ("payer",), "pair": ("pair",)},
):
    """Somebody who may repay another's bills, and sees nothing of them. ``pair`` is null once it has ended."""

    id: Annotated[str, doc("The relation's id.")]
    party: Annotated[str, doc("Whose bills are repaid: the customer's id.")]
    payer: Annotated[str, doc("Who may repay them: a customer's id.")]
    kind: Annotated[RelationKind, doc("What the payer is: `spouse`, `parent`, `child`, `sibling` or `guardian`.")]
    pair: Annotated[str | None, doc("Both ids while it counts, or null.")]
    reason: Annotated[str, doc("How it was shown, or why it ended.")]
    at: Annotated[datetime, doc("When it was recorded.")]
    by: Annotated[str, doc("Who recorded it.")]
    ended_at: Annotated[datetime | None, doc("When it ended, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class RelativePayment(Record, frozen=True, table="relative_payment"):
    """What a relative has paid. How it was spread stands with the loans, where the customer alone sees it."""

    id: Annotated[str, doc("The payment's id.")]
    relative: Annotated[str, doc("The relation by which it was paid.")]
    party: Annotated[str, doc("For whom it was paid.")]
    payer: Annotated[str, doc("Who paid.")]
    wallet: Annotated[str, doc("The wallet that paid.")]
    asset: Annotated[str, doc("In which money.")]
    amount: Annotated[int, doc("How much was paid, in fen.")]
    transfer: Annotated[int, doc("The transfer of the ledger by which it came.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]
    channel: Annotated[str, doc("Where it was asked for.")]
