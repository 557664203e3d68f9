"""Orders of the rail on their way out: a pull, a push, a small transfer.

An order leaves through the outbox by the event ``rail.requested``, which carries nothing but its id.
"""

from typing import Annotated

from canglian.bank.deposit.commands.values import BoundId
from canglian.bank.deposit.model import BindingState, BoundAccount, DepositAccount, RailKind, RailOrder, RailState
from canglian.bank.deposit.moving import (
    Counterparty,
    Direction,
    Inside,
    internal_account,
    reserve,
)
from canglian.bank.deposit.rules import JOB, require_active_account
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount, Code
from canglian.ledger.book import Book


class RequestPull(Command[RailOrder], kind="deposit.request_pull"):
    """Ask for money from a bound account. Room for it is kept now; it is booked when the rail says that it came.

    Rejects ``bound_account.not_active`` and what ``move`` does.
    """

    bound_account: BoundId
    amount: Amount
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]

    def decide(self, book: Book) -> RailOrder:
        bound, account = active_binding(book, self.bound_account)
        return _order(book, RailKind.PULL, bound, account, self.amount, self.channel)


class RequestPush(Command[RailOrder], kind="deposit.request_push"):
    """Send money to a bound account. It is held now and leaves when the rail says that it went.

    Rejects ``bound_account.not_active`` and what ``move`` does.
    """

    bound_account: BoundId
    amount: Amount
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]

    def decide(self, book: Book) -> RailOrder:
        bound, account = active_binding(book, self.bound_account)
        return _order(book, RailKind.PUSH, bound, account, self.amount, self.channel)


def order_one_cent(book: Book, bound: BoundAccount, most: int) -> RailOrder:
    """Send a small amount, by chance, from the bank's own money."""
    account = require_active_account(book, bound.account)
    amount = book.random.randint(1, most)
    return _put_down(book, RailKind.ONE_CENT, bound, account, amount, JOB, None)


def order_push(book: Book, bound: BoundAccount, account: DepositAccount, amount: int, channel: str) -> RailOrder:
    """Send money to a bound account."""
    return _order(book, RailKind.PUSH, bound, account, amount, channel)


def active_binding(book: Book, identity: str) -> tuple[BoundAccount, DepositAccount]:
    """A confirmed bound account and its deposit account. Rejects ``bound_account.not_active``."""
    bound = book.get(BoundAccount, identity)
    if bound.state is not BindingState.ACTIVE:
        book.reject("bound_account.not_active", state=bound.state.value)
    return bound, require_active_account(book, bound.account)


def _order(
    book: Book, kind: RailKind, bound: BoundAccount, account: DepositAccount, amount: int, channel: str
) -> RailOrder:
    direction = Direction.IN if kind is RailKind.PULL else Direction.OUT
    held = reserve(
        book,
        account,
        direction,
        internal_account(book, Inside.RAIL, account.asset),
        amount,
        code=f"rail.{kind.value}",
        channel=channel,
        counterparty=Counterparty.BOUND,
    )
    return _put_down(book, kind, bound, account, amount, channel, held.id)


def _put_down(
    book: Book,
    kind: RailKind,
    bound: BoundAccount,
    account: DepositAccount,
    amount: int,
    channel: str,
    hold: int | None,
) -> RailOrder:
    identity = book.new_id("rail")
    book.emit("rail.requested", f"rail_order:{identity}", rail_order=identity)
    return book.add(
        RailOrder(
            id=identity,
            kind=kind,
            account=account.id,
            bound_account=bound.id,
            amount=amount,
            asset=account.asset,
            state=RailState.REQUESTED,
            channel=channel,
            code=f"rail.{kind.value}",
            hold=hold,
            transfer=None,
            suspense=False,
            reference=None,
            reason=None,
            requested_on=book.today,
            requested_at=book.now,
            requested_by=book.actor,
            sent_at=None,
            answered_at=None,
            filed_on=None,
        )
    )
