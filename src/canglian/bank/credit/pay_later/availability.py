"""Why something cannot be done to a bill or a relation now."""

from canglian.bank.credit.pay_later.model import PAYABLE, BillState, Relative
from canglian.bank.credit.pay_later.queries import BillWhole


def is_payable(shown: BillWhole) -> bool:
    """It is paid in one sum."""
    return shown.bill.state in PAYABLE


def converting(shown: BillWhole) -> str | None:
    """It is not overdue."""
    return "What is overdue is paid first." if shown.bill.state is BillState.OVERDUE else None


def refunding(shown: BillWhole) -> str | None:
    """Something of it can be given back."""
    if shown.bill.payee is None:
        return "Where this bill was paid gives it back, too."
    if shown.bill.state is BillState.WRITTEN_OFF:
        return "This bill was written off."
    return None if shown.bill.refunded < shown.bill.amount else "All of it was given back."


def ending(relative: Relative) -> str | None:
    """It counts."""
    return None if relative.pair is not None else "This relation has ended."
