"""The book with a ledger on it: transfers and holds for every use case of the floors above.

Rules enforced here for every use case: two different accounts of one asset and one purpose, both open in that
direction; no balance below its floor or above its ceiling, pending holds counted in; amounts between 1 and
``AMOUNT_MAX``. All checks come before the first change, so a refused movement leaves nothing behind.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final, Self, cast

from canglian.kernel import book as kernel
from canglian.kernel.book import Missing
from canglian.kernel.errors import Rejection
from canglian.kernel.values import AMOUNT_MAX, EARLIEST, LATEST
from canglian.ledger.model import (
    MARK_EVERY,
    Account,
    AccountState,
    BackdatedEntry,
    Balance,
    BalanceMark,
    Bound,
    Flag,
    Hold,
    HoldState,
    Side,
    Transfer,
)

NO_DATE: Final = date(1900, 1, 1)
NO_INSTANT: Final = datetime(1900, 1, 1, tzinfo=UTC)

TOTAL_MAX: Final = 9 * 10**18
"""The largest total of debits or credits of one account: what a BIGINT holds."""

_OPEN = AccountState.OPEN
_CREDIT = Side.CREDIT
_RELEASE = int(Flag.RELEASE)
_LATE_DEBIT = int(Flag.LATE_DEBIT)
_LATE_CREDIT = int(Flag.LATE_CREDIT)


class Release:
    """A room's leave to move money into what it keeps for a purpose, and out of it: purpose money, campaigns."""

    __slots__ = ("rule",)

    def __init__(self, rule: str) -> None:
        self.rule = rule


NextBusinessDay = Callable[[Any, date], date]
"""Gives the business day after a day, by what a book keeps."""


class Book(kernel.Book):
    """One book, as commands of the ledger and above decide on it.

    ``days_ahead_max`` is how many days its date goes ahead of itself at once, and of the calendar, without somebody
    else's approval. Where a room above keeps a business calendar, it goes to the next business day at most.
    """

    days_ahead_max: ClassVar[int] = 7

    @classmethod
    def with_days_ahead(cls, most: int, next_business_day: NextBusinessDay | None = None) -> type[Self]:
        """This kind of book with another ``days_ahead_max``, and by a business calendar where there is one."""
        bounds: dict[str, Any] = {"days_ahead_max": most}
        if next_business_day is not None:
            bounds["next_business_day"] = next_business_day
        return cast("type[Self]", type(cls.__name__, (cls,), bounds))

    def next_business_day(self, day: date) -> date | None:
        """The business day after a day; None where no calendar is kept."""
        return None

    def transfer(
        self,
        debit: int,
        credit: int,
        amount: int,
        code: str,
        *,
        reference: str | None = None,
        metadata: dict[str, str] | None = None,
        happened_at: datetime | None = None,
        group: int | None = None,
        hold: int | None = None,
        reverses: int | None = None,
        flags: int = 0,
        release: Release | None = None,
        history: date | None = None,
        on: date | None = None,
    ) -> Transfer:
        """Move ``amount`` from ``debit`` to ``credit`` and return the transfer.

        ``happened_at`` defaults to now and may lie in the past. ``history`` gives the business date of an imported
        movement, which comes in order; ``on`` that of an earlier one which is closed, whatever was booked since, for
        what becomes known only when a day is over; otherwise it is today. Rejects with ``account.*``, ``transfer.*``
        and ``history.*``.
        """
        from_account, from_balance, to_account, to_balance = self._pair(debit, credit)
        if release is not None:
            flags |= _RELEASE
        elif from_account.purpose != to_account.purpose and not flags & _RELEASE:
            self._purpose_mismatch(from_account, to_account)
        self._check(from_account, from_balance, to_account, to_balance, amount)
        now = self.now
        if happened_at is None:
            happened_at = now
        elif happened_at > now:
            self.reject("transfer.in_future", happened_at=happened_at.isoformat(), now=now.isoformat())
        elif happened_at < EARLIEST:
            self.reject("transfer.too_early", happened_at=happened_at.isoformat(), earliest=EARLIEST.isoformat())
        else:
            happened_at = happened_at.astimezone(UTC)
        day = self.today
        if history is not None:
            day = self._history_date(history, from_balance, to_balance)
        elif on is not None:
            assert on <= day, "a movement belongs to a day that is over, or to today"
            day = on
        from_debits = from_balance.debits + amount
        to_credits = to_balance.credits + amount
        if from_debits > TOTAL_MAX or to_credits > TOTAL_MAX:
            self.reject("account.turnover_exceeded", account=debit if from_debits > TOTAL_MAX else credit)
        number = self.next_number(Transfer)
        if happened_at < from_balance.happened_at:
            flags |= _LATE_DEBIT
        if happened_at < to_balance.happened_at:
            flags |= _LATE_CREDIT
        moved = Transfer(
            number,
            debit,
            credit,
            amount,
            from_account.asset,
            code,
            day,
            happened_at,
            now,
            from_debits - from_balance.credits,
            to_balance.debits - to_credits,
            self.command,
            flags,
            group,
            hold,
            reverses,
            reference,
            metadata,
        )
        self._enter(from_balance, from_debits, from_balance.credits, number, day, happened_at)
        self._enter(to_balance, to_balance.debits, to_credits, number, day, happened_at)
        self.records[Transfer].append(moved)
        transfers = self.tables[Transfer]
        if number in transfers:  # somebody asked for it before it was there
            self._journal.append((transfers, number, transfers[number]))
            transfers[number] = moved
        return moved

    def available(self, debit: int, credit: int, bounded_by: Bound = Bound.BOTH) -> int | None:
        """The most that can move from ``debit`` to ``credit`` now, by the room of the sides that are asked; None where
        nothing bounds it. Never negative."""
        from_account, from_balance, to_account, to_balance = self._pair(debit, credit)
        rooms = (
            None if bounded_by is Bound.CREDIT else _room_debit(from_account, from_balance),
            None if bounded_by is Bound.DEBIT else _room_credit(to_account, to_balance),
        )
        bounds = [room for room in rooms if room is not None]
        return max(0, min(bounds)) if bounds else None

    def hold(
        self,
        debit: int,
        credit: int,
        amount: int,
        code: str,
        *,
        reference: str | None = None,
        metadata: dict[str, str] | None = None,
        expires_at: datetime | None = None,
        release: Release | None = None,
    ) -> Hold:
        """Reserve ``amount`` on ``debit``, and room for it on ``credit``. Rejects as ``transfer`` does."""
        from_account, from_balance, to_account, to_balance = self._pair(debit, credit)
        if release is None and from_account.purpose != to_account.purpose:
            self._purpose_mismatch(from_account, to_account)
        if expires_at is not None and expires_at <= self.now:
            self.reject("hold.expires_in_past", expires_at=expires_at.isoformat(), now=self.now.isoformat())
        if expires_at is not None and expires_at > LATEST:
            self.reject("hold.expires_too_late", expires_at=expires_at.isoformat(), latest=LATEST.isoformat())
        self._check(from_account, from_balance, to_account, to_balance, amount)
        if from_balance.debits + from_balance.debits_held + amount > TOTAL_MAX:
            self.reject("account.turnover_exceeded", account=debit)
        if to_balance.credits + to_balance.credits_held + amount > TOTAL_MAX:
            self.reject("account.turnover_exceeded", account=credit)
        self.put(from_balance.replace(debits_held=from_balance.debits_held + amount))
        self.put(to_balance.replace(credits_held=to_balance.credits_held + amount))
        return self.add(
            Hold(
                self.next_number(Hold),
                debit,
                credit,
                amount,
                0,
                from_account.asset,
                code,
                HoldState.PENDING,
                reference,
                metadata,
                None if expires_at is None else expires_at.astimezone(UTC),
                self.now,
                self.now,
            )
        )

    def capture(
        self,
        hold: int,
        amount: int | None = None,
        *,
        final: bool = False,
        reference: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> Transfer:
        """Turn part of a hold (all that is left by default) into a transfer; ``final`` releases the rest."""
        self.savepoint()
        try:
            moved = self._capture(self._pending(hold), amount, final, reference, metadata)
        except Rejection:
            self.rollback()
            self.forget_savepoint()
            raise
        self.forget_savepoint()
        return moved

    def _capture(
        self, held: Hold, amount: int | None, final: bool, reference: str | None, metadata: dict[str, str] | None
    ) -> Transfer:
        hold = held.id
        if held.expires_at is not None and held.expires_at <= self.now:
            self.reject("hold.expired", hold=hold, expires_at=held.expires_at.isoformat())
        amount = held.remaining if amount is None else amount
        if amount > held.remaining:
            self.reject("hold.exceeded", hold=hold, remaining=held.remaining, amount=amount, asset=held.asset)
        last = final or amount == held.remaining
        self._unreserve(held, held.remaining if last else amount)
        debit, credit = self.get(Account, held.debit), self.get(Account, held.credit)
        moved = self.transfer(
            held.debit,
            held.credit,
            amount,
            held.code,
            reference=reference or held.reference,
            metadata=metadata if metadata is not None else held.metadata,
            hold=hold,
            flags=_RELEASE if debit.purpose != credit.purpose else 0,
        )
        self.put(
            held.replace(
                captured=held.captured + amount,
                state=HoldState.CAPTURED if last else HoldState.PENDING,
                updated_at=self.now,
            )
        )
        return moved

    def release(self, hold: int, *, expired: bool = False) -> Hold:
        """Let go of what a hold still reserves."""
        held = self._pending(hold)
        if expired and (held.expires_at is None or held.expires_at > self.now):
            self.reject("hold.not_due", hold=hold)
        self._unreserve(held, held.remaining)
        state = HoldState.EXPIRED if expired else HoldState.RELEASED
        return self.put(held.replace(state=state, updated_at=self.now))

    def require_funds(self, account: int, amount: int) -> None:
        """Refuse what an account cannot give: ``transfer.insufficient_funds``."""
        found = self.get(Account, account)
        room = _room_debit(found, self.get(Balance, account))
        if room is not None and amount > room:
            self._no_room(found, room, amount, out=found.normal_side is _CREDIT)

    # -- inside ------------------------------------------------------------------------------------------------

    def _pair(self, debit: int, credit: int) -> tuple[Account, Balance, Account, Balance]:
        accounts, balances = self.tables[Account], self.tables[Balance]
        try:
            from_account, to_account = accounts[debit], accounts[credit]
        except KeyError as missing:
            raise Missing(Account, missing.args[0]) from None
        if from_account is None or to_account is None:
            self.reject("account.not_found", account=debit if from_account is None else credit)
        if debit == credit:
            self.reject("transfer.same_account", account=debit)
        try:
            return from_account, balances[debit], to_account, balances[credit]
        except KeyError as missing:
            raise Missing(Balance, missing.args[0]) from None

    def _check(
        self, from_account: Account, from_balance: Balance, to_account: Account, to_balance: Balance, amount: int
    ) -> None:
        if not 0 < amount <= AMOUNT_MAX:
            self.reject("transfer.amount_invalid", amount=amount, most=AMOUNT_MAX)
        if from_account.asset != to_account.asset:
            self.reject(
                "transfer.asset_mismatch",
                debit=from_account.id,
                debit_asset=from_account.asset,
                credit=to_account.id,
                credit_asset=to_account.asset,
            )
        if from_account.state is not _OPEN:
            self._not_open(from_account, incoming=from_account.normal_side is Side.DEBIT)
        if to_account.state is not _OPEN:
            self._not_open(to_account, incoming=to_account.normal_side is _CREDIT)
        room = _room_debit(from_account, from_balance)
        if room is not None and amount > room:
            self._no_room(from_account, room, amount, out=from_account.normal_side is _CREDIT)
        room = _room_credit(to_account, to_balance)
        if room is not None and amount > room:
            self._no_room(to_account, room, amount, out=to_account.normal_side is not _CREDIT)

    def _not_open(self, account: Account, *, incoming: bool) -> None:
        state = account.state
        if state is AccountState.CLOSED:
            self.reject("account.closed", account=account.id)
        if state is AccountState.FROZEN or (state is AccountState.FROZEN_IN) == incoming:
            self.reject("account.frozen", account=account.id, state=state.value)

    def _no_room(self, account: Account, room: int, amount: int, *, out: bool) -> None:
        room = max(room, 0)
        if out:
            self.reject(
                "transfer.insufficient_funds",
                account=account.id,
                available=room,
                amount=amount,
                asset=account.asset,
            )
        self.reject("transfer.above_ceiling", account=account.id, room=room, amount=amount, asset=account.asset)

    def _purpose_mismatch(self, from_account: Account, to_account: Account) -> None:
        self.reject(
            "transfer.purpose_mismatch",
            debit=from_account.id,
            debit_purpose=from_account.purpose or "—",
            credit=to_account.id,
            credit_purpose=to_account.purpose or "—",
        )

    def _history_date(self, day: date, *balances: Balance) -> date:
        if day > self.today:
            self.reject("history.date_in_future", date=day.isoformat(), today=self.today.isoformat())
        for balance in balances:
            if day < balance.date:
                self.reject(
                    "history.out_of_order", account=balance.account, last=balance.date.isoformat(), date=day.isoformat()
                )
        return day

    def _enter(
        self, balance: Balance, debits: int, credits: int, transfer: int, day: date, happened_at: datetime
    ) -> None:
        account, entries = balance.account, balance.entries + 1
        if day != balance.date:
            if day < balance.date:
                self._backdate(balance, debits, credits, transfer, day)
                day = balance.date
            elif balance.entries % MARK_EVERY:
                self._mark(balance)
        latest = balance.happened_at
        entered = Balance(
            account,
            debits,
            credits,
            balance.debits_held,
            balance.credits_held,
            entries,
            transfer,
            day,
            happened_at if happened_at > latest else latest,
        )
        table = self.tables[Balance]
        self._journal.append((table, account, balance))
        table[account] = entered
        self.changed[Balance][account] = None
        if not entries % MARK_EVERY:
            self._mark(entered)

    def _backdate(self, balance: Balance, debits: int, credits: int, transfer: int, day: date) -> None:
        """Note what the account's marks of the dates from ``day`` on do not know."""
        self.records[BackdatedEntry].append(
            BackdatedEntry(
                balance.account, transfer, day, balance.date, debits - balance.debits, credits - balance.credits
            )
        )

    def _mark(self, balance: Balance) -> None:
        self.records[BalanceMark].append(
            BalanceMark(
                balance.account,
                balance.date,
                balance.last_transfer,
                balance.happened_at,
                balance.debits,
                balance.credits,
                balance.entries,
            )
        )

    def _pending(self, hold: int) -> Hold:
        held = self.get(Hold, hold)
        if held.state is not HoldState.PENDING:
            self.reject("hold.not_pending", hold=hold, state=held.state.value)
        return held

    def _unreserve(self, held: Hold, amount: int) -> None:
        debit, credit = self.get(Balance, held.debit), self.get(Balance, held.credit)
        self.put(debit.replace(debits_held=debit.debits_held - amount))
        self.put(credit.replace(credits_held=credit.credits_held - amount))


def _room_debit(account: Account, balance: Balance) -> int | None:
    """How much may still be debited: down to the floor of a credit account, up to the ceiling of a debit account."""
    if account.normal_side is _CREDIT:
        floor = account.floor
        return None if floor is None else balance.credits - balance.debits - balance.debits_held - floor
    ceiling = account.ceiling
    return None if ceiling is None else ceiling - balance.debits - balance.debits_held + balance.credits


def _room_credit(account: Account, balance: Balance) -> int | None:
    """How much may still be credited: down to the floor of a debit account, up to the ceiling of a credit account."""
    if account.normal_side is _CREDIT:
        ceiling = account.ceiling
        return None if ceiling is None else ceiling - balance.credits - balance.credits_held + balance.debits
    floor = account.floor
    return None if floor is None else balance.debits - balance.credits - balance.credits_held - floor


def new_balance(account: int) -> Balance:
    """The figures of an account without history."""
    return Balance(account, 0, 0, 0, 0, 0, 0, NO_DATE, NO_INSTANT)


def signed_balance(account: Account, balance: Balance) -> int:
    """The balance in the direction of the account's normal side."""
    net = balance.credits - balance.debits
    return net if account.normal_side is _CREDIT else -net
