"""Accounts as people and programs name them: by number, or by a reference of their own.

Commands know numbers only. Faces find the number of a reference before they submit: a reference is given to an account
when it is opened and never changes, so the same request always becomes the same command.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec

from canglian.kernel.errors import CanglianError, NotFound, Rejection
from canglian.kernel.fields import FAULTS_MAX, doc
from canglian.kernel.store import Store
from canglian.kernel.values import Amount, AssetCode, Code, Metadata, Number, OwnReference
from canglian.ledger.commands import HistoryLine, HoldFunds, Line, Movement, PostTransfer
from canglian.ledger.commands.transfers import LINES_MAX, Instant, check_lines
from canglian.ledger.model import Account

L = TypeVar("L", bound=Line)

DIGITS_MAX = 18
"""Longer digits are no number of an account."""

AccountName = Number | OwnReference
_Debit = Annotated[AccountName, doc("The account that is debited, by number or reference.")]
_Credit = Annotated[AccountName, doc("The account that is credited, by number or reference.")]


class TransferRequest(Movement, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Move money from the debit account to the credit account, each by number or reference."""

    debit: _Debit  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues] - wider outside
    credit: _Credit  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues] - the same


class TransferRequestLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One movement of many, from the debit account to the credit account, each by number or reference."""

    debit: _Debit  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues] - the same
    credit: _Credit  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues] - the same


class HistoryRequestLine(HistoryLine, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One movement of the past; ``date`` is its business date, by default that of ``happened_at`` in Shanghai."""

    debit: _Debit  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues] - the same
    credit: _Credit  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues] - the same


class TransfersRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to 8,192 lines in order. ``atomic``: all stand or fall together and form a group; otherwise each line has its
    own outcome. A reference that no account has refuses all of them."""

    lines: Annotated[list[TransferRequestLine], msgspec.Meta(min_length=1, max_length=LINES_MAX), doc("In order.")]
    atomic: Annotated[bool, doc("All lines stand or fall together; otherwise each has its own outcome.")] = False

    def check(self) -> None:
        """The checks of all fields, at the cost of one look at all texts where nothing is hidden."""
        check_lines(self.lines)


class HistoryRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Movements of the past with their own business dates; each line has its own outcome. A reference that no account
    has refuses all of them."""

    lines: Annotated[list[HistoryRequestLine], msgspec.Meta(min_length=1, max_length=LINES_MAX), doc("In order.")]

    def check(self) -> None:
        """The checks of all fields, at the cost of one look at all texts where nothing is hidden."""
        check_lines(self.lines)


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reserve an amount on the debit account for the credit account, each by number or reference."""

    debit: _Debit
    credit: _Credit
    amount: Amount
    code: Code
    asset: Annotated[AssetCode | None, doc("The unit of value, such as `CNY`.")] = None
    reference: Annotated[OwnReference | None, doc("Your own number for it, such as an order's.")] = None
    metadata: Annotated[Metadata | None, doc("Your own facts, text by name; lists can be filtered by them.")] = None
    expires_at: Annotated[Instant | None, doc("When it lets go by itself; null for never.")] = None


async def transfer_of(request: TransferRequest, store: Store, book: int) -> PostTransfer:
    """The command of a request. Rejects ``account.not_found``."""
    return PostTransfer(**await _numbered(request, store, book))


async def hold_of(request: HoldRequest, store: Store, book: int) -> HoldFunds:
    """The command of a request. Rejects ``account.not_found``."""
    return HoldFunds(**await _numbered(request, store, book))


async def lines_of(lines: Sequence[L], store: Store, book: int) -> Sequence[L]:
    """Lines whose accounts are named by numbers. Rejects ``account.not_found``."""
    names: set[int | str] = {name for line in lines for name in (line.debit, line.credit)}
    if all(isinstance(name, int) for name in names):
        return lines
    known = await _found(store, book, names)
    _expect_all(
        known,
        {("lines", place, side): getattr(line, side) for place, line in enumerate(lines) for side in _SIDES},
    )
    return [msgspec.structs.replace(line, debit=known[line.debit], credit=known[line.credit]) for line in lines]


async def _numbered(request: TransferRequest | HoldRequest, store: Store, book: int) -> dict[str, Any]:
    known = await _found(store, book, (request.debit, request.credit))
    _expect_all(known, {(side,): getattr(request, side) for side in _SIDES})
    fields = {name: getattr(request, name) for name in request.__struct_fields__}
    return {**fields, "debit": known[request.debit], "credit": known[request.credit]}


async def filters_of(store: Store, book: int, **named: str | None) -> dict[str, int | None]:
    """The numbers by which lists are filtered, from numbers and references in a query. NotFound ``account.not_found``
    with the ``parameter`` that names it."""
    known = await _found(store, book, [name for name in named.values() if name is not None])
    missing = [
        NotFound(_MISSING, account=name or "—", parameter=parameter)
        for parameter, name in named.items()
        if name is not None and known[name] is None
    ]
    _raise(missing)
    return {parameter: None if name is None else known[name] for parameter, name in named.items()}


async def numbers(store: Store, book: int, names: Iterable[int | str]) -> dict[int | str, int]:
    """The numbers of accounts by what they were named. Rejects ``account.not_found``."""
    known = await _found(store, book, names)
    _raise([Rejection(_MISSING, account=name or "—") for name, number in known.items() if number is None])
    return {name: number for name, number in known.items() if number is not None}


_MISSING = "account.not_found"
_SIDES = ("debit", "credit")


async def _found(store: Store, book: int, names: Iterable[int | str]) -> dict[int | str, Any]:
    """The number of each account by what it was named; None where no account has the reference.

    Digits are the reference of the account that has it, which old accounts may, and else a number.
    """
    wanted = dict.fromkeys(names)
    texts = [name for name in wanted if isinstance(name, str)]
    found = await store.find(book, Account, "reference", texts) if texts else {}
    return {name: name if isinstance(name, int) else _number(name, found.get(name)) for name in wanted}


def _number(text: str, accounts: list[Account] | None) -> int | None:
    if accounts:
        return accounts[0].id
    if text.isascii() and text.isdecimal() and 0 < len(text) <= DIGITS_MAX and int(text):
        return int(text)
    return None


def _expect_all(known: dict[int | str, Any], named: dict[tuple[str | int, ...], int | str]) -> None:
    """Rejects ``account.not_found`` for every place that names no account."""
    missing: list[Rejection] = []
    for steps, name in named.items():
        if known[name] is None:
            missing.append(Rejection(_MISSING, account=name or "—"))
            missing[-1].steps = steps
    _raise(missing[:FAULTS_MAX])


def _raise(faults: Sequence[CanglianError]) -> None:
    if faults:
        first, *others = faults
        first.others = tuple(others)
        raise first
