"""Orders to the card and QR channel: what it is asked to collect from a payer, and to give back."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class ChannelKind(enum.StrEnum):
    """What the channel is asked for: money of a payer for an order, at once or set aside; then parts of what was set
    aside, the rest of it let go, and money back to the payer."""

    PAY = "pay"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"

    @property
    def is_first(self) -> bool:
        """Whether it asks a payer for an order's money; others are about one that did."""
        return self in (ChannelKind.PAY, ChannelKind.AUTHORISE)


class ChannelMethod(enum.StrEnum):
    """With what the payer pays: a card, or an app that scans the code of the channel."""

    CARD = "card"
    QR = "qr"


class ChannelState(enum.StrEnum):
    """Requested until it leaves; sent while nobody knows more; accepted once the channel has it.

    Unknown is what was sent and never answered: it is enquired, and sent again only after the channel has said that it
    does not have it. Succeeded and refused are the ends.
    """

    REQUESTED = "requested"
    SENT = "sent"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"

    @property
    def is_final(self) -> bool:
        """Whether the channel has said how it ended."""
        return self in (ChannelState.SUCCEEDED, ChannelState.REFUSED)


class ChannelOrder(
    Entity,
    frozen=True,
    table="channel_order",
    indexes={"order": ("order",), "original": ("original",), "payment": ("payment",)},
):
    """An order to the channel (通道订单). Its id is the number by which the channel knows it.

    ``amount`` is what the payer pays or gets back. A capture takes it for ``gross`` of the order's price, and lets go
    of the rest where it is ``final``. ``fee`` is the channel's own, negative where a refund gives some of it back;
    it is booked with the fees of its day, by the channel's file. ``transfer`` is the ledger's once money has moved.
    ``late`` says that money came for an order that could not be paid any more: it goes back by an order of its own,
    whose ``original`` this one is. ``next_at`` is when the channel is enquired next; null once the end is known.
    """

    id: Annotated[str, doc("The number by which the channel knows it.")]
    kind: Annotated[ChannelKind, doc("`pay` or `authorise`; then `capture`, `release` or `refund` of one of these.")]
    method: Annotated[ChannelMethod, doc("`card`, or `qr` for an app that scans the code.")]
    order: Annotated[str, doc("The merchant's order, by its id here.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    original: Annotated[str | None, doc("What it takes from, lets go or gives back; null for a first one.")]
    payment: Annotated[str | None, doc("The payment that it pays or gives back, or null.")]
    amount: Annotated[int, doc("What the payer pays or gets back, in fen.")]
    asset: Annotated[str, doc("The unit of value: `CNY`.")]
    state: Annotated[ChannelState, doc("`requested`, `sent`, `accepted`, `unknown`, `succeeded` or `refused`.")]
    sends: Annotated[int, doc("How often it was sent; again only after the channel had said that it has none.")]
    enquiries: Annotated[int, doc("How often the channel was enquired since it was last sent.")]
    next_at: Annotated[datetime | None, doc("When the channel is enquired next, or null.")]
    code: Annotated[str | None, doc("What the payer scans or opens to pay, or null.")]
    reference: Annotated[str | None, doc("The channel's own number, or null.")]
    fee: Annotated[int | None, doc("The channel's fee in fen, or null while it is not known.")]
    reason: Annotated[str | None, doc("Why the channel refused it, or null.")]
    transfer: Annotated[int | None, doc("The transfer of the ledger, or null.")]
    late: Annotated[bool, doc("Whether money came for an order that could not be paid any more.")]
    on: Annotated[date, doc("The business date by which the channel files it.")]
    at: Annotated[datetime, doc("When it was asked for.")]
    by: Annotated[str, doc("Who asked for it.")]
    answered_at: Annotated[datetime | None, doc("When the end was known, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    gross: Annotated[int | None, doc("How much of the order's price a capture takes; null for others.")] = None
    final: Annotated[bool, doc("Whether a capture lets go of the rest.")] = False
