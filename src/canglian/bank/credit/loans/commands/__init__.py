"""The use cases of loans."""

from canglian.bank.credit.loans.commands.bringing import BringLoans, Brought, FinishLoanDay
from canglian.bank.credit.loans.commands.drawing import DrawLoan
from canglian.bank.credit.loans.commands.prepaying import PrepayLoan
from canglian.bank.credit.loans.commands.repaying import RepayLoan
from canglian.bank.credit.loans.commands.values import LoanId

__all__ = ["BringLoans", "Brought", "DrawLoan", "FinishLoanDay", "LoanId", "PrepayLoan", "RepayLoan"]
