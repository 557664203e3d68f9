"""The fields that commands of loans share."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.wallet.commands.values import Channel, WalletId
from canglian.kernel.fields import Field, doc, identifier

LoanId = Annotated[str, identifier("lon", "A loan's id.")]
Pin = Annotated[Annotated[int, Meta(ge=1, le=10**6)] | None, doc("The version of the PIN that was looked at, or null.")]
Payer = Annotated[WalletId, doc("The wallet of the borrower that pays."), Field(label="Wallet that pays")]

__all__ = ["Channel", "LoanId", "Payer", "Pin", "WalletId"]
