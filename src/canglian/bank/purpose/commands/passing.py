"""Grants that go on: from holder to holder, back to the contract, or to their holders as ordinary money."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.commands.contracts import refuse_over
from canglian.bank.purpose.commands.grants import issue, require_holder, require_own
from canglian.bank.purpose.commands.values import Channel, ContractId, GrantId, Pin, WalletId, require
from canglian.bank.purpose.foreseeing import require_endings
from canglian.bank.purpose.model import ContractState, GrantState, PurposeContract, PurposeGrant
from canglian.bank.purpose.moving import LIVING, changed, pay_out
from canglian.bank.purpose.rules import is_released
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.bank.wallet.rules import refuse_stopped_out
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason, doc
from canglian.kernel.foreseeing import foreseeing
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

STEP = 200
"""How many grants one step pays out at most."""


class TransferPurposeGrant(Command[PurposeGrant], kind="purpose.transfer_grant"):
    """Pass what is left of a grant, or a part of it, on to another holder, where its template says so.

    It stays bound as it was, and its uses stay used. Rejects ``purpose_grant.not_transferable``, ``.above_free``,
    ``.same_holder``, ``.holder_asset``, ``.ended``, ``purpose_contract.state`` and ``.over``, and what wallets do.
    """

    grant: GrantId
    to: WalletId
    amount: Amount
    channel: Channel
    pin: Pin | None = None

    def decide(self, book: Book) -> PurposeGrant:
        grant = require_own(book, self.grant)
        contract = require(book, grant.contract, ContractState.ACTIVE)
        refuse_over(book, contract)
        if not contract.rules.transferable:
            book.reject("purpose_grant.not_transferable", purpose_grant=grant.id)
        holder = book.get(Wallet, grant.holder)
        refuse_stopped_out(book, holder)
        refuse_without_pin(book, holder, self.channel, self.pin)
        if self.to == grant.holder:
            book.reject("purpose_grant.same_holder", purpose_grant=grant.id, wallet=self.to, field="to")
        require_holder(book, contract, self.to)
        left = _less(book, grant, self.amount)
        state = grant.state if left.remaining else GrantState.USED
        book.put(left.replace(passed_on=grant.passed_on + self.amount, state=state))
        book.emit(
            "purpose_grant.transferred",
            f"purpose_grant:{grant.id}",
            purpose_grant=grant.id,
            holder=self.to,
            amount=self.amount,
        )
        given = issue(book, contract, self.to, self.amount)
        return book.put(given.replace(origin=grant.id, uses=grant.uses))


class ClawBackPurposeGrant(Command[PurposeGrant], kind="purpose.claw_back"):
    """Take what is left of a grant, or a part of it, back into its contract: what was granted by mistake or misused.

    What was spent is its payee's: it comes back by a refund of its payment alone. Rejects ``purpose_grant.ended``,
    ``.of_prepaid`` and ``.above_free``.
    """

    grant: GrantId
    reason: Reason
    amount: Annotated[Amount | None, doc("How much, in fen; null for all that is free.")] = None

    def decide(self, book: Book) -> PurposeGrant:
        grant = require_own(book, self.grant)
        amount = grant.free if self.amount is None else self.amount
        left = _less(book, grant, amount)
        changed(book, book.get(PurposeContract, grant.contract), unallotted=amount, allotted=-amount)
        book.emit(
            "purpose_grant.clawed_back",
            f"purpose_grant:{grant.id}",
            purpose_grant=grant.id,
            amount=amount,
            reason=self.reason,
        )
        return book.put(left if left.remaining else left.replace(state=GrantState.REVOKED))


class PaidOut(msgspec.Struct, frozen=True):
    """What a step of paying out came to."""

    grants: Annotated[int, doc("How many grants were paid out.")]
    amount: Annotated[int, doc("How much, in fen.")]


class PayOutPurposeGrants(Command[PaidOut], kind="purpose.pay_out"):
    """Pay grants out to their holders as ordinary money, where the rules say so and they are released.

    A holder whose wallet takes nothing waits. Rejects ``purpose_contract.state``, ``.over`` and ``.no_payout``,
    ``purpose_grant.other_contract``.
    """

    contract: ContractId
    grants: Annotated[tuple[GrantId, ...], Meta(min_length=1, max_length=STEP), doc("Grants that are paid out.")]

    def reads(self) -> Iterable[Read]:
        return [(PurposeContract, self.contract), *((PurposeGrant, grant) for grant in self.grants)]

    def weight(self) -> int:
        return len(self.grants)

    def decide(self, book: Book) -> PaidOut:
        with foreseeing(book, lambda: require_endings(book, [self.contract], self.grants)):
            return self._decide(book)

    def _decide(self, book: Book) -> PaidOut:
        contract = require(book, self.contract, ContractState.ACTIVE)
        refuse_over(book, contract)
        rules = contract.rules
        if not rules.payout or not is_released(rules, book.today, len(contract.released_by)):
            book.reject("purpose_contract.no_payout", purpose_contract=contract.id)
        paid = amount = 0
        for identity in self.grants:
            grant = book.get(PurposeGrant, identity)
            if grant.contract != contract.id:
                book.reject("purpose_grant.other_contract", purpose_grant=grant.id)
            if grant.state not in LIVING or not grant.free:
                continue
            after = pay_out(book, contract, grant, GrantState.USED)
            if after is not None:
                contract, paid, amount = after, paid + 1, amount + grant.free
        return PaidOut(paid, amount)


def _less(book: Book, grant: PurposeGrant, amount: int) -> PurposeGrant:
    """A grant of which so much was taken. Rejects ``purpose_grant.above_free``."""
    if not 0 < amount <= grant.free:
        book.reject(
            "purpose_grant.above_free",
            purpose_grant=grant.id,
            free=grant.free,
            amount=amount,
            asset=book.get(PurposeContract, grant.contract).asset,
            field="amount",
        )
    return grant.replace(remaining=grant.remaining - amount, updated_at=book.now)
