"""Posting transfers: one, many, history, and undoing one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.kernel.command import Command, Read
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.fields import Reason, check_each, doc
from canglian.kernel.hidden import HIDDEN
from canglian.kernel.values import EARLIEST, SHANGHAI, Amount, AssetCode, Code, Metadata, Number, OwnReference
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance, Bound, Flag, Reversal, Transfer

LINES_MAX = 8192
"""How many lines one bulk command carries."""

_BALANCING = int(Flag.BALANCING)
_IMPORTED = int(Flag.IMPORTED)
_RELEASE = int(Flag.RELEASE)
_BOTH = Bound.BOTH

Instant = Annotated[datetime, Meta(tz=True)]
Day = date  # the field of the same name would hide the type


class Movement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One movement asked for.

    ``amount`` is in the minor unit of the accounts' asset; ``asset`` may be given to be checked against them.
    ``balancing`` takes ``amount`` as the most and moves what is available, as far as ``bounded_by`` asks for it.
    ``happened_at`` defaults to now.
    """

    debit: Annotated[Number, doc("The account that is debited.")]
    credit: Annotated[Number, doc("The account that is credited.")]
    amount: Amount
    code: Code
    asset: Annotated[
        AssetCode | None,
        doc("Refused unless both accounts hold it; left out, whatever they hold."),
    ] = None
    reference: Annotated[OwnReference | None, doc("Your own number for it, such as an order's.")] = None
    metadata: Annotated[Metadata | None, doc("Your own facts, text by name; lists can be filtered by them.")] = None
    happened_at: Annotated[Instant | None, doc("When it happened, where that was before it is booked.")] = None
    balancing: Annotated[bool, doc("Move at most `amount`: as much of it as is available.")] = False
    bounded_by: Annotated[
        Bound,
        doc(
            "Which side says what is available to a balancing transfer: the funds of the debit account, the room of "
            "the credit account, or the lesser of both. The other side may refuse it."
        ),
    ] = Bound.BOTH


class Line(Movement, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One movement of many. ``allow_zero`` passes over a balancing one to which nothing is available."""

    allow_zero: Annotated[bool, doc("Skip a balancing transfer that comes to nothing, instead of refusing it.")] = False


class HistoryLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One movement of the past; ``date`` is its business date, by default that of ``happened_at`` in Shanghai."""

    date: Annotated[Day | None, doc("The business date, where it differs from the day.")] = None


class LineError(msgspec.Struct, frozen=True):
    """Why a line was refused. ``line`` counts from 0."""

    line: Annotated[int, doc("The line's position, from 0.")]
    code: Annotated[str, doc("Why it was refused.")]
    fields: Annotated[dict[str, Any], doc("The figures of the text.")]


class Posted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of many lines: the transfer's number for each, or 0 where there is none (see ``errors``)."""

    posted: Annotated[int, doc("How many lines were posted.")]
    refused: Annotated[int, doc("How many lines were refused.")]
    transfers: Annotated[list[int], doc("The number of each line's transfer; 0 where it was refused or skipped.")]
    errors: Annotated[list[LineError], doc("The lines that were refused.")] = []
    group: Annotated[int | None, doc("The first transfer of the group that stands or falls together, or null.")] = None
    skipped: Annotated[int, doc("How many lines came to nothing and asked to be skipped then.")] = 0


class PostTransfer(Movement, Command[Transfer], kind="ledger.post_transfer", frozen=True):
    """Move money from the debit account to the credit account. Rejects ``account.*`` and ``transfer.*``."""

    def reads(self) -> Iterable[Read]:
        return _reads((self,))

    def decide(self, book: Book) -> Transfer:
        transfer = _post(book, self)
        _emit_posted(book, transfer)
        return transfer


class PostTransfers(Command[Posted], kind="ledger.post_transfers"):
    """Post up to 8,192 lines in order. ``atomic``: all stand or fall together (``transfers.line_refused``) and form
    a group; otherwise each line has its own outcome."""

    lines: Annotated[list[Line], Meta(min_length=1, max_length=LINES_MAX), doc("In order.")]
    atomic: Annotated[bool, doc("All lines stand or fall together; otherwise each has its own outcome.")] = False

    def check(self) -> None:
        check_lines(self.lines)

    def weight(self) -> int:
        return len(self.lines)

    def reads(self) -> Iterable[Read]:
        return _reads(self.lines)

    def decide(self, book: Book) -> Posted:
        return _post_many(book, self.lines, _post, atomic=self.atomic)


class ImportHistory(Command[Posted], kind="ledger.import_history"):
    """Post movements of the past with their own business dates, which may not go back within an account
    (``history.out_of_order``) nor lie after today; each line has its own outcome. ``late`` takes those that go back
    too, and what is told of a date counts them there; they cost more to keep and to read."""

    lines: Annotated[list[HistoryLine], Meta(min_length=1, max_length=LINES_MAX), doc("In order.")]
    late: Annotated[bool, doc("Post lines also where their accounts have moved on later dates.")] = False

    def check(self) -> None:
        check_lines(self.lines)

    def weight(self) -> int:
        return len(self.lines)

    def reads(self) -> Iterable[Read]:
        return _reads(self.lines)

    def decide(self, book: Book) -> Posted:
        return _post_many(book, self.lines, _post_late_history if self.late else _post_history, atomic=False)


class ReverseTransfer(Command[Transfer], kind="ledger.reverse_transfer"):
    """Undo a transfer by one in the other direction, linked to it; at most once (``transfer.already_reversed``)."""

    transfer: Number
    reference: OwnReference | None = None
    reason: Reason | None = None

    def reads(self) -> Iterable[Read]:
        return (Transfer, self.transfer), (Reversal, self.transfer)

    def decide(self, book: Book) -> Transfer:
        first = book.get(Transfer, self.transfer)
        earlier = book.maybe(Reversal, self.transfer)
        if earlier is not None:
            book.reject("transfer.already_reversed", transfer=first.id, reversed_by=earlier.reversed_by)
        if first.reverses is not None:
            book.reject("transfer.is_reversal", transfer=first.id)
        transfer = book.transfer(
            first.credit,
            first.debit,
            first.amount,
            first.code,
            reference=self.reference or first.reference,
            metadata=None if self.reason is None else {"reason": self.reason},
            reverses=first.id,
            flags=first.flags & _RELEASE,
        )
        book.add(Reversal(first.id, transfer.id))
        book.emit("transfer.reversed", f"transfer:{first.id}", transfer=first.id, reversed_by=transfer.id)
        return transfer


def check_lines(lines: Sequence[Line]) -> None:
    """The checks of the fields of many lines, at the cost of one look at all their texts where nothing is hidden."""
    texts = [line.reference for line in lines if line.reference is not None]
    for line in lines:
        if line.metadata is not None:
            texts += line.metadata.values()
    if HIDDEN.search("".join(texts)) is not None:
        check_each(lines, "lines")


def _reads(lines: Iterable[Movement]) -> Iterable[Read]:
    numbers = {number for line in lines for number in (line.debit, line.credit)}
    return [(kind, number) for kind in (Account, Balance) for number in numbers]


def _post(book: Book, line: Movement, group: int | None = None) -> Transfer:
    amount, flags = line.amount, 0
    if line.balancing:
        amount, flags = _balanced(book, line), _BALANCING
    elif line.bounded_by is not _BOTH:
        book.reject("transfer.not_balancing", field="bounded_by")
    if line.asset is not None:
        _expect_asset(book, line)
    return book.transfer(
        line.debit,
        line.credit,
        amount,
        line.code,
        reference=line.reference,
        metadata=line.metadata,
        happened_at=line.happened_at,
        group=group,
        flags=flags,
    )


def _post_late_history(book: Book, line: HistoryLine, group: int | None = None) -> Transfer:
    return _post_history(book, line, group, late=True)


def _post_history(book: Book, line: HistoryLine, group: int | None = None, *, late: bool = False) -> Transfer:
    happened_at = line.happened_at or book.now
    if line.bounded_by is not _BOTH and not line.balancing:
        book.reject("transfer.not_balancing", field="bounded_by")
    if line.asset is not None:
        _expect_asset(book, line)
    day = line.date or min(max(happened_at, EARLIEST), book.now).astimezone(SHANGHAI).date()
    late = late and EARLIEST.date() <= day <= book.today
    return book.transfer(
        line.debit,
        line.credit,
        _balanced(book, line) if line.balancing else line.amount,
        line.code,
        reference=line.reference,
        metadata=line.metadata,
        happened_at=happened_at,
        group=group,
        flags=_IMPORTED | (_BALANCING if line.balancing else 0),
        history=None if late else day,
        on=day if late else None,
    )


def _expect_asset(book: Book, line: Movement) -> None:
    asset = book.get(Account, line.debit).asset
    if asset != line.asset:
        book.reject("transfer.asset_unexpected", asset=asset, expected=line.asset)


def _balanced(book: Book, line: Movement) -> int:
    amount = _available(book, line)
    if amount == 0:
        book.reject("transfer.nothing_available", debit=line.debit, credit=line.credit)
    return amount


def _available(book: Book, line: Movement) -> int:
    available = book.available(line.debit, line.credit, line.bounded_by)
    return line.amount if available is None else min(line.amount, available)


def _is_skipped(book: Book, line: Line) -> bool:
    """Whether a line asks to be skipped and comes to nothing. What two accounts can never move is no reason."""
    if not line.balancing:
        book.reject("transfer.not_balancing", field="allow_zero")
    if _available(book, line):
        return False
    debit, credit = book.get(Account, line.debit), book.get(Account, line.credit)
    return (debit.asset, debit.purpose) == (credit.asset, credit.purpose)


def _post_many(book: Book, lines: list[Any], post: Any, *, atomic: bool) -> Posted:
    """Post lines in order. Every check of a line comes before its first change, so a refused line leaves nothing."""
    group = book.counters.get(Transfer.__table__, 0) + 1 if atomic else None
    numbers: list[int] = []
    errors: list[LineError] = []
    skipped = 0
    for position, line in enumerate(lines):
        try:
            if line.allow_zero and _is_skipped(book, line):
                skipped += 1
                numbers.append(0)
            else:
                numbers.append(post(book, line, group).id)
        except Rejection as refused:
            if atomic:
                _refuse_group(book, position, refused)
            numbers.append(0)
            errors.append(LineError(position, refused.code, refused.fields))
    posted = len(lines) - len(errors) - skipped
    if posted:
        first = next(number for number in numbers if number)
        book.emit("transfers.posted", f"transfer:{first}", first=first, last=max(numbers), count=posted)
    return Posted(posted, len(errors), numbers, errors, group if posted else None, skipped)


def _refuse_group(book: Book, position: int, refused: CanglianError) -> None:
    book.reject("transfers.line_refused", line=position, reason=refused.code, fields=refused.fields)


def _emit_posted(book: Book, transfer: Transfer) -> None:
    book.emit(
        "transfer.posted",
        f"transfer:{transfer.id}",
        transfer=transfer.id,
        debit=transfer.debit,
        credit=transfer.credit,
        amount=transfer.amount,
        asset=transfer.asset,
        code=transfer.code,
    )
