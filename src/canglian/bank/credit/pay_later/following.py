"""A bill follows its loan: whatever changes what is owed changes its state in the same commit."""

from canglian.bank.credit.loans.model import Loan, LoanState
from canglian.bank.credit.pay_later.model import Bill, BillState
from canglian.kernel.book import Book


def follow(book: Book, loan: Loan, identity: str) -> None:
    """Bring a bill to the state of the loan by which it is owed; what happens is emitted once."""
    bill = book.get(Bill, identity)
    if loan.id == bill.owed_by:
        keep_bill(book, bill, state_of(bill, loan), loan)


def state_of(bill: Bill, loan: Loan) -> BillState:
    """The state of a bill by that of its loan."""
    if loan.state is LoanState.WRITTEN_OFF:
        return BillState.WRITTEN_OFF
    if loan.state is LoanState.CLOSED:
        return BillState.PAID
    if bill.instalments is not None:
        return BillState.INSTALMENT
    if loan.state is LoanState.OVERDUE:
        return BillState.OVERDUE
    return BillState.DUE if loan.due_principal else BillState.OPEN


def keep_bill(book: Book, bill: Bill, state: BillState, loan: Loan) -> Bill:
    """Keep a bill in a state; where it is another one, that is emitted."""
    if state is bill.state:
        return bill
    paid = state is BillState.PAID
    book.emit(
        f"bill.{state.value}", f"bill:{bill.id}", bill=bill.id, party=bill.party, loan=loan.id, days=loan.days_overdue
    )
    return book.put(
        bill.replace(
            state=state,
            unpaid=None if paid else bill.party,
            settled_on=book.today if paid else None,
            updated_at=book.now,
        )
    )
