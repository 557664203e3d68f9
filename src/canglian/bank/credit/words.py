"""The machine words of credit that people read."""

from canglian.bank.credit.applications.model import ApplicationState, Trade
from canglian.bank.credit.collection.model import DebitReason
from canglian.bank.credit.facilities.model import FacilityState, LimitHoldState
from canglian.bank.credit.loans import accounts
from canglian.bank.credit.loans.model import LoanClass, LoanState, PlanReason, TransactionKind
from canglian.bank.credit.loans.paying.settling import PrepayEffect
from canglian.bank.credit.pay_later.model import BillState, RelationKind
from canglian.bank.credit.products.model import (
    AllocationOrder,
    LoanAsset,
    LoanDayCount,
    LoanHolidays,
    LoanMonthEnd,
    LoanRepricing,
    RepaymentMethod,
)

CODES = accounts.CODES

EVENTS = (
    *(f"facility.{state.value}" for state in FacilityState),
    *(f"bill.{state.value}" for state in BillState),
    *(f"limit_hold.{state.value}" for state in LimitHoldState if state is not LimitHoldState.CAPTURED),
)
"""Events whose names are put together where they are emitted."""

FAMILIES = {
    "state": (ApplicationState, FacilityState, LimitHoldState, LoanState, BillState),
    "repayment_method": (RepaymentMethod,),
    "loan_day_count": (LoanDayCount,),
    "loan_month_end": (LoanMonthEnd,),
    "loan_holidays": (LoanHolidays,),
    "loan_repricing": (LoanRepricing,),
    "loan_asset": (LoanAsset,),
    "allocation_order": (AllocationOrder,),
    "plan_reason": (PlanReason,),
    "loan_class": (LoanClass,),
    "loan_transaction": (TransactionKind,),
    "prepay_effect": (PrepayEffect,),
    "trade": (Trade,),
    "relation_kind": (RelationKind,),
    "debit_reason": (DebitReason,),
}
"""The enums that pages show, by their family of words."""
