"""The rail's daily file: it settles what was never answered, and shows where the rail and the book disagree."""

import enum
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit.commands.answering import answer, note_difference
from canglian.bank.deposit.commands.values import DifferenceId, OrderId
from canglian.bank.deposit.model import (
    DepositAccount,
    DifferenceKind,
    RailDifference,
    RailKind,
    RailOrder,
    RailState,
)
from canglian.bank.deposit.moving import Counterparty, Inside, internal_account, move, though_frozen
from canglian.bank.deposit.rules import COUNTER
from canglian.kernel.command import Command
from canglian.kernel.values import Amount, Name, OwnReference
from canglian.ledger.book import Book

Day = date  # the field of the same name would hide the type


class LineOutcome(enum.StrEnum):
    """What became of a line: it agreed, it settled an order, or it is a difference."""

    AGREED = "agreed"
    SETTLED = "settled"
    DIFFERS = "differs"


class Reconciled(msgspec.Struct, frozen=True):
    """The outcome of a line, and the difference where there is one."""

    outcome: LineOutcome
    order: str | None
    difference: str | None = None


class ReconcileRailLine(Command[Reconciled], kind="deposit.reconcile_rail_line"):
    """Hold one line of the rail's file of a day against the book. The same line again changes nothing.

    Rejects ``rail_line.day_not_over``.
    """

    date: Day
    order: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+\Z")]
    order_kind: RailKind
    amount: Amount
    succeeded: bool
    reference: OwnReference

    def decide(self, book: Book) -> Reconciled:
        if self.date >= book.today:
            book.reject("rail_line.day_not_over", date=self.date.isoformat(), today=book.today.isoformat())
        order = book.maybe(RailOrder, self.order)
        if order is None:
            return self._differs(book, DifferenceKind.UNKNOWN_ORDER, None)
        if order.amount != self.amount or order.kind is not self.order_kind:
            return self._differs(book, DifferenceKind.AMOUNT, order)
        if order.state.is_final:
            if self.succeeded is not (order.state is RailState.SUCCEEDED):
                return self._differs(book, DifferenceKind.STATE, order)
            outcome = LineOutcome.AGREED
        else:
            order = answer(book, order, succeeded=self.succeeded, reference=self.reference)
            outcome = LineOutcome.SETTLED
        if order.filed_on is None:
            book.put(order.replace(filed_on=self.date))
        return Reconciled(outcome, order.id)

    def _differs(self, book: Book, kind: DifferenceKind, order: RailOrder | None) -> Reconciled:
        if order is not None:
            contradicted = _standing(book, order.id, DifferenceKind.CONTRADICTED)
            if kind is DifferenceKind.STATE and contradicted is not None:
                return Reconciled(LineOutcome.DIFFERS, order.id, contradicted.id)
        found = note_difference(
            book,
            kind,
            self.reference if order is None else order.id,
            order=order,
            ours=None if order is None else order.amount,
            theirs=self.amount,
            they_succeeded=self.succeeded,
            note=self.order if order is None else self.reference,
        )
        return Reconciled(LineOutcome.DIFFERS, None if order is None else order.id, found.id)


class NoteMissingInFile(Command[RailDifference], kind="deposit.note_missing_in_file"):
    """An order that the rail has carried out by our book, or should have, stands in no file of its day."""

    order: OrderId
    date: Day

    def decide(self, book: Book) -> RailDifference:
        order = book.get(RailOrder, self.order)
        if self.date >= book.today:
            book.reject("rail_line.day_not_over", date=self.date.isoformat(), today=book.today.isoformat())
        if order.filed_on is not None:
            book.reject("rail_order.filed", rail_order=order.id, filed_on=order.filed_on.isoformat())
        return note_difference(
            book, DifferenceKind.MISSING_IN_FILE, order.id, order=order, ours=order.amount, note=order.state.value
        )


class ResolveRailDifference(Command[RailDifference], kind="deposit.resolve_rail_difference"):
    """A person has looked into a difference. With ``book_it`` the book follows the rail now.

    What then moves: money that stood aside comes to its account; an order that failed here and went through there is
    booked; one that went through here and failed there is undone. Rejects ``rail_difference.resolved``,
    ``rail_difference.nothing_to_book``, and what the movement is refused for.
    """

    difference: DifferenceId
    resolution: Name
    book_it: bool = False

    def decide(self, book: Book) -> RailDifference:
        found = book.get(RailDifference, self.difference)
        if found.resolved_at is not None:
            book.reject("rail_difference.resolved", resolved_at=found.resolved_at.isoformat())
        if self.book_it:
            _follow(book, found)
        book.emit("rail.difference_resolved", f"rail_difference:{found.id}", rail_difference=found.id)
        return book.put(found.replace(resolved_at=book.now, resolved_by=book.actor, resolution=self.resolution))


def _standing(book: Book, subject: str, kind: DifferenceKind) -> RailDifference | None:
    found = book.find(RailDifference, "subject", subject)
    return next(
        (difference for difference in found if difference.kind is kind and difference.resolved_at is None), None
    )


def _follow(book: Book, found: RailDifference) -> None:
    """Book what the rail says."""
    order = None if found.order is None else book.get(RailOrder, found.order)
    if order is None or found.kind not in (
        DifferenceKind.NOT_CREDITABLE,
        DifferenceKind.CONTRADICTED,
        DifferenceKind.STATE,
    ):
        book.reject("rail_difference.nothing_to_book")
    account = book.get(DepositAccount, order.account)
    if found.kind is DifferenceKind.NOT_CREDITABLE:
        aside = internal_account(book, Inside.RAIL_SUSPENSE, order.asset)
        moved = _to(book, aside, account, order) if order.kind is RailKind.PULL else _from(book, account, aside, order)
        book.put(order.replace(transfer=moved, suspense=False))
    elif found.they_succeeded and order.state is RailState.FAILED:
        book.put(order.replace(state=RailState.SUCCEEDED, transfer=_late(book, account, order), reason=None))
    elif not found.they_succeeded and order.state is RailState.SUCCEEDED and not order.suspense:
        _undo(book, account, order)
        book.put(order.replace(state=RailState.FAILED, reason=found.note))
    else:
        book.reject("rail_difference.nothing_to_book")


def _late(book: Book, account: DepositAccount, order: RailOrder) -> int:
    """An order went through after all."""
    rail = internal_account(book, Inside.RAIL, order.asset)
    if order.kind is RailKind.ONE_CENT:
        cost = internal_account(book, Inside.CONFIRMATION_COST, order.asset)
        return book.transfer(cost, rail, order.amount, order.code, reference=order.id).id
    if order.kind is RailKind.PULL:
        return _to(book, rail, account, order)
    return _from(book, account, rail, order)


def _from(book: Book, account: DepositAccount, target: int, order: RailOrder) -> int:
    moved = move(
        book,
        payer=account.id,
        payee=target,
        amount=order.amount,
        code=order.code,
        channel=COUNTER,
        counterparty=Counterparty.BOUND,
        reference=order.id,
    )
    return moved.id


def _to(book: Book, source: int, account: DepositAccount, order: RailOrder) -> int:
    moved = move(
        book,
        payer=source,
        payee=account.id,
        amount=order.amount,
        code=order.code,
        channel=COUNTER,
        counterparty=Counterparty.BOUND,
        reference=order.id,
    )
    return moved.id


def _undo(book: Book, account: DepositAccount, order: RailOrder) -> None:
    """An order did not go through after all: its money goes back to where it came from."""
    rail = internal_account(book, Inside.RAIL, order.asset)
    if order.kind is RailKind.ONE_CENT:
        book.transfer(
            rail,
            internal_account(book, Inside.CONFIRMATION_COST, order.asset),
            order.amount,
            order.code,
            reference=order.id,
        )
    else:
        back = (rail, account.account) if order.kind is RailKind.PUSH else (account.account, rail)
        though_frozen(book, account.account, lambda: book.transfer(*back, order.amount, order.code, reference=order.id))
