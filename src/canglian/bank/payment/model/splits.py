"""Splits: what of a payment goes on to other merchants, each with an outcome of its own, and what they still owe."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc, identifier
from canglian.kernel.values import Amount


class ShareState(enum.StrEnum):
    """Pending while its receiver is suspended; done; returned by refunds as a whole; failed when its time was over."""

    PENDING = "pending"
    DONE = "done"
    RETURNED = "returned"
    FAILED = "failed"


class Receiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who gets a share, and how much: an amount, a share of the payment, or with neither what may still be split."""

    merchant: Annotated[str, identifier("mer", "The merchant that gets the share.")]
    amount: Annotated[Amount | None, doc("How much, in fen; null for a share or the remainder.")] = None
    share_bps: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None,
        doc("The share of what was paid, in basis points; null for an amount or the remainder."),
    ] = None


class SplitLeg(msgspec.Struct, frozen=True, gc=False):
    """What a share got of one line of the payment: of which asset, and the transfer of the ledger."""

    line: Annotated[str, doc("The payment's line.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    amount: Annotated[int, doc("What the share got of it, in fen.")]
    returned: Annotated[int, doc("What of that was taken back.")]
    transfer: Annotated[int, doc("The transfer of the ledger.")]


class SplitShare(
    Entity, frozen=True, table="split_share", indexes={"payment": ("payment",), "number": ("merchant", "number")}
):
    """What one receiver gets of a payment (分账). ``number`` is the merchant's own number of the split."""

    id: Annotated[str, doc("The share's id.")]
    payment: Annotated[str, doc("The payment's id.")]
    merchant: Annotated[str, doc("The merchant that was paid.")]
    number: Annotated[str, doc("The merchant's own number of the split.")]
    position: Annotated[int, doc("Its place in the split, from 1.")]
    receiver: Annotated[str, doc("The merchant that gets the share.")]
    amount: Annotated[int, doc("How much, in fen.")]
    returned: Annotated[int, doc("What of it came back, or is claimed back, because of refunds.")]
    legs: Annotated[list[SplitLeg], doc("What it got of each line of the payment.")]
    state: Annotated[ShareState, doc("`pending`, `done`, `returned` or `failed`.")]
    until: Annotated[date, doc("Until which business date it may be pending.")]
    asked_on: Annotated[date, doc("The business date on which it was asked for.")]
    asked_at: Annotated[datetime, doc("When it was asked for.")]
    asked_by: Annotated[str, doc("Who asked for it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    refunded_before: Annotated[int, doc("What of the payment had been refunded when it was given, in fen.")] = 0


class SplitClaim(Entity, frozen=True, table="split_claim"):
    """What a receiver had too little to return when a payment was refunded: due at its next settlement.

    It is open until ``collected`` comes up to ``amount``; a settlement takes what the receiver has.
    """

    id: Annotated[str, doc("The claim's id.")]
    share: Annotated[str, doc("The share that is claimed back.")]
    refund: Annotated[str, doc("The refund for which it is claimed.")]
    receiver: Annotated[str, doc("The merchant that owes it.")]
    merchant: Annotated[str, doc("The merchant to which it is owed.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    amount: Annotated[int, doc("How much, in fen.")]
    on: Annotated[date, doc("The business date from which it is due.")]
    at: Annotated[datetime, doc("When.")]
    collected: Annotated[int, doc("What of it settlements have taken from the receiver, in fen.")] = 0
    collected_on: Annotated[date | None, doc("The business date of the last one that took any, or null.")] = None

    @property
    def left(self) -> int:
        """What the receiver still owes."""
        return self.amount - self.collected
