"""Grants from a file: some lines of it at a time, each with an outcome of its own."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.commands.contracts import refuse_over
from canglian.bank.purpose.commands.grants import LINES_MAX, issue, require_holder
from canglian.bank.purpose.commands.values import ContractId, WalletId, require
from canglian.bank.purpose.model import ContractState, PurposeContract, PurposeGrant
from canglian.bank.purpose.moving import changed
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command, Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class ImportedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a file: a holder and what is granted."""

    line: Annotated[int, doc("The number of the line in the file.")]
    wallet: WalletId
    amount: Annotated[Amount, doc("What is granted, in fen.")]


class RefusedLine(msgspec.Struct, frozen=True):
    """A line of which no grant came, and why."""

    line: Annotated[int, doc("The number of the line in the file.")]
    code: Annotated[str, doc("The code of its refusal.")]


class ImportedGrants(msgspec.Struct, frozen=True):
    """What became of some lines."""

    issued: Annotated[list[int], doc("The lines of which grants came.")]
    refused: Annotated[list[RefusedLine], doc("The lines that were refused.")]


class ImportPurposeGrants(Command[ImportedGrants], kind="purpose.import_grants"):
    """Give shares of a contract's money to the wallets of some lines of a file; what is wrong with one stops no other.

    Nothing is rejected but a contract that is not there: each line has its outcome, whatever stands in its way. A
    wallet that has a grant of the contract gets another one only with ``further``: a file that was saved again, or
    overlaps with an earlier one, gives nobody anything twice.
    """

    contract: ContractId
    lines: Annotated[tuple[ImportedLine, ...], Meta(min_length=1, max_length=LINES_MAX), doc("Lines of the file.")]
    further: Annotated[bool, doc("Whether wallets that have a grant of the contract get another one.")] = False

    def reads(self) -> Iterable[Read]:
        return [(PurposeContract, self.contract), *((Wallet, line.wallet) for line in self.lines)]

    def weight(self) -> int:
        return len(self.lines)

    def decide(self, book: Book) -> ImportedGrants:
        contract = book.get(PurposeContract, self.contract)
        issued, refused = list[int](), list[RefusedLine]()
        had = set[str]() if self.further else self._holders(book)
        left = contract.unallotted
        for line in self.lines:
            code = _refusal(book, contract, line, left, had)
            if code is not None:
                refused.append(RefusedLine(line.line, code))
                continue
            issue(book, contract, line.wallet, line.amount)
            issued.append(line.line)
            left -= line.amount
        total = contract.unallotted - left
        if issued:
            book.emit(
                "purpose_contract.granted",
                f"purpose_contract:{contract.id}",
                purpose_contract=contract.id,
                grants=len(issued),
                amount=total,
            )
            changed(book, contract.replace(state=ContractState.ACTIVE), unallotted=-total, allotted=total)
        return ImportedGrants(issued, refused)

    def _holders(self, book: Book) -> set[str]:
        """The wallets of the lines that have a grant of the contract."""
        finds = [(PurposeGrant, "holder", line.wallet) for line in self.lines]
        book.require((), finds)
        grants = (grant for find in finds for grant in book.find(*find))
        return {grant.holder for grant in grants if grant.contract == self.contract}


def _refusal(book: Book, contract: PurposeContract, line: ImportedLine, left: int, had: set[str]) -> str | None:
    """Why a line gets no grant, or None."""
    if line.wallet in had:
        return "purpose_grant.had"
    try:
        require(book, contract.id, ContractState.FUNDED, ContractState.ACTIVE)
        refuse_over(book, contract)
        require_holder(book, contract, line.wallet)
    except Rejection as refused:
        return refused.code
    return "purpose_contract.unallotted" if line.amount > left else None
