"""The fields that commands of contracts share."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.chain.commands.values import (
    Channel,
    ContractNumber,
    Digest,
    InvoiceCode,
    InvoiceNumber,
    MemberId,
    Pin,
    Signer,
)
from canglian.kernel.fields import Field, doc, identifier
from canglian.kernel.values import Amount

ContractId = Annotated[str, identifier("trc", "A contract's id.")]
ContractIds = Annotated[list[ContractId], Meta(min_length=1, max_length=200)]
Core = Annotated[MemberId, doc("The member that is the core company."), Field(label="Core company")]
Partner = Annotated[
    MemberId, doc("The supplier that sells to it, or the dealer that buys of it."), Field(label="Supplier or dealer")
]
Worth = Annotated[Amount, doc("What the contract is over, in fen.")]
DatedOn = Annotated[date, doc("The contract's own date."), Field(label="Date of the contract")]
DeliverBy = Annotated[date, doc("By when its goods are delivered."), Field(label="Delivered by")]
Months = Annotated[
    int, Meta(ge=1, le=12, description="After how many months the loan is due."), Field(label="Term in months")
]
Lent = Annotated[Amount | None, doc("How much is lent, in fen; null for the most.")]
Seller = Annotated[MemberId, doc("The seller on the documents."), Field(label="Seller on the documents")]
Buyer = Annotated[MemberId, doc("The buyer on the documents."), Field(label="Buyer on the documents")]
DeliveryDigest = Annotated[
    str,
    Meta(pattern=r"^[0-9a-f]{64}\Z", description="The SHA-256 of the delivery note as it was seen, in hexadecimal."),
    Field(label="SHA-256 of the delivery note", of_file=True),
]
Total = Annotated[Amount, doc("What the invoice is over, in fen.")]
InvoiceDated = Annotated[date, doc("The invoice's own date."), Field(label="Date of the invoice")]
Goods = Annotated[Amount, doc("The goods that are released, in fen by the contract.")]

__all__ = [
    "Buyer",
    "Channel",
    "ContractId",
    "ContractIds",
    "ContractNumber",
    "Core",
    "DatedOn",
    "DeliverBy",
    "DeliveryDigest",
    "Digest",
    "Goods",
    "InvoiceCode",
    "InvoiceDated",
    "InvoiceNumber",
    "Lent",
    "Months",
    "Partner",
    "Pin",
    "Seller",
    "Signer",
    "Total",
    "Worth",
]
