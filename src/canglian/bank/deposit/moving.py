"""The one way in which money of a deposit account moves: ``move``, and ``reserve`` where the answer comes later.

Both ask in this order: is the account there and open; is it served through this channel; is it frozen in this
direction; does it take money of others yet; do the limits of its holder leave room. What the bank itself moves
(interest, fees) is asked for freezes only.
"""

import enum
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from canglian.bank import limit
from canglian.bank.deposit.model import AccountState, DepositAccount, UnboundIn
from canglian.bank.deposit.rules import COUNTER, product_in_force, require_active_account
from canglian.bank.limit import Counterparty, Direction, Movement
from canglian.bank.party import Level
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book, Release, new_balance
from canglian.ledger.keeping import keep
from canglian.ledger.model import Account, Balance, Head, Hold, Side, Transfer
from canglian.ledger.model import AccountState as LedgerState

R = TypeVar("R")

keep("dep_")

_OF_BOTH = ("transfer.amount_invalid", "transfer.asset_mismatch", "transfer.purpose_mismatch")
"""Refusals of the ledger that are about the transfer, not about one of its sides."""


class Inside(enum.StrEnum):
    """The bank's own accounts that stand on the other side, one for an asset: under which head, by its value."""

    CASH = "1001"
    RAIL = "1011"
    INTEREST_PAYABLE = "2231"
    RAIL_SUSPENSE = "2241"
    INTEREST_EXPENSE = "6411"
    CONFIRMATION_COST = "6602"


def internal_account(book: Book, inside: Inside, asset: str) -> int:
    """The number of one of the bank's own accounts; it is opened where the book has none yet."""
    reference = f"deposit.{inside.name.lower()}.{asset.lower()}"
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    return open_in_ledger(book, inside.value, asset, floor=None, reference=reference).id


def open_in_ledger(
    book: Book,
    head: str,
    asset: str,
    *,
    floor: int | None = 0,
    owner: str | None = None,
    name: str | None = None,
    reference: str | None = None,
    purpose: str | None = None,
) -> Account:
    """Open an account in the ledger. Its reference is not looked up: whoever gives one has done so.

    An id that was made in this very decision must not be looked up, for it is another one when the decision is taken
    again.
    """
    side: Side = book.get(Head, head).normal_side
    number = book.next_number(Account)
    book.add(new_balance(number))
    book.emit("account.opened", f"account:{number}", account=number, asset=asset, head=head)
    return book.add(
        Account(
            number,
            asset,
            head,
            side,
            LedgerState.OPEN,
            floor,
            None,
            purpose,
            owner,
            name,
            reference,
            None,
            book.now,
            None,
        )
    )


def move(
    book: Book,
    *,
    payer: str | int,
    payee: str | int,
    amount: int,
    code: str,
    channel: str,
    counterparty: Counterparty | None = None,
    reference: str | None = None,
    metadata: dict[str, str] | None = None,
    release: Release | None = None,
) -> Transfer:
    """Move money from one account to another; at least one of them is a deposit account, named by its id.

    The other may be an account of the ledger by its number: the bank's own, or one of a room above, which has asked its
    own rules. ``counterparty`` says who the other side is; left out, it is ``own`` between two accounts of one holder
    and ``unbound`` otherwise. Rejects ``deposit_account.*``, ``limit.exceeded`` and what the ledger does; away from the
    counter, whatever stands at another holder's account is ``payee.cannot_receive``.
    """
    source = require_active_account(book, payer) if isinstance(payer, str) else None
    target = require_active_account(book, payee) if isinstance(payee, str) else None
    if source is None and target is None:
        raise AssertionError("neither side is a deposit account")
    if source is not None and target is not None and source.id == target.id:
        book.reject("deposit_account.same", deposit_account=source.id)
    side = counterparty or _between(source, target)
    debit = source.account if source is not None else int(payer)
    credit = target.account if target is not None else int(payee)
    if source is not None:
        refuse_stopped(book, source, Direction.OUT, channel, side)
        count(book, source, Direction.OUT, channel, side, amount)
    try:
        if target is not None:
            refuse_stopped(book, target, Direction.IN, channel, side)
            count(book, target, Direction.IN, channel, side, amount)
        moved = book.transfer(debit, credit, amount, code, reference=reference, metadata=metadata, release=release)
    except Rejection as refused:
        if source is not None and target is not None and channel != COUNTER and side is Counterparty.UNBOUND:
            hide_payee(book, refused, debit, amount)
        raise
    if source is not None:
        note_movement(book, source, Direction.OUT, side)
    if target is not None:
        note_movement(book, target, Direction.IN, side)
    return moved


def hide_payee(book: Book, refused: Rejection, payer: int, amount: int) -> None:
    """Refuse neutrally for what stands at a payee, who is a stranger to whoever pays.

    What the payer's own account of the ledger lacks is said before. Rejects ``transfer.insufficient_funds`` and
    ``payee.cannot_receive``; returns where the refusal is about the payer's account or the transfer itself.
    """
    if refused.code in _OF_BOTH or refused.fields.get("account") == payer:
        return
    book.require_funds(payer, amount)
    book.reject("payee.cannot_receive", field="payee")


def reserve(
    book: Book,
    account: DepositAccount,
    direction: Direction,
    other: int,
    amount: int,
    *,
    code: str,
    channel: str,
    counterparty: Counterparty,
    reference: str | None = None,
) -> Hold:
    """Set money aside that leaves later, or room for money that comes later, with all checks of ``move`` made now.

    ``other`` is the account of the ledger on the other side. The hold is captured or released later; whoever releases
    it gives back what was counted, with ``give_back``.
    """
    refuse_stopped(book, account, direction, channel, counterparty)
    count(book, account, direction, channel, counterparty, amount)
    debit, credit = (account.account, other) if direction is Direction.OUT else (other, account.account)
    return book.hold(debit, credit, amount, code, reference=reference)


def refuse_stopped(
    book: Book, account: DepositAccount, direction: Direction, channel: str, counterparty: Counterparty
) -> None:
    """Refuse a movement that the state of an account does not allow."""
    if account.state is AccountState.CLOSING:
        book.reject("deposit_account.closing", deposit_account=account.id)
    if account.stops_in if direction is Direction.IN else account.stops_out:
        book.reject(f"deposit_account.frozen_{direction.value}", deposit_account=account.id)
    if counterparty is Counterparty.BANK:
        return
    if channel != COUNTER:
        if account.state is AccountState.DORMANT:
            book.reject("deposit_account.dormant", deposit_account=account.id)
        if account.counter_only:
            book.reject("deposit_account.counter_only", deposit_account=account.id)
    if direction is Direction.IN and counterparty in _OF_OTHERS:
        _refuse_others(book, account)


def count(
    book: Book,
    account: DepositAccount,
    direction: Direction,
    channel: str,
    counterparty: Counterparty,
    amount: int,
) -> None:
    """Count a movement against the limits of its holder; what the bank itself moves is not counted.

    Rejects ``limit.exceeded``.
    """
    if counterparty is not Counterparty.BANK and account.party is not None:
        after = room_taken(book, account) + amount if direction is Direction.IN else None
        limit.count(book, _movement(account, direction, channel, counterparty, amount, after))


def give_back(
    book: Book,
    account: DepositAccount,
    direction: Direction,
    channel: str,
    counterparty: Counterparty,
    amount: int,
    on: date,
    *,
    whole: bool = True,
) -> None:
    """Undo a count: what was asked for on a business date did not happen, or was undone, as a whole or in part."""
    if counterparty is not Counterparty.BANK and account.party is not None:
        limit.give_back(book, _movement(account, direction, channel, counterparty, amount, None), on, whole=whole)


def _movement(
    account: DepositAccount,
    direction: Direction,
    channel: str,
    counterparty: Counterparty,
    amount: int,
    balance_after: int | None,
) -> Movement:
    return Movement(
        subject_of(account.id),
        account.party,
        account.product,
        account.level,
        channel,
        direction,
        counterparty.value,
        account.asset,
        amount,
        balance_after,
    )


def subject_of(account: str) -> str:
    """What limits know an account by."""
    return f"deposit:{account}"


def note_movement(book: Book, account: DepositAccount, direction: Direction, counterparty: Counterparty) -> None:
    """Note the first movement that a holder causes, and the first inflow from a bound account."""
    if counterparty is Counterparty.BANK:
        return
    first = account.moved_on is None
    bound = direction is Direction.IN and counterparty is Counterparty.BOUND and not account.bound_inflow
    if first or bound:
        account = book.get(DepositAccount, account.id)
        book.put(
            account.replace(
                moved_on=account.moved_on or book.today, bound_inflow=account.bound_inflow or bound, updated_at=book.now
            )
        )


def though_frozen(book: Book, number: int, act: Callable[[], R]) -> R:
    """Do something to an account of the ledger although it is frozen: interest comes in, reserved money goes out."""
    account = book.get(Account, number)
    if account.state in (LedgerState.OPEN, LedgerState.CLOSED):
        return act()
    book.put(account.replace(state=LedgerState.OPEN))
    result = act()
    book.put(account)
    return result


def room_taken(book: Book, account: DepositAccount) -> int:
    """The balance that an account has, with what is on its way to it."""
    balance = book.get(Balance, account.account)
    return balance.credits - balance.debits + balance.credits_held


def mirror_freezes(book: Book, account: DepositAccount) -> None:
    """Freeze the account of the ledger alike, so that nothing moves it behind this room's back."""
    state = {
        (True, True): LedgerState.FROZEN,
        (True, False): LedgerState.FROZEN_IN,
        (False, True): LedgerState.FROZEN_OUT,
    }.get((account.stops_in, account.stops_out), LedgerState.OPEN)
    there = book.get(Account, account.account)
    if there.state not in (state, LedgerState.CLOSED):
        book.put(there.replace(state=state))


_OF_OTHERS = frozenset((Counterparty.UNBOUND, Counterparty.MERCHANT, Counterparty.CASH))
"""Whose money an account of class II or III does not take from the first day on."""


def _between(source: DepositAccount | None, target: DepositAccount | None) -> Counterparty:
    if source is None or target is None:
        return Counterparty.UNBOUND
    same = source.party is not None and source.party == target.party
    return Counterparty.OWN if same else Counterparty.UNBOUND


def _refuse_others(book: Book, account: DepositAccount) -> None:
    rule = product_in_force(book, account.product).unbound_in
    if rule is UnboundIn.FACE_TO_FACE and account.level is not Level.FACE_TO_FACE:
        book.reject("deposit_account.unbound_in", deposit_account=account.id)
    if rule is UnboundIn.BOUND_INFLOW and not account.bound_inflow:
        book.reject("deposit_account.bound_first", deposit_account=account.id)
