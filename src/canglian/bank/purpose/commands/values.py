"""The fields that commands of this room share, and what has to be so."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.purpose.model import ContractState, PurposeContract
from canglian.bank.wallet.commands.values import Channel, WalletId
from canglian.kernel.fields import Field, PlainText, doc, identifier, impersonal
from canglian.ledger.book import Book

ContractId = Annotated[str, identifier("pur", "A purpose contract's id.")]
OfferId = Annotated[str, identifier("ppo", "The id of an offer of prepaid cards.")]
GrantId = Annotated[str, identifier("grt", "A grant's id.")]
TemplateCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{1,31}\Z", description="The code of a template, such as `welfare`.")
]
PayeeId = Annotated[str, Meta(pattern=r"^[\w.:-]+\Z", min_length=1, max_length=64)]
ContractName = Annotated[PlainText, doc("What people read."), Field(check=impersonal)]
Pin = Annotated[int, Meta(ge=1, le=10**6)]


def require(book: Book, contract: str, *states: ContractState) -> PurposeContract:
    """A contract in one of these states. Rejects ``purpose_contract.not_found`` and ``.state``."""
    found = book.get(PurposeContract, contract)
    if found.state not in states:
        book.reject("purpose_contract.state", purpose_contract=found.id, state=found.state.value)
    return found


__all__ = [
    "Channel",
    "ContractId",
    "ContractName",
    "GrantId",
    "OfferId",
    "PayeeId",
    "Pin",
    "TemplateCode",
    "WalletId",
    "require",
]
