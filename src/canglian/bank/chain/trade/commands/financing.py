"""The bank lends on a contract: to the supplier for an order, straight to the core company for a dealer's purchase."""

from canglian.bank.chain import accounts
from canglian.bank.chain.accounts import Pool, pool
from canglian.bank.chain.model import ChainMember
from canglian.bank.chain.trade.commands.values import Channel, ContractId, Lent, Months, Pin, Signer
from canglian.bank.chain.trade.model import ContractState, TradeContract
from canglian.bank.chain.trade.rules import become, require, sign_partner
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.lending import lend
from canglian.bank.deposit import Counterparty, move
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer


class FinanceContract(Command[TradeContract], kind="chain.finance_contract"):
    """Finance a confirmed contract by a loan to the supplier or dealer, against the core company's limit.

    For an order it is paid to the supplier; of a purchase it goes to the core company, with the rest out of the
    dealer's account. Rejects ``trade_contract.state``, ``.advance``, ``.term_early``, ``facility.*``, ``loan.*``, what
    the accounts do, and what signing does.
    """

    contract: ContractId
    months: Months
    channel: Channel
    amount: Lent = None
    wallet: Signer = None
    pin: Pin = None

    def decide(self, book: Book) -> TradeContract:
        contract = require(book, self.contract, ContractState.CONFIRMED)
        sign_partner(book, contract, self.channel, self.wallet, self.pin)
        core, partner = book.get(ChainMember, contract.core), book.get(ChainMember, contract.partner)
        most = contract.amount * core.order_bps // 10_000
        advance = most if self.amount is None else self.amount
        if advance > most:
            book.reject("trade_contract.advance", ceiling=most, asset="CNY", field="amount")
        paid_to = partner if contract.is_order else core
        assert core.facility is not None
        assert core.product is not None

        def pay(clearing: int, _: str) -> Transfer:
            return _move(book, clearing, paid_to.account, advance, accounts.TRADE_PAID, contract.id, self.channel)

        loan = lend(
            book,
            book.get(Facility, core.facility),
            core.product,
            advance,
            self.months,
            borrower=partner.party,
            wallet=next((each.id for each in book.find(Wallet, "deposit", partner.account)), None),
            pay=pay,
            channel=self.channel,
        )
        if loan.matures_on < contract.deliver_by:
            book.reject(
                "trade_contract.term_early",
                due=loan.matures_on.isoformat(),
                deliver_by=contract.deliver_by.isoformat(),
                field="months",
            )
        if not contract.is_order and contract.amount > advance:
            own, clearing = contract.amount - advance, pool(book, Pool.CLEARING)
            _move(book, partner.account, clearing, own, accounts.TRADE_OWN, contract.id, self.channel)
            _move(book, clearing, core.account, own, accounts.TRADE_OWN, contract.id, self.channel)
        return become(book, contract, ContractState.FINANCED, advance, loan=loan.id, advance=advance)


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
