"""How the lines of a file are to be read: a format is configuration, and another channel is another one of them."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from canglian.kernel.fields import doc

PAYMENT, REFUND = "payment", "refund"
"""What a line is; with the merchant and the merchant's number it makes the key of the line."""

Column = Annotated[str, Meta(min_length=1, max_length=60)]


class FileFormat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A CSV file of payments and refunds, a line for each, with a header.

    A key of a line is what it is (``kind``), ``merchant`` and ``reference``; ``number`` is its own. Amounts are
    positive; those of refunds count as going back. A last line that begins with ``totals`` has behind it how many lines
    with a settled ``state`` the file has, the sum of the payments and that of the refunds.
    """

    number: Annotated[Column, doc("The column of the line's own number, once for each line.")] = "channel_no"
    reference: Annotated[Column, doc("The column of the merchant's number of the order or refund.")] = (
        "merchant_order_no"
    )
    merchant: Annotated[Column, doc("The column of the merchant's id.")] = "merchant_no"
    kind: Annotated[Column, doc("The column that says whether it is a payment or a refund.")] = "kind"
    amount: Annotated[Column, doc("The column of the amount.")] = "amount"
    at: Annotated[Column, doc("The column of the instant.")] = "finished_at"
    state: Annotated[Column | None, doc("The column of the state; null where every line is settled.")] = "state"
    fee: Annotated[Column | None, doc("The column of the channel's fee, or null.")] = None
    unit: Annotated[Literal["yuan", "fen"], doc("Whether amounts are written in yuan (1,234.56) or in fen.")] = "yuan"
    payments: Annotated[tuple[str, ...], doc("The words for a payment.")] = ("payment", "支付")
    refunds: Annotated[tuple[str, ...], doc("The words for a refund.")] = ("refund", "退款")
    settled: Annotated[tuple[str, ...], doc("The states in which money has moved.")] = ("success", "成功")
    totals: Annotated[str | None, doc("How the line of totals begins; null where there is none.")] = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1, description="What stands between fields.")] = ","
    encoding: Annotated[Literal["auto", "utf-8", "gb18030"], doc("What it is written in; auto finds out.")] = "auto"
    zone: Annotated[str, doc("The zone of instants that name none.")] = "Asia/Shanghai"
    prefix: Annotated[str, Meta(max_length=1), doc("A character before fields that is no part of them.")] = ""

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)

    @property
    def columns(self) -> list[str]:
        """The columns that are read, in the order of ``reading``."""
        wanted = [self.kind, self.merchant, self.reference, self.number, self.amount, self.at]
        return [*wanted, self.state] if self.state is not None else wanted


CHANNEL = FileFormat(totals="TOTAL")
"""The daily file of the channel."""
ORDERS = FileFormat(number="order_no", reference="order_no", at="paid_at", state=None)
"""The orders of a merchant, as it uploads them."""
