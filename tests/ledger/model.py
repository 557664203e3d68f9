"""The ledger once more, as simply as it can be said: dictionaries, sums over history, no cache and no cleverness."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec


class Refused(Exception):
    """A rule of the model refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Account(msgspec.Struct):
    """An account of the model. ``grows`` is the side on which its balance grows."""

    number: int
    asset: str
    grows: str
    floor: int | None
    ceiling: int | None
    purpose: str | None
    state: str = "open"


class Move(msgspec.Struct):
    """A transfer of the model."""

    number: int
    debit: int
    credit: int
    amount: int
    release: bool = False
    reverses: int | None = None
    hold: int | None = None
    group: int | None = None
    day: int = 0


class Reserve(msgspec.Struct):
    """A hold of the model."""

    number: int
    debit: int
    credit: int
    amount: int
    captured: int = 0
    state: str = "pending"
    expires: int | None = None

    @property
    def left(self) -> int:
        return self.amount - self.captured if self.state == "pending" else 0


class Model:
    """What a book should hold. Every method changes it or raises Refused and changes nothing."""

    def __init__(self) -> None:
        self.accounts: dict[int, Account] = {}
        self.moves: list[Move] = []
        self.holds: dict[int, Reserve] = {}
        self.now = 0
        self.today = 0

    # -- figures: always sums over everything ---------------------------------------------------------------

    def debits(self, number: int, day: int | None = None) -> int:
        """Of all time, or to the end of a business day."""
        return sum(move.amount for move in self.moves if move.debit == number and (day is None or move.day <= day))

    def credits(self, number: int, day: int | None = None) -> int:
        return sum(move.amount for move in self.moves if move.credit == number and (day is None or move.day <= day))

    def last_day(self, number: int) -> int | None:
        days = [move.day for move in self.moves if number in (move.debit, move.credit)]
        return days[-1] if days else None

    def balance(self, account: Account) -> int:
        net = self.debits(account.number) - self.credits(account.number)
        return net if account.grows == "debit" else -net

    def held(self, account: Account, side: str) -> int:
        return sum(hold.left for hold in self.holds.values() if getattr(hold, side) == account.number)

    def lowest(self, account: Account) -> int:
        """The balance if everything reserved to go out goes out."""
        return self.balance(account) - self.held(account, "debit" if account.grows == "credit" else "credit")

    def highest(self, account: Account) -> int:
        """The balance if everything reserved to come in comes in."""
        return self.balance(account) + self.held(account, account.grows)

    def room(self, account: Account, side: str) -> int | None:
        if side == account.grows:
            return None if account.ceiling is None else account.ceiling - self.highest(account)
        return None if account.floor is None else self.lowest(account) - account.floor

    def available(self, debit: int, credit: int, bounded_by: str = "both") -> int | None:
        rooms = [
            self.room(self.accounts[number], side)
            for number, side in ((debit, "debit"), (credit, "credit"))
            if bounded_by in (side, "both")
        ]
        bounds = [room for room in rooms if room is not None]
        return max(0, min(bounds)) if bounds else None

    # -- rules ----------------------------------------------------------------------------------------------

    def check(self, debit: int, credit: int, amount: int, *, release: bool = False) -> None:
        for number in (debit, credit):
            if number not in self.accounts:
                raise Refused("account.not_found")
        if debit == credit:
            raise Refused("transfer.same_account")
        first, other = self.accounts[debit], self.accounts[credit]
        if first.purpose != other.purpose and not release:
            raise Refused("transfer.purpose_mismatch")
        if first.asset != other.asset:
            raise Refused("transfer.asset_mismatch")
        for account, side in ((first, "debit"), (other, "credit")):
            self.check_state(account, incoming=side == account.grows)
        for account, side in ((first, "debit"), (other, "credit")):
            room = self.room(account, side)
            if room is not None and amount > room:
                raise Refused("transfer.above_ceiling" if side == account.grows else "transfer.insufficient_funds")

    def check_state(self, account: Account, *, incoming: bool) -> None:
        if account.state == "closed":
            raise Refused("account.closed")
        if account.state in ("frozen", "frozen-in" if incoming else "frozen-out"):
            raise Refused("account.frozen")

    def move(self, debit: int, credit: int, amount: int, **more: Any) -> Move:
        self.check(debit, credit, amount, release=more.get("release", False))
        facts: dict[str, Any] = {"day": self.today, **more}
        made = Move(len(self.moves) + 1, debit, credit, amount, **facts)
        self.moves.append(made)
        return made

    def history(self, debit: int, credit: int, amount: int, day: int) -> Move:
        """A movement of the past, with its own business day."""
        self.check(debit, credit, amount)
        if day > self.today:
            raise Refused("history.date_in_future")
        if any((last := self.last_day(number)) is not None and day < last for number in (debit, credit)):
            raise Refused("history.out_of_order")
        return self.move(debit, credit, amount, day=day)

    def close_day(self, day: int) -> None:
        if day <= self.today:
            raise Refused("book.day_not_later")
        self.today = day

    def balancing(self, debit: int, credit: int, most: int, bounded_by: str = "both", **more: Any) -> Move:
        amount = self.balanced(debit, credit, most, bounded_by)
        if amount == 0:
            raise Refused("transfer.nothing_available")
        return self.move(debit, credit, amount, **more)

    def balanced(self, debit: int, credit: int, most: int, bounded_by: str) -> int:
        for number in (debit, credit):
            if number not in self.accounts:
                raise Refused("account.not_found")
        if debit == credit:
            raise Refused("transfer.same_account")
        available = self.available(debit, credit, bounded_by)
        return most if available is None else min(most, available)

    def group(self, lines: list[tuple[int, int, int]]) -> list[Move]:
        return self._together([partial(self.move, *line) for line in lines])

    def filling(self, lines: list[tuple[int, int, int, str]]) -> list[Move]:
        """A group of balancing lines; one that comes to nothing between accounts of a kind is skipped."""
        return self._together([partial(self._unless_nothing, *line) for line in lines])

    def _unless_nothing(self, debit: int, credit: int, most: int, bounded_by: str, **more: Any) -> Move | None:
        if self.balanced(debit, credit, most, bounded_by) == 0:
            first, other = self.accounts[debit], self.accounts[credit]
            if (first.asset, first.purpose) == (other.asset, other.purpose):
                return None
        return self.balancing(debit, credit, most, bounded_by, **more)

    def _together(self, steps: list[Callable[..., Move | None]]) -> list[Move]:
        kept = len(self.moves)
        try:
            made = [step(group=kept + 1) for step in steps]
        except Refused:
            del self.moves[kept:]
            raise Refused("transfers.line_refused") from None
        return [move for move in made if move is not None]

    def reverse(self, number: int) -> Move:
        if not 0 < number <= len(self.moves):
            raise Refused("transfer.not_found")
        first = self.moves[number - 1]
        if any(move.reverses == number for move in self.moves):
            raise Refused("transfer.already_reversed")
        if first.reverses is not None:
            raise Refused("transfer.is_reversal")
        return self.move(first.credit, first.debit, first.amount, reverses=number, release=first.release)

    def reserve(self, debit: int, credit: int, amount: int, expires: int | None) -> Reserve:
        if debit not in self.accounts:
            raise Refused("account.not_found")
        for number in (debit, credit):
            if number not in self.accounts:
                raise Refused("account.not_found")
        if debit == credit:
            raise Refused("transfer.same_account")
        if self.accounts[debit].purpose != self.accounts[credit].purpose:
            raise Refused("transfer.purpose_mismatch")
        if expires is not None and expires <= self.now:
            raise Refused("hold.expires_in_past")
        self.check(debit, credit, amount)
        hold = Reserve(len(self.holds) + 1, debit, credit, amount, expires=expires)
        self.holds[hold.number] = hold
        return hold

    def pending(self, number: int) -> Reserve:
        if number not in self.holds:
            raise Refused("hold.not_found")
        if self.holds[number].state != "pending":
            raise Refused("hold.not_pending")
        return self.holds[number]

    def capture(self, number: int, amount: int | None, *, final: bool) -> Move:
        hold = self.pending(number)
        if hold.expires is not None and hold.expires <= self.now:
            raise Refused("hold.expired")
        amount = hold.left if amount is None else amount
        if amount > hold.left:
            raise Refused("hold.exceeded")
        before = msgspec.structs.replace(hold)
        last = final or amount == hold.left
        hold.captured += amount
        hold.state = "captured" if last else "pending"
        try:
            return self.move(hold.debit, hold.credit, amount, hold=number)
        except Refused:
            self.holds[number] = before
            raise

    def let_go(self, number: int, *, expired: bool) -> None:
        hold = self.pending(number)
        if expired and (hold.expires is None or hold.expires > self.now):
            raise Refused("hold.not_due")
        hold.state = "expired" if expired else "released"

    def set_state(self, number: int, state: str) -> None:
        account = self.living(number)
        if state == "closed":
            self.close(number)
            return
        if account.state == state:
            raise Refused("account.state_same")
        account.state = state

    def close(self, number: int) -> None:
        account = self.living(number)
        if self.balance(account) or self.held(account, "debit") or self.held(account, "credit"):
            raise Refused("account.not_empty")
        account.state = "closed"

    def limit(self, number: int, floor: int | None, ceiling: int | None) -> None:
        account = self.living(number)
        low = floor is not None and self.lowest(account) < floor
        high = ceiling is not None and self.highest(account) > ceiling
        crossed = floor is not None and self.highest(account) < floor
        if low or high or crossed:
            raise Refused("account.limits_crossed")
        account.floor, account.ceiling = floor, ceiling

    def living(self, number: int) -> Account:
        if number not in self.accounts:
            raise Refused("account.not_found")
        if self.accounts[number].state == "closed":
            raise Refused("account.closed")
        return self.accounts[number]
