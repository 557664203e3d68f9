"""Payments: one record of what was paid for an order, with a line for each source."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc, identifier
from canglian.kernel.values import Amount


class PaymentState(enum.StrEnum):
    """Authorised while money is held and nothing was captured; paid once something was; cancelled where nothing was."""

    AUTHORISED = "authorised"
    PAID = "paid"
    CANCELLED = "cancelled"


PinVersion = Annotated[int, Meta(ge=1, le=10**6)]


class SourceUse(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source to be used: its kind, which one, the most that is taken from it, and how its holder agreed.

    Sources are used in the order in which they are named: of each as much as it has and may pay.
    """

    item: Annotated[str, identifier("[a-z]{3}", "The id of what pays, such as a wallet's.")]
    source: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z_]{1,23}\Z",
            description="What kind of source: `wallet`; `purpose` for a grant or a prepaid card (`grt_…`).",
        ),
    ] = "wallet"
    most: Annotated[Amount | None, doc("The most that is taken from it; null for no bound of its own.")] = None
    pin: Annotated[PinVersion | None, doc("The version of the PIN that was looked at, or null.")] = None


class Payment(Entity, frozen=True, table="payment", indexes={"order": ("order",)}):
    """What was paid for an order. Its lines are ``PaymentLine``; amounts are their sums.

    ``gross`` is the price of the order and ``amount`` what is paid for it. Captures and refunds count in shares of the
    price: ``gross_captured`` of it was taken, which came to ``captured``; ``gross_refunded`` of it was given back,
    which came to ``refunded`` in ``refunds`` turns. ``capturing`` of it is being asked for elsewhere, by the channel.
    ``fee`` contains ``tax``; what of both was given back is at the lines. ``schedule`` is the version of the schedule
    by which the fee was counted.
    """

    id: Annotated[str, doc("The payment's id.")]
    order: Annotated[str, doc("The order's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    gross: Annotated[int, doc("The price of the order, in fen.")]
    amount: Annotated[int, doc("What is paid for it, in fen.")]
    gross_captured: Annotated[int, doc("How much of the price was taken.")]
    captured: Annotated[int, doc("What was taken from the sources for it.")]
    gross_refunded: Annotated[int, doc("How much of the price was refunded.")]
    refunded: Annotated[int, doc("What was given back for it.")]
    refunds: Annotated[int, doc("How many refunds there were.")]
    fee: Annotated[int, doc("The merchant's fee, with the tax in it.")]
    tax: Annotated[int, doc("The value-added tax that the fee contains.")]
    schedule: Annotated[str, doc("The schedule and version by which the fee was counted.")]
    state: Annotated[PaymentState, doc("`authorised`, `paid` or `cancelled`.")]
    channel: Annotated[str, doc("Where it was asked for.")]
    code: Annotated[str | None, doc("The id of the payer's code by which it was taken, or null.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]
    expires_at: Annotated[datetime | None, doc("Until when an authorisation holds money; null where nothing is held.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    split_until: Annotated[date | None, doc("Until which business date it is kept back to be split, or null.")] = None
    capturing: Annotated[int, doc("How much of the price the channel is asked to take now, or 0.")] = 0


class PaymentLine(Entity, frozen=True, table="payment_line", indexes={"payment": ("payment",)}):
    """What one source pays of a payment. ``position`` is its place in the order of paying, from 1.

    A line that is a ``discount`` is another's money for the payer (a coupon): a refund gives it back in its share, and
    money of the payer's own in reverse order. ``transfer`` is the ledger's, of the last capture; ``hold`` what reserved
    it until then, by which all its captures are found.
    """

    id: Annotated[str, doc("The line's id.")]
    payment: Annotated[str, doc("The payment's id.")]
    position: Annotated[int, doc("Its place in the order of paying, from 1.")]
    source: Annotated[str, doc("What kind of source, such as `wallet`.")]
    item: Annotated[str, doc("The id of what pays, such as a wallet's.")]
    holder: Annotated[str | None, doc("Whose money it is: the customer's id, or null.")]
    discount: Annotated[bool, doc("Whether it is another's money for the payer, such as a coupon.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    amount: Annotated[int, doc("What it pays, in fen.")]
    captured: Annotated[int, doc("What of it was taken.")]
    refunded: Annotated[int, doc("What of it was given back.")]
    fee: Annotated[int, doc("The part of the fee that was taken from this line, with the tax in it.")]
    tax: Annotated[int, doc("The tax in that part.")]
    fee_refunded: Annotated[int, doc("What of that part was given back.")]
    tax_refunded: Annotated[int, doc("The tax in what was given back.")]
    transfer: Annotated[int | None, doc("The transfer of the ledger that took it, or null.")]
    hold: Annotated[int | None, doc("The hold of the ledger that reserves it, or did what was taken of it; or null.")]
    split: Annotated[int, doc("What of it went on to receivers of a split, less what they returned.")] = 0
