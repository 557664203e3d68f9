"""Contracts end: the core company's payment repays the loan first, a dealer repays before its goods are released."""

from typing import Annotated

import msgspec

from canglian.bank.chain import accounts
from canglian.bank.chain.accounts import Pool, pool
from canglian.bank.chain.model import ChainMember
from canglian.bank.chain.trade.commands.values import Channel, ContractId, ContractIds, Goods, Pin, Signer
from canglian.bank.chain.trade.model import LENT, ContractKind, ContractState, TradeContract
from canglian.bank.chain.trade.rules import become, require, sign_partner
from canglian.bank.credit import Loan
from canglian.bank.credit.lending import owed_of, take_back
from canglian.bank.deposit import Counterparty, move
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer

CHANNEL = "counter"
"""What the bank does by itself at the end of a day, it does at its own counter."""


class Settled(msgspec.Struct, frozen=True):
    """How many contracts have ended and how many have not, and what was repaid, in fen."""

    settled: Annotated[int, doc("How many have ended.")]
    unpaid: Annotated[int, doc("How many could not be paid.")]
    repaid: Annotated[int, doc("What of the loans was repaid, in fen.")]


class ReleaseGoods(Command[TradeContract], kind="chain.release_goods"):
    """Release goods of a purchase: the dealer repays their share of the loan with the interest until today first.

    Rejects ``trade_contract.state``, ``.kind_order``, ``.goods``, what the dealer's account does, and what signing
    does.
    """

    contract: ContractId
    goods: Goods
    channel: Channel
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, ContractState.FINANCED, kind=ContractKind.PURCHASE)
        sign_partner(book, contract, self.channel, self.wallet, self.pin)
        left = contract.amount - contract.released
        if self.goods > left:
            book.reject("trade_contract.goods", left=left, amount=self.goods, asset="CNY", field="goods")
        released = contract.released + self.goods
        loan = _loan(book, contract)
        amount = due_for(contract, loan, released)
        if amount:
            _repay(book, loan, amount, book.get(ChainMember, contract.partner), contract.id, self.channel)
        state = ContractState.SETTLED if released == contract.amount else ContractState.FINANCED
        return become(book, contract, state, self.goods, released=released)


class CollectContract(Command[TradeContract], kind="chain.collect_contract"):
    """Take what is owed of a contract now: an order's amount from the core company, once it has confirmed the delivery.

    Of an order that was not delivered the supplier repays; of a purchase the dealer does, or else the core company,
    which takes the goods back. Rejects ``trade_contract.state``, ``.not_due`` and what the account does.
    """

    contract: ContractId

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, *LENT)
        loan = _loan(book, contract)
        if contract.state is not ContractState.RECEIVED and loan.is_living and loan.matures_on > book.today:
            book.reject("trade_contract.not_due", trade_contract=contract.id)
        return _collected(book, contract, loan)


class SettleContracts(Command[Settled], kind="chain.settle_contracts"):
    """Collect contracts whose loans are due; what cannot be paid stays overdue, and is tried again the next day."""

    contracts: ContractIds

    def decide(self, book: Book) -> Settled:
        settled, unpaid, repaid = 0, 0, 0
        for identity in dict.fromkeys(self.contracts):
            contract = book.get(TradeContract, identity)
            if contract.state not in LENT:
                continue
            loan = _loan(book, contract)
            if loan.is_living and loan.matures_on > book.today:
                continue
            try:
                book.attempt(lambda world, of=contract, owed=loan: _collected(world, of, owed))
            except Rejection:
                unpaid += 1
            else:
                settled, repaid = settled + 1, repaid + _owed(loan)
        return Settled(settled, unpaid, repaid)


def due_for(contract: TradeContract, loan: Loan, released: int) -> int:
    """What is repaid before so much of the goods in all is released: of a loan that was written off, all of it."""
    if not loan.is_living:
        return loan.claim
    if released == contract.amount:
        return loan.owed_in_all
    principal = contract.share_of(released) - loan.paid_principal
    if principal <= 0:
        return 0
    return min(loan.owed_in_all, loan.due_interest + loan.accrued + loan.penalty + loan.compounded + principal)


def _owed(loan: Loan) -> int:
    return loan.owed_in_all if loan.is_living else loan.claim


def _loan(book: Book, contract: TradeContract) -> Loan:
    assert contract.loan is not None
    return owed_of(book, contract.loan)


def _collected(book: Book, contract: TradeContract, loan: Loan) -> TradeContract:
    """A contract that has ended; of a loan that was written off it is a recovery. Rejects what the account does."""
    core, partner = book.get(ChainMember, contract.core), book.get(ChainMember, contract.partner)
    owed = _owed(loan)
    if contract.state is ContractState.RECEIVED:
        return _paid_by_core(book, contract, loan, owed, (core, partner))
    if owed and contract.is_order:
        _repay(book, loan, owed, partner, contract.id, CHANNEL)
    elif owed:
        try:
            book.attempt(lambda world: _repay(world, loan, owed, partner, contract.id, CHANNEL))
        except Rejection:
            _repay(book, loan, owed, core, contract.id, CHANNEL)
            return become(book, contract, ContractState.SETTLED, owed, paid=owed)
    return become(book, contract, ContractState.SETTLED, owed)


def _paid_by_core(
    book: Book, contract: TradeContract, loan: Loan, owed: int, sides: tuple[ChainMember, ChainMember]
) -> TradeContract:
    """The core company pays an order: the bank first, and the rest to the supplier."""
    core, partner = sides
    clearing = pool(book, Pool.CLEARING)
    first = min(owed, contract.amount)
    _move(book, core.account, clearing, contract.amount, accounts.TRADE_COLLECTED, contract.id, CHANNEL)
    if first:

        def take(into: int, reference: str) -> Transfer:
            return accounts.pass_on(book, into, first, accounts.TRADE_REPAID, reference)

        take_back(book, loan, first, take, CHANNEL)
    rest = contract.amount - first
    if rest:
        _move(book, clearing, partner.account, rest, accounts.TRADE_REST, contract.id, CHANNEL)
    return become(book, contract, ContractState.SETTLED, contract.amount, paid=contract.amount)


def _repay(book: Book, loan: Loan, amount: int, payer: ChainMember, contract: str, channel: str) -> Loan:
    """A member repays out of its account."""

    def take(clearing: int, _: str) -> Transfer:
        return _move(book, payer.account, clearing, amount, accounts.TRADE_REPAID, contract, channel)

    return take_back(book, loan, amount, take, channel)


def _move(
    book: Book, payer: str | int, payee: str | int, amount: int, code: str, reference: str, channel: str
) -> Transfer:
    return move(
        book,
        payer=payer,
        payee=payee,
        amount=amount,
        code=code,
        channel=channel,
        counterparty=Counterparty.BANK,
        reference=reference,
    )
