"""Opening, changing, freezing and closing accounts."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from canglian.kernel.command import Command, Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, Reason, doc
from canglian.kernel.values import AssetCode, Bound, Metadata, Name, Number, OwnReference
from canglian.ledger.book import Book, new_balance, signed_balance
from canglian.ledger.model import Account, AccountState, Asset, Balance, Head, Side


def _more_than_digits(reference: str) -> None:
    """What is digits alone would be taken for an account's number. Rejects ``account.reference_digits``."""
    if reference.isdecimal():
        raise Rejection("account.reference_digits", reference=reference)


AccountReference = Annotated[OwnReference, Field(check=_more_than_digits)]


class OpenAccount(Command[Account], kind="ledger.open_account"):
    """Open an account under a head of the chart; its number is the next of the book.

    ``normal_side`` defaults to the head's. ``floor`` defaults to 0: the balance never turns; null leaves it
    unbounded. Rejects ``head.not_found``, ``asset.not_found``, ``account.exists`` (a taken reference) and
    ``account.limits_crossed`` (a floor above the ceiling, or either on the wrong side of nothing), and
    ``account.reference_digits`` where it is asked for: logs of before have such references.
    """

    asset: AssetCode
    head: Annotated[Name, doc("The head of the chart of accounts, such as `2011`.")]
    normal_side: Annotated[Side | None, doc("The side on which its balance grows; left out, that of its head.")] = None
    floor: Annotated[Bound | None, doc("The lowest balance that it may have; 0 unless said, null for none.")] = 0
    ceiling: Annotated[Bound | None, doc("The highest balance that it may have; null for none.")] = None
    purpose: Annotated[
        OwnReference | None,
        doc("Its money moves only among accounts of the same purpose; null for free money."),
    ] = None
    owner: Annotated[OwnReference | None, doc("Whose it is: an id of yours.")] = None
    name: Annotated[Name | None, doc("What people read.")] = None
    reference: Annotated[
        AccountReference | None, doc("Your own number for it, unique in the book; not digits alone.")
    ] = None
    metadata: Annotated[Metadata | None, doc("Your own facts, text by name; lists can be filtered by them.")] = None

    def reads(self) -> Iterable[Read]:
        return (Head, self.head), (Asset, self.asset)

    def decide(self, book: Book) -> Account:
        head = book.get(Head, self.head)
        book.get(Asset, self.asset)
        if self.reference is not None and book.find(Account, "reference", self.reference):
            book.reject("account.exists", reference=self.reference)
        number = book.next_number(Account)
        account = Account(
            number,
            self.asset,
            self.head,
            self.normal_side or head.normal_side,
            AccountState.OPEN,
            self.floor,
            self.ceiling,
            self.purpose,
            self.owner,
            self.name,
            self.reference,
            self.metadata,
            book.now,
            None,
        )
        _check_limits(book, account, 0)
        book.add(new_balance(number))
        book.emit("account.opened", f"account:{number}", account=number, asset=self.asset, head=self.head)
        return book.add(account)


class ChangeAccount(Command[Account], kind="ledger.change_account"):
    """Change an account's name, owner, metadata or limits; what is left out stays, null clears.

    Rejects ``account.limits_crossed`` where the balance, or what it becomes by pending holds, lies outside the limits.
    """

    account: Number
    name: Name | UnsetType | None = UNSET
    owner: OwnReference | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    floor: Bound | UnsetType | None = UNSET
    ceiling: Bound | UnsetType | None = UNSET

    def reads(self) -> Iterable[Read]:
        return (Account, self.account), (Balance, self.account)

    def decide(self, book: Book) -> Account:
        account = _living(book, self.account)
        changes = {
            field: value
            for field in ("name", "owner", "metadata", "floor", "ceiling")
            if (value := getattr(self, field)) is not UNSET
        }
        account = msgspec.structs.replace(account, **changes)
        if "floor" in changes or "ceiling" in changes:
            balance = book.get(Balance, self.account)
            net = signed_balance(account, balance)
            down, up = balance.debits_held, balance.credits_held
            if account.normal_side is Side.DEBIT:
                down, up = up, down
            _check_limits(book, account, net - down)
            _check_limits(book, account, net + up)
        book.emit("account.changed", f"account:{account.id}", account=account.id, fields=",".join(sorted(changes)))
        return book.put(account)


class SetAccountState(Command[Account], kind="ledger.set_account_state"):
    """Freeze an account in one or both directions, or open it again. Closing is ``CloseAccount``."""

    account: Number
    state: AccountState
    reason: Reason

    def decide(self, book: Book) -> Account:
        account = _living(book, self.account)
        if self.state is AccountState.CLOSED:
            return _close(book, account)
        if account.state is self.state:
            book.reject("account.state_same", account=account.id, state=self.state.value)
        book.emit(
            "account.state_changed",
            f"account:{account.id}",
            account=account.id,
            before=account.state.value,
            state=self.state.value,
            reason=self.reason,
        )
        return book.put(account.replace(state=self.state))


class CloseAccount(Command[Account], kind="ledger.close_account"):
    """Close an account for good; it must be empty and without pending holds (``account.not_empty``)."""

    account: Number

    def decide(self, book: Book) -> Account:
        return _close(book, _living(book, self.account))


def _close(book: Book, account: Account) -> Account:
    balance = book.get(Balance, account.id)
    held = balance.debits_held + balance.credits_held
    net = signed_balance(account, balance)
    if net or held:
        book.reject("account.not_empty", account=account.id, balance=net, held=held, asset=account.asset)
    book.emit("account.closed", f"account:{account.id}", account=account.id)
    return book.put(account.replace(state=AccountState.CLOSED, closed_at=book.now))


def _living(book: Book, number: int) -> Account:
    account = book.get(Account, number)
    if account.state is AccountState.CLOSED:
        book.reject("account.closed", account=number)
    return account


def _check_limits(book: Book, account: Account, balance: int) -> None:
    low = account.floor is not None and balance < account.floor
    high = account.ceiling is not None and balance > account.ceiling
    if low or high:
        book.reject(
            "account.limits_crossed",
            account=account.id,
            balance=balance,
            floor="—" if account.floor is None else account.floor,
            ceiling="—" if account.ceiling is None else account.ceiling,
            asset=account.asset,
        )
