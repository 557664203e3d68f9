"""Grants: issued to wallets, and revoked."""

from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.commands.contracts import refuse_over
from canglian.bank.purpose.commands.values import ContractId, GrantId, WalletId, require
from canglian.bank.purpose.model import ContractState, GrantState, PurposeContract, PurposeGrant
from canglian.bank.purpose.moving import LIVING, changed, close_grant
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

LINES_MAX = 500


class GrantLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A holder and what is granted."""

    wallet: WalletId
    amount: Annotated[Amount, doc("What is granted, in fen.")]


class IssuedGrants(msgspec.Struct, frozen=True):
    """Grants that were issued together, in the order of the lines."""

    grants: Annotated[list[PurposeGrant], doc("The grants.")]


class IssuePurposeGrants(Command[IssuedGrants], kind="purpose.issue_grants"):
    """Give shares of a contract's money to wallets; all of them or none. The first ones make the contract active.

    Rejects ``purpose_contract.state``, ``.over`` and ``.unallotted``, ``purpose_grant.twice`` and ``.holder_asset``.
    """

    contract: ContractId
    lines: Annotated[
        tuple[GrantLine, ...], Meta(min_length=1, max_length=LINES_MAX, description="Who is granted how much.")
    ]

    def reads(self) -> list[Read]:
        return [(PurposeContract, self.contract), *((Wallet, line.wallet) for line in self.lines)]

    def weight(self) -> int:
        return len(self.lines)

    def decide(self, book: Book) -> IssuedGrants:
        contract = require(book, self.contract, ContractState.FUNDED, ContractState.ACTIVE)
        refuse_over(book, contract)
        total = sum(line.amount for line in self.lines)
        if total > contract.unallotted:
            book.reject(
                "purpose_contract.unallotted",
                purpose_contract=contract.id,
                left=contract.unallotted,
                amount=total,
                asset=contract.asset,
            )
        known: set[str] = set()
        for line in self.lines:
            if line.wallet in known:
                book.reject("purpose_grant.twice", wallet=line.wallet)
            known.add(line.wallet)
            require_holder(book, contract, line.wallet)
        grants = [issue(book, contract, line.wallet, line.amount) for line in self.lines]
        book.emit(
            "purpose_contract.granted",
            f"purpose_contract:{contract.id}",
            purpose_contract=contract.id,
            grants=len(grants),
            amount=total,
        )
        changed(book, contract.replace(state=ContractState.ACTIVE), unallotted=-total, allotted=total)
        return IssuedGrants(grants)


class RevokePurposeGrant(Command[PurposeGrant], kind="purpose.revoke_grant"):
    """End a grant; what remains of it is the contract's, to be allotted again or returned at its end.

    Rejects ``purpose_grant.ended`` and ``.of_prepaid``.
    """

    grant: GrantId
    reason: Reason

    def decide(self, book: Book) -> PurposeGrant:
        grant = require_own(book, self.grant)
        close_grant(book, book.get(PurposeContract, grant.contract), grant, GrantState.REVOKED)
        book.emit("purpose_grant.revoked", f"purpose_grant:{grant.id}", purpose_grant=grant.id, reason=self.reason)
        return book.get(PurposeGrant, grant.id)


def require_own(book: Book, identity: str) -> PurposeGrant:
    """A grant that lives, and whose money is its contract's: that of a prepaid card is its holder's.

    Rejects ``purpose_grant.ended`` and ``.of_prepaid``.
    """
    grant = book.get(PurposeGrant, identity)
    if grant.state not in LIVING:
        book.reject("purpose_grant.ended", purpose_grant=grant.id)
    if grant.bonus_of is not None or book.get(PurposeContract, grant.contract).card is not None:
        book.reject("purpose_grant.of_prepaid", purpose_grant=grant.id)
    return grant


def require_holder(book: Book, contract: PurposeContract, identity: str) -> None:
    """Rejects ``purpose_grant.holder_asset`` and what the state of a wallet does."""
    wallet = require_active_wallet(book, identity)
    if wallet.asset != contract.asset:
        book.reject("purpose_grant.holder_asset", wallet=wallet.id, holds=wallet.asset, asset=contract.asset)


def issue(book: Book, contract: PurposeContract, wallet: str, amount: int) -> PurposeGrant:
    """A new grant of a contract."""
    return book.add(
        PurposeGrant(
            id=book.new_id("grt"),
            contract=contract.id,
            holder=wallet,
            amount=amount,
            remaining=amount,
            spent=0,
            uses=0,
            state=GrantState.ISSUED,
            issued_at=book.now,
            updated_at=book.now,
        )
    )
