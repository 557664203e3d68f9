"""Contracts: drafted by a template, signed and funded by their payer, suspended, resumed and released."""

from datetime import date
from typing import Annotated

from msgspec import Meta, structs

from canglian.bank.purpose.commands.values import (
    Channel,
    ContractId,
    ContractName,
    PayeeId,
    Pin,
    TemplateCode,
    WalletId,
    require,
)
from canglian.bank.purpose.model import ContractState, MovementKind, PurposeContract
from canglian.bank.purpose.moving import CODES, changed, note, open_account, release_of
from canglian.bank.purpose.rules import ReleaseRule, signatures_needed
from canglian.bank.purpose.seeds import TEMPLATES
from canglian.bank.wallet import Wallet, require_active_wallet, spending
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

Day = date  # a field of the same name would hide the type
_STATE = ContractState


class DraftPurposeContract(Command[PurposeContract], kind="purpose.draft"):
    """Draft a contract by the version of a template that is in force, and open its account.

    Rejects ``purpose_template.not_found``, ``purpose_contract.dates``, ``.payees_needed``, ``.release_on``, and what is
    not there of what it names.
    """

    template: TemplateCode
    name: ContractName
    payer: WalletId
    valid_until: Annotated[Day, doc("The last day on which its money is spent.")]
    valid_from: Annotated[Day | None, doc("The first day; null for today.")] = None
    payees: Annotated[
        tuple[PayeeId, ...], Meta(max_length=1000, description="Its own payees by their ids; empty for its template's.")
    ] = ()
    release_on: Annotated[
        Day | None, doc("The date that releases its money, where its template says so; null for its template's.")
    ] = None

    def decide(self, book: Book) -> PurposeContract:
        template = TEMPLATES.get(book, self.template)
        wallet = require_active_wallet(book, self.payer)
        first = self.valid_from or book.today
        if self.valid_until < max(book.today, first):
            book.reject("purpose_contract.dates", today=book.today.isoformat(), field="valid_until")
        rules = template.rules
        if rules.named and not self.payees:
            book.reject("purpose_contract.payees_needed", template=template.code, field="payees")
        if self.release_on is not None:
            if rules.release is not ReleaseRule.ON_DATE:
                book.reject("purpose_contract.release_on", field="release_on")
            rules = structs.replace(rules, release_on=self.release_on)
        if self.payees:
            rules = structs.replace(rules, allowed=structs.replace(rules.allowed, ids=self.payees))
        identity = book.new_id("pur")
        book.emit("purpose_contract.drafted", f"purpose_contract:{identity}", purpose_contract=identity)
        return book.add(
            PurposeContract(
                id=identity,
                template=template.code,
                version=template.version,
                name=self.name,
                payer=wallet.id,
                asset=wallet.asset,
                rules=rules,
                valid_from=first,
                valid_until=self.valid_until,
                account=open_account(book, identity, self.name, wallet.asset),
                state=_STATE.DRAFT,
                funded=0,
                funded_on=None,
                channel=None,
                unallotted=0,
                allotted=0,
                released_by=(),
                reason=None,
                drafted_at=book.now,
                drafted_by=book.actor,
                updated_at=book.now,
            )
        )


class SignPurposeContract(Command[PurposeContract], kind="purpose.sign"):
    """Sign a draft for its payer, with the PIN of the payer's wallet. Rejects ``purpose_contract.state``."""

    contract: ContractId
    channel: Channel
    pin: Pin | None = None

    def decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, _STATE.DRAFT)
        refuse_without_pin(book, book.get(Wallet, contract.payer), self.channel, self.pin)
        return _set(book, contract, _STATE.SIGNED)


class FundPurposeContract(Command[PurposeContract], kind="purpose.fund"):
    """Pay a contract's money in from its payer's wallet, once. Rejects ``purpose_contract.state`` and ``.over``."""

    contract: ContractId
    amount: Amount
    channel: Channel
    pin: Pin | None = None

    def decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, _STATE.SIGNED)
        refuse_over(book, contract)
        wallet = book.get(Wallet, contract.payer)
        refuse_without_pin(book, wallet, self.channel, self.pin)
        book.require(spending.reads(wallet))
        moved = spending.spend(
            book,
            wallet,
            contract.account,
            self.amount,
            code=CODES[MovementKind.FUNDED],
            channel=self.channel,
            reference=contract.id,
            release=release_of(contract),
        )
        note(book, contract, MovementKind.FUNDED, moved)
        funded = contract.replace(state=_STATE.FUNDED, funded=self.amount, funded_on=book.today, channel=self.channel)
        return changed(book, funded, unallotted=self.amount)


class ReleasePurposeContract(Command[PurposeContract], kind="purpose.release"):
    """Sign that its money is released: that its event has come, or as one of several.

    Rejects ``purpose_contract.no_release`` and ``.signed_already``.
    """

    contract: ContractId
    reason: Reason

    def decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, _STATE.FUNDED, _STATE.ACTIVE, _STATE.SUSPENDED)
        waits = contract.rules.release in (ReleaseRule.ON_EVENT, ReleaseRule.BY_SIGNATURES)
        if not waits or len(contract.released_by) >= signatures_needed(contract.rules):
            book.reject("purpose_contract.no_release", purpose_contract=contract.id)
        if book.actor in contract.released_by:
            book.reject("purpose_contract.signed_already", purpose_contract=contract.id, by=book.actor)
        book.emit(
            "purpose_contract.released",
            f"purpose_contract:{contract.id}",
            purpose_contract=contract.id,
            reason=self.reason,
        )
        return book.put(contract.replace(released_by=(*contract.released_by, book.actor), updated_at=book.now))


class SuspendPurposeContract(Command[PurposeContract], kind="purpose.suspend"):
    """Pay nothing of a contract's money for a while. Rejects ``purpose_contract.state``."""

    contract: ContractId
    reason: Reason

    def decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, _STATE.ACTIVE)
        return _set(book, contract, _STATE.SUSPENDED, self.reason)


class ResumePurposeContract(Command[PurposeContract], kind="purpose.resume"):
    """Let a suspended contract's money be paid again. Rejects ``purpose_contract.state``."""

    contract: ContractId
    reason: Reason

    def decide(self, book: Book) -> PurposeContract:
        contract = require(book, self.contract, _STATE.SUSPENDED)
        return changed(book, contract.replace(state=_STATE.ACTIVE, reason=None))


def refuse_over(book: Book, contract: PurposeContract) -> None:
    """Rejects ``purpose_contract.over`` for a contract whose last day is over."""
    if book.today > contract.valid_until:
        until = contract.valid_until.isoformat()
        book.reject("purpose_contract.over", purpose_contract=contract.id, valid_until=until)


def _set(book: Book, contract: PurposeContract, state: ContractState, reason: str | None = None) -> PurposeContract:
    book.emit(f"purpose_contract.{state.value}", f"purpose_contract:{contract.id}", purpose_contract=contract.id)
    return book.put(contract.replace(state=state, reason=reason, updated_at=book.now))
