"""Contracts begin: registered once in the whole book, confirmed by the core company, or declined."""

from canglian.bank.chain.commands.members import require_core
from canglian.bank.chain.model import ChainMember
from canglian.bank.chain.rules import sign
from canglian.bank.chain.trade import taking
from canglian.bank.chain.trade.commands.values import (
    Channel,
    ContractId,
    ContractNumber,
    Core,
    DatedOn,
    DeliverBy,
    Digest,
    Partner,
    Pin,
    Signer,
    Worth,
)
from canglian.bank.chain.trade.model import ContractKind, ContractState, TradeContract
from canglian.bank.chain.trade.rules import become, require, sign_core
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book


class RegisterContract(Command[TradeContract], kind="chain.register_contract"):
    """Register an order of a core company, or a purchase of it by a dealer; it counts once the core company confirms.

    Rejects ``trade_contract.number_used``, ``.on_voucher``, ``.document_used``, ``.dated_later``, ``.deliver_past``,
    ``chain_member.*``, and what signing does.
    """

    core: Core
    partner: Partner
    number: ContractNumber
    amount: Worth
    dated: DatedOn
    deliver_by: DeliverBy
    digest: Digest
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        core, partner = require_core(book, self.core), book.get(ChainMember, self.partner)
        if partner.is_core:
            book.reject("chain_member.own_contract", field="partner")
        if partner.chain != core.id:
            book.reject("chain_member.other_chain", chain_member=partner.id, field="partner")
        sign(book, partner, self.channel, self.wallet, self.pin)
        today = book.today.isoformat()
        if self.dated > book.today:
            book.reject("trade_contract.dated_later", dated=self.dated.isoformat(), today=today, field="dated")
        if self.deliver_by <= book.today:
            book.reject("trade_contract.deliver_past", today=today, field="deliver_by")
        for other in book.find(TradeContract, "digest", self.digest):
            if other.state is not ContractState.DECLINED:
                book.reject("trade_contract.document_used", trade_contract=other.id, field="digest")
        identity = book.new_id("trc")
        taking.take_for_contract(book, core.id, self.number, identity)
        contract = TradeContract(
            id=identity,
            kind=ContractKind.PURCHASE if partner.dealer else ContractKind.ORDER,
            state=ContractState.REGISTERED,
            core=core.id,
            partner=partner.id,
            number=self.number,
            amount=self.amount,
            dated=self.dated,
            deliver_by=self.deliver_by,
            digest=self.digest,
            reason=None,
            loan=None,
            advance=0,
            delivery=None,
            invoice=None,
            released=0,
            paid=0,
            registered_at=book.now,
            updated_at=book.now,
        )
        subject = f"trade_contract:{identity}"
        book.emit("trade_contract.registered", subject, contract=identity, amount=self.amount)
        return book.add(contract)


class ConfirmContract(Command[TradeContract], kind="chain.confirm_contract"):
    """Confirm for the core company that a contract is as registered. Rejects ``trade_contract.state``, and signing."""

    contract: ContractId
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, ContractState.REGISTERED)
        sign_core(book, contract, self.channel, self.wallet, self.pin)
        return become(book, contract, ContractState.CONFIRMED, contract.amount)


class DeclineContract(Command[TradeContract], kind="chain.decline_contract"):
    """Decline a contract for the core company, before anything is lent on it: its number is free again.

    Rejects ``trade_contract.state``, and what signing does.
    """

    contract: ContractId
    reason: Reason
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, ContractState.REGISTERED, ContractState.CONFIRMED)
        sign_core(book, contract, self.channel, self.wallet, self.pin)
        taking.free_contract(book, contract)
        return become(book, contract, ContractState.DECLINED, contract.amount, reason=self.reason)
