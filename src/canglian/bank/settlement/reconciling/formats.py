"""How the lines of a file are to be read: a format is configuration, and another channel is another one of them."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from canglian.kernel.fields import doc

PAYMENT, REFUND = "payment", "refund"
"""What a line is; with the merchant and the merchant's number it makes the key of the line."""

Column = Annotated[str, Meta(min_length=1, max_length=60)]


class TotalsLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line of a file: how it begins, and at which places, from 0, its count and sums stand.

    ``count`` is of the lines that are settled; ``net`` the payments less the refunds.
    """

    mark: Annotated[Column, doc("How the line begins.")]
    count: Annotated[int, doc("The place of the number of lines.")]
    payments: Annotated[int | None, doc("The place of the sum of the payments, or null.")] = None
    refunds: Annotated[int | None, doc("The place of the sum of the refunds, or null.")] = None
    net: Annotated[int | None, doc("The place of the payments less the refunds, or null.")] = None
    fees: Annotated[int | None, doc("The place of the sum of the fees, or null.")] = None


class FileFormat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A CSV file of payments and refunds, a line for each, with a header.

    Lines of ``payouts`` say what the channel pays out for the day: its payments less refunds, less fees.

    A key of a line is what it is (``kind``), its ``merchant`` and its ``reference``; ``number`` is its own. Refunds and
    captures may name what they are about in another column, so that all captures of an authorisation have one key.
    Instants without a time are dates.
    """

    number: Annotated[Column, doc("The column of the line's own number, once for each line.")] = "channel_no"
    reference: Annotated[Column, doc("The column by which both sides know the payment.")] = "merchant_order_no"
    original: Annotated[Column | None, doc("The same for refunds and captures; null for the same column.")] = None
    merchant: Annotated[Column | None, doc("The column of the merchant's id; null where references need none.")] = (
        "merchant_no"
    )
    kind: Annotated[Column, doc("The column that says whether it is a payment or a refund.")] = "kind"
    amount: Annotated[Column, doc("The column of the amount.")] = "amount"
    fee: Annotated[Column | None, doc("The column of the channel's fee; null where there is none.")] = None
    at: Annotated[Column, doc("The column of the instant or date.")] = "finished_at"
    state: Annotated[Column | None, doc("The column of the state; null where every line is settled.")] = "state"
    unit: Annotated[Literal["yuan", "fen"], doc("Whether amounts are written in yuan (1,234.56) or in fen.")] = "yuan"
    signed: Annotated[bool, doc("Whether the amounts of refunds are negative.")] = False
    payments: Annotated[tuple[str, ...], doc("The words for a payment.")] = ("payment", "支付")
    captures: Annotated[tuple[str, ...], doc("The words for a payment that takes from what was authorised.")] = ()
    refunds: Annotated[tuple[str, ...], doc("The words for a refund.")] = ("refund", "退款")
    payouts: Annotated[tuple[str, ...], doc("The words for what the channel pays out for the day.")] = ()
    settled: Annotated[tuple[str, ...], doc("The states in which money has moved.")] = ("success", "成功")
    totals: Annotated[TotalsLine | None, doc("The line of totals; null where there is none.")] = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1, description="What stands between fields.")] = ","
    encoding: Annotated[Literal["auto", "utf-8", "gb18030"], doc("What it is written in; auto finds out.")] = "auto"
    zone: Annotated[str, doc("The zone of instants that name none.")] = "Asia/Shanghai"
    prefix: Annotated[str, Meta(max_length=1, description="A character before fields that is no part of them.")] = ""

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)

    @property
    def columns(self) -> list[str]:
        """The columns that are read, in the order of ``reading``, the fee where there is one.

        A column stands twice where nothing else is asked for.
        """
        merchant, state = self.merchant or self.reference, self.state or self.kind
        original = self.original or self.reference
        columns = [self.kind, merchant, self.reference, original, self.number, self.amount, self.at, state]
        return columns if self.fee is None else [*columns, self.fee]


PLAIN = FileFormat(totals=TotalsLine("TOTAL", count=1, payments=2, refunds=3))
"""A file in the words of this room: what a channel is asked for that has no format of its own."""
CARD_AND_QR = FileFormat(
    number="reference",
    reference="number",
    original="original",
    merchant=None,
    at="date",
    state=None,
    unit="fen",
    signed=True,
    payments=("pay",),
    captures=("capture",),
    payouts=("payout",),
    fee="fee",
    totals=TotalsLine("total", count=8, net=4, fees=5),
)
"""The daily file of the card and QR channel, which knows payments by the numbers of our orders to it."""
ORDERS = FileFormat(number="order_no", reference="order_no", at="paid_at", state=None)
"""The orders of a merchant, as it uploads them."""
