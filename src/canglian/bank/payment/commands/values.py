"""The fields that commands of this room share."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.party.commands.parties import PartyId
from canglian.bank.payment.model import SourceUse
from canglian.bank.payment.origins import require_origin
from canglian.bank.purpose.rules import Text
from canglian.bank.wallet.commands.values import Channel, Digest, WalletId
from canglian.kernel.fields import Field, PlainText, Unit, doc, identifier, impersonal
from canglian.kernel.values import AMOUNT_MAX, Number

MerchantId = Annotated[str, identifier("mer", "A merchant's id.")]
OrderId = Annotated[str, identifier("ord", "An order's id.")]
StoreId = Annotated[str, identifier("sto", "A store's id.")]
StaffId = Annotated[str, identifier("stf", "The id of somebody's engagement.")]
PaymentId = Annotated[str, identifier("pay", "A payment's id.")]

MerchantName = Annotated[PlainText, doc("What people read on receipts."), Field(label="Name", check=impersonal)]
Category = Annotated[
    str,
    Meta(pattern=r"^[0-9]{4}\Z", description="The merchant category code of ISO 18245: 5411 is a grocery."),
    Field(label="Category code", help="Four digits, ISO 18245: 5411 grocery, 5812 restaurant, 7997 gym."),
]
Region = Annotated[
    str,
    Meta(pattern=r"^[1-9][0-9]{5}\Z", description="The division of GB/T 2260 in which it is: 330106."),
    Field(label="Region code", help="Six digits, GB/T 2260: 330106."),
]
Origin = Annotated[
    str,
    Meta(min_length=9, max_length=270, description="A web site of the merchant: `https://shop.example`."),
    Field(check=require_origin),
]
Origins = Annotated[
    tuple[Origin, ...],
    Meta(max_length=20, description="Web sites to which payers may be sent back: `https://shop.example`."),
    Field(label="Web sites", help="https://shop.example, several with spaces between: where payers are sent back."),
]
ReturnUrl = Annotated[
    str,
    Meta(
        pattern=r"^https?://[!-~]+\Z",
        max_length=1000,
        description="Where the payer is sent back to, on a web site of the merchant.",
    ),
    Field(label="Back to", help="An address on a web site of the merchant; empty for none.", check=impersonal),
]
Store = Annotated[PlainText | None, doc("Which of its stores, or null."), Field(label="Store")]
Owner = Annotated[
    PartyId | None, doc("The customer who owns it, or null."), Field(label="Owner", help="Empty for none.")
]
PayoutWallet = Annotated[
    WalletId | None,
    doc("The wallet to which it is paid out, or null."),
    Field(label="Payout wallet", help="Empty for none."),
]
PayoutAccount = Annotated[
    Number | None,
    doc("The account of the ledger to which it is paid out, or null."),
    Field(label="Payout account", help="A number of the ledger; empty for none."),
]
ScheduleCode = Annotated[
    str,
    Meta(pattern=r"^[a-z][a-z0-9_]{1,31}\Z", description="The code of a schedule of fees, such as `standard`."),
    Field(label="Fee schedule"),
]
OwnNumber = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_.:|*@-]+\Z",
        min_length=1,
        max_length=64,
        description="The merchant's own number of it, once for each merchant.",
    ),
    Field(label="Merchant's number", check=impersonal),
]
Lists = Annotated[
    tuple[Text, ...],
    Meta(max_length=50, description="The lists that it is on, by which money for a purpose may know it."),
    Field(label="Lists", help="Names with a comma between them."),
]
Goods = Annotated[
    tuple[Text, ...],
    Meta(max_length=50, description="The kinds of goods that are paid for; money for a purpose may ask for them."),
    Field(label="Kinds of goods", help="Names with a comma between them."),
]
Subject = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f<>]+\Z",
        min_length=1,
        max_length=120,
        description="What is paid for; the payer reads it.",
    ),
    Field(label="Subject", check=impersonal),
]
Discount = Annotated[
    int,
    Meta(ge=0, le=AMOUNT_MAX, description="What the merchant takes off the price, in fen."),
    Field(label="Discount", help="In yuan; empty for none.", unit=Unit.MONEY),
]
Shipping = Annotated[
    int,
    Meta(ge=0, le=AMOUNT_MAX, description="What of the price is no goods, such as shipping: no coupon takes it off."),
    Field(label="Shipping", help="In yuan of the price, no coupon takes it off; empty for none.", unit=Unit.MONEY),
]
Sources = Annotated[
    tuple[SourceUse, ...], Meta(min_length=1, max_length=8, description="What pays, in the order of paying.")
]

__all__ = [
    "Category",
    "Channel",
    "Digest",
    "Discount",
    "Goods",
    "Lists",
    "MerchantId",
    "MerchantName",
    "OrderId",
    "Origins",
    "OwnNumber",
    "Owner",
    "PaymentId",
    "PayoutAccount",
    "PayoutWallet",
    "Region",
    "ReturnUrl",
    "ScheduleCode",
    "Shipping",
    "Sources",
    "StaffId",
    "Store",
    "StoreId",
    "Subject",
]
