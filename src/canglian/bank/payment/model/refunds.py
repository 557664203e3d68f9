"""Refunds, each with what went back to which source. They never change."""

from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class Refund(Entity, frozen=True, table="refund", indexes={"payment": ("payment",), "number": ("merchant", "number")}):
    """A refund (退款). ``number`` is the merchant's own, once for each merchant.

    ``gross`` of the order's price is refunded, which gives ``amount`` back to the sources: the rest was never paid.
    """

    id: Annotated[str, doc("The refund's id.")]
    payment: Annotated[str, doc("The payment's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    number: Annotated[str, doc("The merchant's own number of the refund.")]
    gross: Annotated[int, doc("How much of the order's price is refunded, in fen.")]
    amount: Annotated[int, doc("What goes back to the sources, in fen.")]
    fee: Annotated[int, doc("What of the merchant's fee is given back, with the tax in it.")]
    tax: Annotated[int, doc("The tax in that.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    channel: Annotated[str, doc("Where it was asked for.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]


class RefundLine(Record, frozen=True, table="refund_line", key=("refund", "position")):
    """What a refund gave back to the source of a line."""

    refund: Annotated[str, doc("The refund's id.")]
    position: Annotated[int, doc("Its place in the order of giving back, from 1.")]
    line: Annotated[str, doc("The line of the payment.")]
    source: Annotated[str, doc("What kind of source, such as `wallet`.")]
    item: Annotated[str, doc("The id of what is paid back, such as a wallet's.")]
    holder: Annotated[str | None, doc("Whose money it is: the customer's id, or null.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    amount: Annotated[int, doc("What goes back, in fen.")]
    transfer: Annotated[int, doc("The transfer of the ledger.")]
