"""The use cases of credit, imported together so that they can be decided and replayed."""

from canglian.bank.credit.applications.commands import (
    ApproveApplication,
    AskSigningCode,
    ExpireApplication,
    RefuseApplication,
    SignApplication,
    SubmitApplication,
)
from canglian.bank.credit.facilities.commands import (
    ExpireLimitHold,
    FreezeFacility,
    HoldLimit,
    ReleaseLimit,
    ReviewFacility,
    UnfreezeFacility,
)
from canglian.bank.credit.loans.commands import (
    BringLoans,
    ClassifyLoan,
    DrawLoan,
    FinishLoanDay,
    PrepayLoan,
    RecoverLoan,
    RepayLoan,
    RescheduleLoan,
    WriteOffLoan,
)
from canglian.bank.credit.products.commands import SetLoanProduct

__all__ = [
    "ApproveApplication",
    "AskSigningCode",
    "BringLoans",
    "ClassifyLoan",
    "DrawLoan",
    "ExpireApplication",
    "ExpireLimitHold",
    "FinishLoanDay",
    "FreezeFacility",
    "HoldLimit",
    "PrepayLoan",
    "RecoverLoan",
    "RefuseApplication",
    "ReleaseLimit",
    "RepayLoan",
    "RescheduleLoan",
    "ReviewFacility",
    "SetLoanProduct",
    "SignApplication",
    "SubmitApplication",
    "UnfreezeFacility",
    "WriteOffLoan",
]
