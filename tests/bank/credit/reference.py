"""A loan as plain Python: lived again day by day, by fractions, from its contract, its plans and its transactions.

It shares nothing with the room but the rows that are stored: it knows no engine, no book and no arithmetic of the room.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

DAY = timedelta(days=1)
MILLION = 1_000_000


def half_up(value: Fraction) -> int:
    """A fen, halves upward."""
    return floor(value + Fraction(1, 2))


def months_on(start: date, months: int) -> date:
    """A day so many months later; the last one of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = start.day
    while True:
        try:
            return date(year, month + 1, day)
        except ValueError:
            day -= 1


def years(count: str, drawn_on: date, begin: date, end: date) -> Fraction:
    """Which part of a year lies between two days."""
    days = (end - begin).days
    if count == "actual_360":
        return Fraction(days, 360)
    if count == "actual_365":
        return Fraction(days, 365)
    if count == "thirty_360":
        whole = 360 * (end.year - begin.year) + 30 * (end.month - begin.month)
        return Fraction(whole + min(end.day, 30) - min(begin.day, 30), 360)
    if count == "actual_actual":
        each = [begin + DAY * number for number in range(days)]
        return sum((Fraction(1, 366 if _is_leap(day.year) else 365) for day in each), Fraction(0))
    return _by_months(drawn_on, end) - _by_months(drawn_on, begin)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _by_months(drawn_on: date, day: date) -> Fraction:
    months = 0
    while months_on(drawn_on, months + 1) <= day:
        months += 1
    return Fraction(30 * months + min((day - months_on(drawn_on, months)).days, 30), 360)


@dataclass
class Due:
    """An instalment that has fallen due."""

    on: date
    principal: int
    interest: int
    late: bool = False


@dataclass
class Reference:
    """The loan; ``at`` is the day that has begun."""

    product: Any
    plans: dict[int, Any]
    drawn_on: date
    plan: int = 1
    row: int = 0
    at: date = date.min
    begin: date = date.min
    carried: int = 0
    outstanding: int = 0
    fees: int = 0
    dues: list[Due] = field(default_factory=list[Due])
    fines: Fraction = Fraction(0)
    compound: Fraction = Fraction(0)
    paid: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("fees", "penalty", "compounded", "interest", "principal"), 0)
    )
    closed: bool = False
    late_ppm: int | None = None
    """The rate by which the penalty counts, where it is not that of the plan: a bill costs nothing until it is late."""

    @property
    def next_row(self) -> Any:
        rows = self.plans[self.plan].rows
        return rows[self.row] if self.row < len(rows) else None

    @property
    def bearing(self) -> int:
        return self.outstanding - sum(due.principal for due in self.dues)

    @property
    def accrued(self) -> int:
        if self.next_row is None or self.closed:
            return 0
        part = years(self.product.day_count.value, self.drawn_on, self.begin, self.at)
        rate = Fraction(self.plans[self.plan].rate_ppm, MILLION)
        return self.carried + half_up(self.bearing * rate * part)

    @property
    def penalty(self) -> int:
        return floor(self.fines) - self.paid["penalty"]

    @property
    def compounded(self) -> int:
        return floor(self.compound) - self.paid["compounded"]

    def end_day(self) -> None:
        """The day ends, and the next one begins."""
        if not self.closed:
            base = self.plans[self.plan].rate_ppm if self.late_ppm is None else self.late_ppm
            rate = Fraction(base * (10_000 + self.product.penalty_bps) // 10_000, MILLION)
            for due in self.dues:
                days = 1 if due.late else 0
                if not due.late and due.on + DAY * self.product.grace_days <= self.at:
                    due.late, days = True, (self.at - due.on).days + 1
                self.fines += due.principal * rate * Fraction(days, 360)
                if self.product.compound:
                    self.compound += due.interest * rate * Fraction(days, 360)
        self.at += DAY
        row = self.next_row
        if row is not None and not self.closed and row.due == self.at:
            self.dues.append(Due(row.due, row.principal, row.interest))
            self.row, self.begin, self.carried = self.row + 1, row.due, 0

    def take(self, transaction: Any) -> dict[str, int]:
        """Do what a transaction says, by its kind, amount and plan alone; how its amount is spread."""
        kind, amount = transaction.kind.value, transaction.amount
        parts = dict.fromkeys(self.paid, 0)
        if kind == "drawdown":
            self.outstanding = amount
            parts["principal"] = amount
        elif kind == "fee":
            self.fees = amount
            parts["fees"] = amount
        elif kind == "reschedule":
            self.carried, self.plan, self.row, self.begin = self.accrued, transaction.plan, 0, self.at
        else:
            accrued = self.accrued
            left = self._pay(amount, parts)
            if left:
                assert kind in ("prepayment", "refund", "conversion")
                interest = accrued
                if kind == "refund" and left <= accrued and left < self.bearing + accrued:
                    interest = 0
                parts["interest"] += interest
                parts["principal"] += left - interest
                self.outstanding -= left - interest
                self.carried, self.begin = accrued - interest, self.at
                if transaction.plan != self.plan:
                    self.plan, self.row = transaction.plan, 0
            for name, part in parts.items():
                self.paid[name] += part
            self.closed = not self.outstanding and not self.dues and not self.fees
            self.closed = self.closed and not self.penalty and not self.compounded
        return parts

    def _pay(self, amount: int, parts: dict[str, int]) -> int:
        """Pay what has fallen due in the order of the product; what is left."""
        penalty, compounded = self.penalty, self.compounded
        late, waiting = [due for due in self.dues if due.late], [due for due in self.dues if not due.late]
        amount = self._part(amount, parts, "fees")
        groups = [(late, "interest"), (late, "principal")]
        if self.product.allocation.value == "principal_first":
            amount = self._of(late, "principal", amount, parts)
            groups = groups[:1]
        for name, owed in (("penalty", penalty), ("compounded", compounded)):
            part = min(owed, amount)
            parts[name] += part
            amount -= part
        for dues, name in (*groups, (waiting, "interest"), (waiting, "principal")):
            amount = self._of(dues, name, amount, parts)
        self.dues = [due for due in self.dues if due.principal or due.interest]
        return amount

    def _part(self, amount: int, parts: dict[str, int], name: str) -> int:
        part = min(self.fees, amount)
        self.fees -= part
        parts[name] += part
        return amount - part

    def _of(self, dues: list[Due], name: str, amount: int, parts: dict[str, int]) -> int:
        for due in dues:
            part = min(getattr(due, name), amount)
            setattr(due, name, getattr(due, name) - part)
            parts[name] += part
            amount -= part
            if name == "principal":
                self.outstanding -= part
        return amount


def lived(
    product: Any, plans: list[Any], transactions: list[Any], drawn_on: date, to: date, late_ppm: int | None = None
) -> Reference:
    """The loan at the beginning of a day; every transaction is spread as it was stored, or this fails."""
    loan = Reference(product, {plan.version: plan for plan in plans}, drawn_on, at=drawn_on, begin=drawn_on)
    loan.late_ppm = late_ppm
    waiting = sorted(transactions, key=lambda row: row.number)
    while waiting or loan.at < to:
        while waiting and waiting[0].on == loan.at:
            row = waiting.pop(0)
            assert loan.take(row) == {name: getattr(row, name) for name in loan.paid}, row
        if loan.at < to:
            loan.end_day()
        else:
            assert not waiting
    return loan
