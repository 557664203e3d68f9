"""Accounts that a room above keeps: their money and state change by its commands alone.

A room declares what the ids of its things begin with; an account whose ``owner`` begins so is kept. What somebody asks
of the ledger directly may pay money in, and nothing else: the room counts limits, looks at PINs and freezes, and the
ledger knows none of that.
"""

from collections.abc import Callable, Iterable
from typing import Any

from canglian.kernel.book import Book
from canglian.kernel.crypto import masked_name
from canglian.ledger.commands import (
    CaptureHold,
    ChangeAccount,
    CloseAccount,
    HoldFunds,
    ImportHistory,
    PostTransfer,
    PostTransfers,
    ReleaseHold,
    ReverseTransfer,
    SetAccountState,
)
from canglian.ledger.model import Account, Hold, Transfer

CODE = "account.kept"

_PREFIX = 4

_keepers: set[str] = set()

Touched = Callable[[Book, Any], Iterable[int]]


def keep(prefix: str) -> None:
    """Keep the accounts of things whose ids begin with this, such as ``wal_``."""
    assert len(prefix) == _PREFIX
    _keepers.add(prefix)


def is_kept(owner: str | None) -> bool:
    """Whether an account of this owner is kept by a room."""
    return owner is not None and owner[:_PREFIX] in _keepers


def shown_name(name: str | None, owner: str | None) -> str | None:
    """The name of an account as anybody is shown it: on pages, in lists, the search, files and answers."""
    return name if name is None or owner is None or is_kept(owner) else masked_name(name)


def refuse_kept(book: Book, command: Any) -> None:
    """Rejects ``account.kept`` for what would take money from a kept account, or change it, past its room."""
    touched = _TOUCHED.get(type(command))
    if touched is None:
        return
    for number in touched(book, command):
        account = book.maybe(Account, number)
        if account is not None and is_kept(account.owner):
            book.reject(CODE, account=account.id, owner=account.owner)


def _reversed(book: Book, command: ReverseTransfer) -> Iterable[int]:
    """Both sides: a payment from a kept account is undone where its limits are given back."""
    first = book.maybe(Transfer, command.transfer)
    return () if first is None else (first.debit, first.credit)


def _held(book: Book, command: CaptureHold | ReleaseHold) -> Iterable[int]:
    hold = book.maybe(Hold, command.hold)
    return () if hold is None else (hold.debit, hold.credit)


def _of_lines(_: Book, command: PostTransfers | ImportHistory) -> Iterable[int]:
    return {line.debit for line in command.lines}


_TOUCHED: dict[type[Any], Touched] = {
    PostTransfer: lambda _, command: (command.debit,),
    PostTransfers: _of_lines,
    ImportHistory: _of_lines,
    HoldFunds: lambda _, command: (command.debit,),
    CaptureHold: _held,
    ReleaseHold: _held,
    ReverseTransfer: _reversed,
    SetAccountState: lambda _, command: (command.account,),
    ChangeAccount: lambda _, command: (command.account,),
    CloseAccount: lambda _, command: (command.account,),
}
