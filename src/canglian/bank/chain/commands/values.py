"""The fields that commands of chain finance share."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.wallet.commands.values import Channel, WalletId
from canglian.kernel.fields import Field, doc, identifier
from canglian.kernel.values import Amount

MemberId = Annotated[str, identifier("chm", "The id of a member of a chain."), Field(label="Member")]
VoucherId = Annotated[str, identifier("vch", "A voucher's id.")]
Signer = Annotated[
    WalletId | None,
    doc("The wallet whose PIN signs: of the member, or of who represents it by law; needed away from the counter."),
    Field(label="Wallet that signs"),
]
Pin = Annotated[Annotated[int, Meta(ge=1, le=10**6)] | None, doc("The version of the PIN that was looked at, or null.")]
VoucherIds = Annotated[list[VoucherId], Meta(min_length=1, max_length=200)]
InvoiceCode = Annotated[
    str,
    Meta(pattern=r"^(\d{10}|\d{12})?\Z", description="10 or 12 digits; empty for a fully digital invoice."),
    Field(label="Invoice code", help="10 or 12 digits; empty for a fully digital invoice."),
]
InvoiceNumber = Annotated[
    str,
    Meta(pattern=r"^(\d{8}|\d{20})\Z", description="8 digits, or the 20 of a fully digital invoice."),
    Field(label="Invoice number", help="8 digits, or the 20 of a fully digital invoice."),
]
Digest = Annotated[
    str,
    Meta(pattern=r"^[0-9a-f]{64}\Z", description="The SHA-256 of a document as it was seen, in hexadecimal."),
    Field(label="SHA-256 of the document", of_file=True),
]
ContractNumber = Annotated[
    str,
    Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z./_-]{0,63}\Z", description="The number of an order or a purchase."),
    Field(label="Contract number", help="Letters, digits and - / . _, as it stands on the order or contract."),
]
Part = Annotated[Amount, doc("The face of a part, in fen.")]

__all__ = [
    "Amount",
    "Channel",
    "ContractNumber",
    "Digest",
    "InvoiceCode",
    "InvoiceNumber",
    "MemberId",
    "Part",
    "Pin",
    "Signer",
    "VoucherId",
    "VoucherIds",
    "WalletId",
]
