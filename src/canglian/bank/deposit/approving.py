"""What is done to deposit accounts that is worth two pairs of eyes, as those who vote read it."""

from typing import Any

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.deposit.commands import CloseDepositAccount, LiftFreeze, ResolveRailDifference
from canglian.bank.deposit.model import AccountFreeze, DepositAccount, RailDifference
from canglian.ledger.book import Book
from canglian.ledger.model import Balance
from canglian.web.form import Input

_ACCOUNT = Input(name="account", label="Deposit account", kind="deposit")


def _about(account: DepositAccount) -> list[Fact]:
    """An account by its mask, and how it stands."""
    facts = [
        Fact("Deposit account", "code", account.id, note=account.number_mask),
        Fact("Product", "code", account.product, watched=True),
        Fact("State", "state", account.state.value, watched=True),
    ]
    if account.party is not None:
        facts.append(Fact("Holder", "holder", account.party))
    return facts


def _closing(book: Book, command: CloseDepositAccount) -> Description:
    account = book.get(DepositAccount, command.account)
    balance = book.get(Balance, account.account)
    held = balance.credits - balance.debits
    facts = [
        *_about(account),
        Fact("Balance", "money", held, asset=account.asset, watched=True),
        Fact("Paid out to", "words" if command.cash else "code", "Cash" if command.cash else command.bound_account),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"deposit_account:{account.id}", facts, held, account.asset)


def _lifting(book: Book, command: LiftFreeze) -> Description:
    freeze = book.get(AccountFreeze, command.freeze)
    account = book.get(DepositAccount, freeze.account)
    what, why = f"freeze_kind.{freeze.kind.value}", f"freeze_cause.{freeze.cause.value}"
    facts = [
        *_about(account),
        Fact("What stands still", "words", what),
        Fact("Cause", "words", why),
        Fact("Authority", "text", freeze.authority),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"deposit_account:{account.id}", facts)


def _resolving(book: Book, command: ResolveRailDifference) -> Description:
    difference = book.get(RailDifference, command.difference)
    facts = [
        Fact("Difference", "code", difference.id),
        Fact("Order of the rail", "code", difference.order),
        Fact("Ours", "money", difference.ours, asset=difference.asset, watched=True),
        Fact("Theirs", "money", difference.theirs, asset=difference.asset, watched=True),
        Fact("The book follows the rail", "words", "yes" if command.book_it else "no"),
        Fact("Resolution", "text", command.resolution),
    ]
    amount = difference.theirs if command.book_it else None
    return Description(f"rail_difference:{difference.id}", facts, amount, None if amount is None else difference.asset)


def _account(account: Any) -> str:
    return f"deposit_account:{account.id}"


approvable(
    Approvable(
        CloseDepositAccount,
        "Close a deposit account",
        _closing,
        outcome=_account,
        fields=(
            _ACCOUNT,
            Input(name="channel", label="Channel", choices=(("counter", "channel.counter"),)),
            Input(name="bound_account", label="Paid out to", kind="bound_account"),
        ),
        reason="reason",
    )
)
approvable(
    Approvable(
        LiftFreeze,
        "Lift a freeze",
        _lifting,
        outcome=lambda freeze: f"deposit_account:{freeze.account}",
        fields=(Input(name="freeze", label="Freeze", kind="freeze"),),
        reason="reason",
    )
)
approvable(
    Approvable(
        ResolveRailDifference,
        "Resolve a reconciliation break",
        _resolving,
        outcome=lambda difference: f"rail_difference:{difference.id}",
        fields=(
            Input(name="difference", label="Reconciliation break", kind="rail_difference"),
            Input(name="resolution", label="Resolution"),
        ),
    )
)
