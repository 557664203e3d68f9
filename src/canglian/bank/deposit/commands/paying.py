"""Money at the counter, and from one deposit account to another."""

from typing import Annotated

from canglian.bank.deposit.commands.values import AccountId
from canglian.bank.deposit.moving import Counterparty, Direction, Inside, internal_account, move
from canglian.bank.deposit.rules import COUNTER, require_active_account
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount, Code, Reference
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer


class MoveCash(Command[Transfer], kind="deposit.move_cash"):
    """Cash comes in or goes out at the counter. Rejects what ``move`` does."""

    account: AccountId
    direction: Annotated[Direction, doc("`in` or `out`.")]
    amount: Amount
    reference: Annotated[Reference | None, doc("Your own number for it, such as an order's.")] = None

    def decide(self, book: Book) -> Transfer:
        account = require_active_account(book, self.account)
        cash = internal_account(book, Inside.CASH, account.asset)
        comes = self.direction is Direction.IN
        return move(
            book,
            payer=cash if comes else account.id,
            payee=account.id if comes else cash,
            amount=self.amount,
            code=f"cash.{self.direction.value}",
            channel=COUNTER,
            counterparty=Counterparty.CASH,
            reference=self.reference,
        )


class TransferDeposit(Command[Transfer], kind="deposit.transfer"):
    """Move money to another deposit account of this bank. Rejects what ``move`` does."""

    payer: AccountId
    payee: AccountId
    amount: Amount
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]
    reference: Annotated[Reference | None, doc("Your own number for it, such as an order's.")] = None

    def decide(self, book: Book) -> Transfer:
        return move(
            book,
            payer=self.payer,
            payee=self.payee,
            amount=self.amount,
            code="deposit.transfer",
            channel=self.channel,
            reference=self.reference,
        )
