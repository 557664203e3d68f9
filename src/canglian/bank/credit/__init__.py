"""Credit: loan products, facilities of customers, applications that are decided and signed, loans and their life,
and the collection of what falls due.

Owns the tables loan_product, facility, limit_hold, credit_application, loan, loan_plan, loan_due, loan_transaction,
loan_class_change, benchmark_rate, loan_interest, loan_day, bill, relative, relative_payment, collection_policy,
debit_agreement and debit_attempt.

Promises: nothing is drawn or held for which a facility's limit, and the product's part of it, has no room. More than
the limit is drawn only where it was lowered, or where a repayment was taken back that had given some of it back:
what it had paid is drawn again, and nothing more until enough is repaid. A loan's principal out is at every commit
principal back, written off and outstanding; what is outstanding is the balance of the loan's account of the ledger, and
what all loans owe of interest, penalty and fees that of theirs, on the balance sheet or off it; what is set aside for
all loans is that of the allowance; every day's interest is dated to its own day.
"""

import canglian.bank.credit.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.credit.applications.model import ApplicationState, CreditApplication
from canglian.bank.credit.benchmarks.model import BenchmarkRate
from canglian.bank.credit.collection.model import CollectionPolicy, DebitAgreement, DebitAttempt
from canglian.bank.credit.facilities.model import Facility, FacilityState, LimitHold, LimitHoldState, SubLimit
from canglian.bank.credit.loans.model import (
    Loan,
    LoanClass,
    LoanClassChange,
    LoanDue,
    LoanInterest,
    LoanPlan,
    LoanState,
    LoanTransaction,
    TransactionKind,
)
from canglian.bank.credit.pay_later.model import Bill, BillState, Relative, RelativePayment
from canglian.bank.credit.products.model import LoanProduct

__all__ = [
    "ApplicationState",
    "BenchmarkRate",
    "Bill",
    "BillState",
    "CollectionPolicy",
    "CreditApplication",
    "DebitAgreement",
    "DebitAttempt",
    "Facility",
    "FacilityState",
    "LimitHold",
    "LimitHoldState",
    "Loan",
    "LoanClass",
    "LoanClassChange",
    "LoanDue",
    "LoanInterest",
    "LoanPlan",
    "LoanProduct",
    "LoanState",
    "LoanTransaction",
    "Relative",
    "RelativePayment",
    "SubLimit",
    "TransactionKind",
]
