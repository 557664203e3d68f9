"""Closing an account: interest settled, what is on it paid out."""

from typing import Annotated

from canglian.bank.deposit.closing import finish_closing
from canglian.bank.deposit.commands.interest import DEPOSIT_INTEREST
from canglian.bank.deposit.commands.ordering import active_binding, order_push
from canglian.bank.deposit.commands.values import AccountId, BoundId
from canglian.bank.deposit.model import AccountState, DepositAccount, DepositInterest, ProductClass, RailOrder
from canglian.bank.deposit.moving import Counterparty, Direction, Inside, internal_account, move, refuse_stopped
from canglian.bank.deposit.rules import COUNTER, require_active_account
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason, doc
from canglian.kernel.values import Code
from canglian.ledger.book import Book
from canglian.ledger.model import Balance


class CloseDepositAccount(Command[DepositAccount], kind="deposit.close_account"):
    """Close an account. Its interest until yesterday is paid; less than a minor unit is lost.

    What is on it then goes to a bound account of it, or is paid in cash at the counter. Through the rail it is closing
    until the rail says that the money went; where it did not, the account is as it was. Rejects
    ``deposit_account.orders_open``, ``.pay_out_missing``, ``.cash_elsewhere``, ``.interest_behind``,
    ``bound_account.foreign``, and what ``move`` does.
    """

    account: AccountId
    reason: Reason
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]
    bound_account: Annotated[BoundId | None, doc("The bound account that the money goes to.")] = None
    cash: Annotated[bool, doc("Whether what is left is paid in cash, at the counter.")] = False

    def decide(self, book: Book) -> DepositAccount:
        account = require_active_account(book, self.account)
        refuse_stopped(book, account, Direction.OUT, self.channel, Counterparty.BOUND)
        refuse_stopped(book, account, Direction.IN, self.channel, Counterparty.BOUND)
        if self.cash and self.channel != COUNTER:
            book.reject("deposit_account.cash_elsewhere", field="cash")
        for order in book.find(RailOrder, "account", account.id):
            if not order.state.is_final:
                book.reject("deposit_account.orders_open", deposit_account=account.id, other=order.id)
        if account.product_class is not ProductClass.INTERNAL:
            interest = DEPOSIT_INTEREST.caught_up(book, book.get(DepositInterest, account.account))
            DEPOSIT_INTEREST.pay(book, interest, interest.until)
        balance = book.get(Balance, account.account)
        left = balance.credits - balance.debits
        if left == 0:
            return finish_closing(book, account)
        if self.cash:
            cash = internal_account(book, Inside.CASH, account.asset)
            move(
                book,
                payer=account.id,
                payee=cash,
                amount=left,
                code="deposit.closed",
                channel=self.channel,
                counterparty=Counterparty.CASH,
            )
            return finish_closing(book, book.get(DepositAccount, account.id))
        return self._pay_out(book, account, left)

    def _pay_out(self, book: Book, account: DepositAccount, left: int) -> DepositAccount:
        if self.bound_account is None:
            book.reject(
                "deposit_account.pay_out_missing", deposit_account=account.id, balance=left, asset=account.asset
            )
        bound, owner = active_binding(book, self.bound_account)
        if owner.id != account.id:
            book.reject("bound_account.foreign", bound_account=bound.id, field="bound_account")
        order_push(book, bound, account, left, self.channel)
        book.put(book.get(DepositInterest, account.account).replace(closed=True))
        book.emit("deposit_account.closing", f"deposit_account:{account.id}", deposit_account=account.id)
        changed = book.get(DepositAccount, account.id)
        return book.put(changed.replace(state=AccountState.CLOSING, updated_at=book.now))
