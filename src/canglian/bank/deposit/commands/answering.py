"""What the rail says of an order: sent, succeeded, failed.

The first final answer counts and is booked once. The same again changes nothing; the opposite is a difference, which a
person resolves. An order is marked sent only before its outcome is known.
"""

from collections.abc import Iterable

from canglian.bank.deposit.closing import finish_closing, reopen
from canglian.bank.deposit.commands.values import OrderId
from canglian.bank.deposit.model import (
    AccountState,
    DepositAccount,
    DifferenceKind,
    RailDifference,
    RailKind,
    RailOrder,
    RailState,
)
from canglian.bank.deposit.moving import (
    Counterparty,
    Direction,
    Inside,
    give_back,
    internal_account,
    note_movement,
    though_frozen,
)
from canglian.kernel.command import Command, Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Reason
from canglian.kernel.values import OwnReference
from canglian.ledger.book import Book
from canglian.ledger.model import Hold, HoldState, Transfer


class MarkRailSent(Command[RailOrder], kind="deposit.mark_rail_sent"):
    """The rail has taken an order. After an answer it is no news."""

    order: OrderId
    reference: OwnReference | None = None

    def decide(self, book: Book) -> RailOrder:
        order = book.get(RailOrder, self.order)
        if order.state is not RailState.REQUESTED:
            return order
        return book.put(
            order.replace(state=RailState.SENT, sent_at=book.now, reference=self.reference or order.reference)
        )


class AnswerRailOrder(Command[RailOrder], kind="deposit.answer_rail_order"):
    """The rail says how an order ended. Rejects ``rail_order.not_found`` alone; see the module docstring."""

    order: OrderId
    succeeded: bool
    reference: OwnReference | None = None
    reason: Reason | None = None

    def reads(self) -> Iterable[Read]:
        return ((RailOrder, self.order),)

    def decide(self, book: Book) -> RailOrder:
        order = book.get(RailOrder, self.order)
        return answer(book, order, succeeded=self.succeeded, reference=self.reference, reason=self.reason)


def answer(
    book: Book, order: RailOrder, *, succeeded: bool, reference: str | None, reason: str | None = None
) -> RailOrder:
    """Take an answer of the rail."""
    if order.state.is_final:
        if succeeded is not (order.state is RailState.SUCCEEDED):
            note_difference(
                book,
                DifferenceKind.CONTRADICTED,
                order.id,
                order=order,
                ours=order.amount,
                theirs=order.amount,
                they_succeeded=succeeded,
                note=reference or reason,
            )
        return order
    state = RailState.SUCCEEDED if succeeded else RailState.FAILED
    book.emit(f"rail.{state.value}", f"rail_order:{order.id}", rail_order=order.id, deposit_account=order.account)
    answered = order.replace(
        state=state,
        answered_at=book.now,
        reference=reference or order.reference,
        reason=None if succeeded else reason,
    )
    if not succeeded:
        _let_go(book, order)
        answered = book.put(answered)
        _after(book, answered)
        return answered
    moved, suspense = _booked(book, order)
    answered = book.put(answered.replace(transfer=moved.id, suspense=suspense))
    _after(book, answered)
    return answered


def note_difference(
    book: Book,
    kind: DifferenceKind,
    subject: str,
    *,
    order: RailOrder | None = None,
    ours: int | None = None,
    theirs: int | None = None,
    they_succeeded: bool | None = None,
    asset: str = "CNY",
    note: str | None = None,
) -> RailDifference:
    """Note a difference; one that stands already is not noted twice."""
    for standing in book.find(RailDifference, "subject", subject):
        if standing.kind is kind and standing.resolved_at is None:
            return standing
    identity = book.new_id("rdf")
    book.emit("rail.difference_found", f"rail_difference:{identity}", rail_difference=identity, difference=kind.value)
    return book.add(
        RailDifference(
            id=identity,
            kind=kind,
            order=None if order is None else order.id,
            subject=subject,
            on=book.today,
            ours=ours,
            theirs=theirs,
            they_succeeded=they_succeeded,
            asset=asset if order is None else order.asset,
            note=note,
            at=book.now,
            resolved_at=None,
            resolved_by=None,
            resolution=None,
        )
    )


def _booked(book: Book, order: RailOrder) -> tuple[Transfer, bool]:
    """Book what the rail has done; True where the money stands aside because its account takes none."""
    if order.kind is RailKind.ONE_CENT:
        cost = internal_account(book, Inside.CONFIRMATION_COST, order.asset)
        rail = internal_account(book, Inside.RAIL, order.asset)
        return book.transfer(cost, rail, order.amount, order.code, reference=order.id), False
    account = book.get(DepositAccount, order.account)
    direction = Direction.IN if order.kind is RailKind.PULL else Direction.OUT
    try:
        moved = book.attempt(lambda world: _on_account(world, order, account))
    except Rejection:
        return _set_aside(book, order), True
    note_movement(book, account, direction, Counterparty.BOUND)
    return moved, False


def _on_account(book: Book, order: RailOrder, account: DepositAccount) -> Transfer:
    """Book an order on its account, by the hold that was kept for it. Rejects what the ledger does."""
    pull = order.kind is RailKind.PULL
    if pull and account.stops_in:
        book.reject("deposit_account.frozen_in", deposit_account=account.id)
    if _is_held(book, order):
        return though_frozen(book, account.account, lambda: book.capture(order.hold or 0, reference=order.id))
    rail = internal_account(book, Inside.RAIL, order.asset)
    ends = (rail, account.account) if pull else (account.account, rail)
    return though_frozen(
        book, account.account, lambda: book.transfer(*ends, order.amount, order.code, reference=order.id)
    )


def _is_held(book: Book, order: RailOrder) -> bool:
    """Whether its hold still stands; somebody may have released it in the ledger."""
    return order.hold is not None and book.get(Hold, order.hold).state is HoldState.PENDING


def _after(book: Book, order: RailOrder) -> None:
    """An account that waits for its money to be paid out ends with it, or goes on."""
    account = book.get(DepositAccount, order.account)
    if account.state is AccountState.CLOSING and order.kind is RailKind.PUSH:
        (finish_closing if order.state is RailState.SUCCEEDED else reopen)(book, account)


def _set_aside(book: Book, order: RailOrder) -> Transfer:
    """What the rail has done cannot be booked on the account: it stands aside until a person decides."""
    _let_go(book, order)
    note_difference(
        book,
        DifferenceKind.NOT_CREDITABLE,
        order.id,
        order=order,
        ours=0,
        theirs=order.amount,
        they_succeeded=True,
    )
    rail = internal_account(book, Inside.RAIL, order.asset)
    aside = internal_account(book, Inside.RAIL_SUSPENSE, order.asset)
    ends = (rail, aside) if order.kind is RailKind.PULL else (aside, rail)
    return book.transfer(*ends, order.amount, order.code, reference=order.id)


def _let_go(book: Book, order: RailOrder) -> None:
    """Nothing comes of it on the account: what was kept for it and counted for it is free again."""
    if order.hold is None:
        return
    if _is_held(book, order):
        book.release(order.hold)
    direction = Direction.IN if order.kind is RailKind.PULL else Direction.OUT
    account = book.get(DepositAccount, order.account)
    give_back(book, account, direction, order.channel, Counterparty.BOUND, order.amount, order.requested_on)
