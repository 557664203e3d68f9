"""What was earned and set aside, on the ledger: recognised or off the balance sheet."""

from collections.abc import Iterable
from datetime import date

from canglian.bank.credit.loans import accounts
from canglian.bank.credit.loans.accounts import Pool, move, pool
from canglian.bank.credit.loans.accruing import Posting
from canglian.bank.credit.loans.model import Loan, LoanClassChange
from canglian.ledger.book import Book


class Totals:
    """What one or many loans have earned by the day, and what is set aside for them; posted together."""

    def __init__(self) -> None:
        self._earned: dict[tuple[str, date, bool], tuple[int, int]] = {}
        self._provisions: dict[str, tuple[int, int]] = {}

    @property
    def interest(self) -> int:
        """The interest of all days."""
        return sum(interest for interest, _ in self._earned.values())

    @property
    def penalty(self) -> int:
        """The penalty and compound interest of all days."""
        return sum(penalty for _, penalty in self._earned.values())

    def earn(self, loan: Loan, postings: Iterable[Posting]) -> None:
        """Add what a loan has earned, whose interest is recognised or not."""
        stopped = loan.accrual_stopped_on is not None
        for posting in postings:
            self.add(loan.asset, posting.day, posting.interest, posting.penalty, stopped=stopped)

    def add(self, asset: str, day: date, interest: int, penalty: int = 0, *, stopped: bool) -> None:
        """Add what was earned on a day, recognised or not."""
        key = asset, day, stopped
        before, penalty_before = self._earned.get(key, (0, 0))
        self._earned[key] = before + interest, penalty_before + penalty

    def provide(self, asset: str, more: int) -> None:
        """Add what is set aside more for a loan, or less."""
        raised, released = self._provisions.get(asset, (0, 0))
        self._provisions[asset] = raised + max(more, 0), released + max(-more, 0)

    def post(self, book: Book, reference: str) -> None:
        """Post it all: what was earned on the date of its own day, provisions today."""
        for (asset, day, stopped), (interest, penalty) in sorted(self._earned.items()):
            if stopped:
                amount = interest + penalty
                raise_memo(book, asset, Pool.MEMO_INTEREST, amount, accounts.OFF_BALANCE, reference, day)
                continue
            owed, earned = pool(book, Pool.INTEREST, asset), pool(book, Pool.EARNED, asset)
            move(book, owed, earned, interest, accounts.INTEREST, reference, on=day)
            if penalty:
                move(book, owed, pool(book, Pool.PENALTIES, asset), penalty, accounts.PENALTY, reference, on=day)
        for asset, (raised, released) in sorted(self._provisions.items()):
            provide(book, asset, raised, reference)
            provide(book, asset, -released, reference)


def provide(book: Book, asset: str, more: int, reference: str) -> None:
    """Set more aside, or release some of it."""
    if more:
        expense, allowance = pool(book, Pool.IMPAIRMENT, asset), pool(book, Pool.ALLOWANCE, asset)
        if more > 0:
            move(book, expense, allowance, more, accounts.PROVISION, reference)
        else:
            move(book, allowance, expense, -more, accounts.PROVISION_RELEASED, reference)


def raise_memo(
    book: Book, asset: str, which: Pool, amount: int, code: str, reference: str, on: date | None = None
) -> None:
    """Note a claim off the balance sheet."""
    if amount:
        contra = pool(book, Pool.MEMO_CONTRA, asset)
        move(book, pool(book, which, asset), contra, amount, code, reference, on=book.today if on is None else on)


def lower_memo(book: Book, asset: str, which: Pool, amount: int, reference: str) -> None:
    """A claim off the balance sheet was paid, or stands on it again."""
    if amount:
        contra = pool(book, Pool.MEMO_CONTRA, asset)
        move(book, contra, pool(book, which, asset), amount, accounts.OFF_BALANCE_ENDED, reference)


def recognise(book: Book, before: Loan, after: Loan) -> None:
    """Where interest is recognised no more, what is owed leaves the balance sheet; it comes back where it is again."""
    if (before.accrual_stopped_on is None) is (after.accrual_stopped_on is None):
        return
    asset, reference = after.asset, after.id
    owed = pool(book, Pool.INTEREST, asset)
    parts = (
        (pool(book, Pool.EARNED, asset), after.accrued + after.due_interest),
        (pool(book, Pool.PENALTIES, asset), after.penalty + after.compounded),
    )
    whole = after.owed_interest
    if after.accrual_stopped_on is not None:
        for income, amount in parts:
            move(book, income, owed, amount, accounts.STOPPED, reference)
        raise_memo(book, asset, Pool.MEMO_INTEREST, whole, accounts.STOPPED, reference)
        book.emit("loan.accrual_stopped", f"loan:{after.id}", loan=after.id, amount=whole)
    else:
        for income, amount in parts:
            move(book, owed, income, amount, accounts.RESUMED, reference)
        lower_memo(book, asset, Pool.MEMO_INTEREST, whole, reference)
        book.emit("loan.accrual_resumed", f"loan:{after.id}", loan=after.id, amount=whole)


def note_class(book: Book, before: Loan, after: Loan, reason: str | None = None) -> None:
    """Note another class of a loan, set by somebody for a reason or by its days overdue."""
    if before.risk_class is after.risk_class and before.class_floor is after.class_floor:
        return
    book.add(
        LoanClassChange(
            id=book.new_id("lcc"),
            loan=after.id,
            before=before.risk_class,
            after=after.risk_class,
            floor=after.class_floor,
            days_overdue=after.days_overdue,
            provision=after.provision,
            reason=reason,
            on=book.today,
            at=book.now,
            by=book.actor,
        )
    )
    if before.risk_class is not after.risk_class:
        book.emit("loan.classified", f"loan:{after.id}", loan=after.id, risk_class=after.risk_class.value)
