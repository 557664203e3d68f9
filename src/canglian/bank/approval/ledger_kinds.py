"""The ledger's commands that are worth two pairs of eyes, as a person reads them.

What could go round a policy counts as what it stands for: lines of a group, history and holds count as transfers, and
setting the state to closed counts as closing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from canglian.bank.approval.describing import Approvable, Demand, Description, approvable
from canglian.bank.approval.model import Fact
from canglian.ledger import Account, AccountState, Balance, Book, Bound, Reversal, Transfer, signed_balance
from canglian.ledger.commands import (
    CloseAccount,
    CloseDay,
    HoldFunds,
    ImportHistory,
    Line,
    PostTransfer,
    PostTransfers,
    ReverseTransfer,
    SetAccountState,
)
from canglian.ledger.keeping import shown_name
from canglian.web.form import Input

LINES_SHOWN = 20
"""How many lines of a group are shown one by one, and how many accounts are watched by name."""

TRANSFER = PostTransfer.__kind__


# -- accounts as facts ---------------------------------------------------------------------------------------------


def _account(book: Book, label: str, number: int) -> list[Fact]:
    """An account by its name, its state, and what its money is bound to."""
    account = book.get(Account, number)
    facts = [Fact(label, "account", number, note=shown_name(account.name, account.owner), watched=True)]
    if account.state is not AccountState.OPEN:
        facts.append(Fact("State of the account", "state", account.state.value, watched=True))
    if account.purpose is not None:
        facts.append(Fact("Purpose", "text", account.purpose, watched=True))
    return facts


def _both(book: Book, debit: int, credit: int) -> list[Fact]:
    return [*_account(book, "From", debit), *_account(book, "To", credit)]


def _asset(book: Book, number: int) -> str | None:
    account = book.maybe(Account, number)
    return None if account is None else account.asset


def _extras(command: Any) -> Iterator[Fact]:
    """What else a movement carries, where it does."""
    if command.reference is not None:
        yield Fact("Reference", "code", command.reference)
    if command.metadata:
        yield Fact("Metadata", "text", ", ".join(f"{name}={value}" for name, value in command.metadata.items()))
    happened_at = getattr(command, "happened_at", None)
    if happened_at is not None:
        yield Fact("Happened", "when", happened_at.isoformat())
    if getattr(command, "expires_at", None) is not None:
        yield Fact("Expires", "when", command.expires_at.isoformat())
    if getattr(command, "balancing", False):
        yield Fact("Amount", "words", "The amount is the most; what is available moves.")
        if command.bounded_by is Bound.DEBIT:
            yield Fact("Bounded by", "words", "What the debit account has.")
        elif command.bounded_by is Bound.CREDIT:
            yield Fact("Bounded by", "words", "What the credit account has room for.")


# -- one movement --------------------------------------------------------------------------------------------------


def _movement(book: Book, command: Any) -> Description:
    asset = _asset(book, command.debit)
    facts = [
        Fact("Amount", "money", command.amount, asset=asset),
        *_both(book, command.debit, command.credit),
        Fact("Code", "code", command.code),
        *_extras(command),
    ]
    return Description(f"account:{command.debit}", facts, command.amount, asset)


def _one_demand(book: Book, command: PostTransfer) -> list[Demand]:
    return [Demand(TRANSFER, command.amount, _asset(book, command.debit))]


def _hold_demands(book: Book, command: HoldFunds) -> list[Demand]:
    asset = _asset(book, command.debit)
    return [Demand(kind, command.amount, asset) for kind in (HoldFunds.__kind__, TRANSFER)]


# -- many movements ------------------------------------------------------------------------------------------------


def _group(book: Book, command: Any) -> Description:
    lines: list[Line] = command.lines
    totals = _totals(book, lines)
    facts = [Fact("Lines", "number", len(lines))]
    facts += [Fact("Total", "money", amount, asset=asset) for asset, amount in totals.items()]
    for line in lines[:LINES_SHOWN]:
        asset = _asset(book, line.debit)
        facts.append(Fact("Line", "money", line.amount, asset=asset, note=f"{line.debit} → {line.credit} {line.code}"))
    if isinstance(command, PostTransfers):
        facts.append(
            Fact("Together", "words", "All lines or none." if command.atomic else "Each line stands for itself.")
        )
    facts += _accounts(book, sorted({number for line in lines for number in (line.debit, line.credit)}))
    asset, amount = next(iter(totals.items())) if len(totals) == 1 else (None, None)
    return Description(f"account:{lines[0].debit}", facts, amount, asset)


def _accounts(book: Book, numbers: list[int]) -> list[Fact]:
    if len(numbers) <= LINES_SHOWN:
        return [fact for number in numbers for fact in _account(book, "Account", number)]
    accounts = [book.get(Account, number) for number in numbers]
    text = "\n".join(f"{account.id} {account.name} {account.state.value} {account.purpose}" for account in accounts)
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return [Fact("Accounts", "number", len(numbers), note=mark, watched=True)]


def _totals(book: Book, lines: Iterable[Line]) -> dict[str | None, int]:
    totals: defaultdict[str | None, int] = defaultdict(int)
    for line in lines:
        totals[_asset(book, line.debit)] += line.amount
    return dict(totals)


def _group_demands(book: Book, command: Any) -> list[Demand]:
    """The group with its total; and as transfers, what goes from one account to one other, however often it is cut."""
    pairs: defaultdict[tuple[int, int], int] = defaultdict(int)
    for line in command.lines:
        pairs[line.debit, line.credit] += line.amount
    demands = [Demand(command.__kind__, amount, asset) for asset, amount in _totals(book, command.lines).items()]
    return demands + [Demand(TRANSFER, amount, _asset(book, debit)) for (debit, _), amount in pairs.items()]


def _group_outcome(posted: Any) -> str | None:
    first = next((number for number in posted.transfers if number), None)
    return None if first is None else f"transfer:{first}"


# -- undoing -------------------------------------------------------------------------------------------------------


def _reversal(book: Book, command: ReverseTransfer) -> Description:
    first = book.get(Transfer, command.transfer)
    earlier = book.maybe(Reversal, command.transfer)
    facts = [
        Fact("Amount", "money", first.amount, asset=first.asset),
        Fact("Transfer to undo", "transfer", first.id),
        Fact("Reversed by", "transfer", None if earlier is None else earlier.reversed_by, watched=True),
        *_both(book, first.credit, first.debit),
        Fact("Code", "code", first.code),
        Fact("Business date", "day", first.date.isoformat()),
    ]
    if command.reference is not None:
        facts.append(Fact("Reference", "code", command.reference))
    if command.reason is not None:
        facts.append(Fact("Reason", "text", command.reason))
    return Description(f"transfer:{first.id}", facts, first.amount, first.asset)


def _reversal_demand(book: Book, command: ReverseTransfer) -> list[Demand]:
    first = book.get(Transfer, command.transfer)
    return [Demand(ReverseTransfer.__kind__, first.amount, first.asset)]


# -- accounts ------------------------------------------------------------------------------------------------------


def _state_change(book: Book, command: SetAccountState) -> Description:
    facts = [
        *_figures(book, command.account, watched=False),
        Fact("New state", "state", command.state.value),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"account:{command.account}", facts)


def _state_demands(_: Book, command: SetAccountState) -> list[Demand]:
    closing = [Demand(CloseAccount.__kind__)] if command.state is AccountState.CLOSED else []
    return [Demand(SetAccountState.__kind__), *closing]


def _closing(book: Book, command: CloseAccount) -> Description:
    return Description(f"account:{command.account}", _figures(book, command.account, watched=True))


def _closing_demand(_: Book, command: CloseAccount) -> list[Demand]:
    return [Demand(command.__kind__)]


def _figures(book: Book, number: int, *, watched: bool) -> list[Fact]:
    account, balance = book.get(Account, number), book.get(Balance, number)
    return [
        Fact("Account", "account", number, note=shown_name(account.name, account.owner), watched=True),
        Fact("State", "state", account.state.value, watched=True),
        Fact("Balance", "money", signed_balance(account, balance), asset=account.asset, watched=watched),
    ]


# -- the book ------------------------------------------------------------------------------------------------------


def _closing_day(book: Book, command: CloseDay) -> Description:
    facts = [
        Fact("Business date", "day", book.today.isoformat(), watched=True),
        Fact("New business date", "day", command.next_day.isoformat()),
        Fact("Days ahead", "number", (command.next_day - book.today).days),
        Fact("Closing", "words", "It cannot be undone: all days in between are closed, and their interest is booked."),
    ]
    return Description(f"day:{book.today.isoformat()}", facts)


_CODE = Input(name="code", label="Code", help="What it is for, such as shop.payment.")
_REFERENCE = Input(name="reference", label="Reference")
_ACCOUNT = Input(name="account", kind="account", label="Account")
_STATES = tuple((state.value, f"state.{state.value}") for state in AccountState if state is not AccountState.CLOSED)


approvable(
    Approvable(
        PostTransfer,
        "Post a transfer",
        _movement,
        demands=_one_demand,
        outcome=lambda transfer: f"transfer:{transfer.id}",
        fields=(
            Input(name="debit", kind="account", label="From account"),
            Input(name="credit", kind="account", label="To account"),
            Input(name="amount"),
            _CODE,
            _REFERENCE,
        ),
    )
)
approvable(
    Approvable(
        PostTransfers,
        "Post many transfers",
        _group,
        counts_as=(TRANSFER,),
        demands=_group_demands,
        outcome=_group_outcome,
    )
)
approvable(
    Approvable(
        ImportHistory,
        "Post movements of the past",
        _group,
        counts_as=(TRANSFER,),
        demands=_group_demands,
        outcome=_group_outcome,
    )
)
approvable(
    Approvable(
        HoldFunds,
        "Place a hold",
        _movement,
        counts_as=(TRANSFER,),
        demands=_hold_demands,
        outcome=lambda hold: f"hold:{hold.id}",
    )
)
approvable(
    Approvable(
        ReverseTransfer,
        "Reverse a transfer",
        _reversal,
        demands=_reversal_demand,
        outcome=lambda transfer: f"transfer:{transfer.id}",
        matter=lambda command: f"transfer_reversal:{command.transfer}",
        reason="reason",
        fields=(Input(name="transfer", kind="transfer", label="Transfer"), _REFERENCE),
    )
)
approvable(
    Approvable(
        SetAccountState,
        "Change the state of an account",
        _state_change,
        counts_as=(CloseAccount.__kind__,),
        demands=_state_demands,
        outcome=lambda account: f"account:{account.id}",
        fields=(
            _ACCOUNT,
            Input(name="state", label="New state", choices=_STATES),
            Input(name="reason"),
        ),
    )
)
approvable(
    Approvable(
        CloseAccount,
        "Close an account",
        _closing,
        demands=_closing_demand,
        outcome=lambda account: f"account:{account.id}",
        fields=(_ACCOUNT,),
    )
)
approvable(
    Approvable(
        CloseDay,
        "Close the business day",
        _closing_day,
        outcome=lambda today: f"day:{today.isoformat()}",
        fields=(Input(name="next_day", label="New business date"),),
        always=lambda book, command: command.is_far_ahead(book),
    )
)
