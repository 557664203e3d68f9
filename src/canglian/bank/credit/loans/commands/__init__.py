"""The use cases of loans."""

from canglian.bank.credit.loans.commands.bringing import BringLoans, Brought, FinishLoanDay
from canglian.bank.credit.loans.commands.changing_rate import ChangeLoanRate
from canglian.bank.credit.loans.commands.classifying import ClassifyLoan
from canglian.bank.credit.loans.commands.drawing import DrawLoan
from canglian.bank.credit.loans.commands.pausing import PauseInterest
from canglian.bank.credit.loans.commands.prepaying import PrepayLoan
from canglian.bank.credit.loans.commands.recovering import RecoverLoan
from canglian.bank.credit.loans.commands.repaying import RepayLoan
from canglian.bank.credit.loans.commands.rescheduling import RescheduleLoan
from canglian.bank.credit.loans.commands.reversing import BackdateRepayment, ReverseRepayment
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.commands.writing_off import WriteOffLoan

__all__ = [
    "BackdateRepayment",
    "BringLoans",
    "Brought",
    "ChangeLoanRate",
    "ClassifyLoan",
    "DrawLoan",
    "FinishLoanDay",
    "LoanId",
    "PauseInterest",
    "PrepayLoan",
    "RecoverLoan",
    "RepayLoan",
    "RescheduleLoan",
    "ReverseRepayment",
    "WriteOffLoan",
]
