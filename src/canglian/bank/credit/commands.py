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
from canglian.bank.credit.pay_later.commands import (
    CaptureBill,
    ConvertBill,
    EndRelative,
    RecordRelative,
    RefundBill,
    RepayBill,
    RepayForRelative,
)
from canglian.bank.credit.products.commands import SetLoanProduct

__all__ = [
    "ApproveApplication",
    "AskSigningCode",
    "BringLoans",
    "CaptureBill",
    "ClassifyLoan",
    "ConvertBill",
    "DrawLoan",
    "EndRelative",
    "ExpireApplication",
    "ExpireLimitHold",
    "FinishLoanDay",
    "FreezeFacility",
    "HoldLimit",
    "PrepayLoan",
    "RecordRelative",
    "RecoverLoan",
    "RefundBill",
    "RefuseApplication",
    "ReleaseLimit",
    "RepayBill",
    "RepayForRelative",
    "RepayLoan",
    "RescheduleLoan",
    "ReviewFacility",
    "SetLoanProduct",
    "SignApplication",
    "SubmitApplication",
    "UnfreezeFacility",
    "WriteOffLoan",
]
