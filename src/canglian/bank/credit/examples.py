"""Examples of bodies, links, and what the tags are about, for the API's description. Everybody in them is made up."""

from typing import Any

_PARTY = "pty_" + "0" * 26
_WALLET = "wal_" + "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "SetLoanProduct": {
        "code": "loan.farm",
        "name": "惠农贷",
        "rate_ppm": 43_500,
        "method": "equal_instalments",
        "terms": [3, 6, 12],
        "amount_min": 100_000,
        "amount_max": 30_000_000,
        "grace_days": 3,
        "note": "2026年第1次产品会",
    },
    "SetBenchmarkRate": {"code": "lpr_1y", "name": "1年期LPR", "rate_ppm": 30_000, "note": "全国银行间同业拆借中心"},
    "CreditApplicationRequest": {
        "party": _PARTY,
        "product": "loan.farm",
        "amount": 3_000_000,
        "months": 12,
        "purpose": "买化肥和种子",
        "monthly_income": 800_000,
        "monthly_debt": 0,
        "trade": "farming",
    },
    "CreditApprovalRequest": {"limit": 3_000_000, "reason": "实地核实，情况属实"},
    "CreditRefusalRequest": {"text": "很抱歉，本次申请暂未通过。", "reason": "收入不足"},
    "SignatureRequest": {"code": "271828", "text_hash": "0" * 64},
    "FacilityReviewRequest": {"limit": 5_000_000, "reason": "年度重检"},
    "LimitHoldRequest": {"product": "loan.farm", "amount": 500_000, "note": "春耕农资预估"},
    "DrawRequest": {"product": "loan.farm", "amount": 1_000_000, "months": 6, "wallet": _WALLET},
    "RepayRequest": {"amount": 172_556, "wallet": _WALLET},
    "PrepayRequest": {"amount": 500_000, "wallet": _WALLET, "effect": "lower"},
    "RecoveryRequest": {"amount": 100_000, "wallet": _WALLET},
    "LoanClassRequest": {"risk_class": "doubtful", "reason": "借款人停业，抵押物不足"},
    "LoanRateRequest": {"rate_ppm": 36000, "since": "2026-12-01", "reason": "受灾减产，利率优惠"},
    "InterestPauseRequest": {
        "start": "2026-12-01",
        "last": "2027-02-28",
        "penalty": True,
        "reason": "受灾减产，停息三个月",
    },
    "RescheduleRequest": {"months_more": 6, "reason": "受灾减产，展期半年"},
    "BackdatedRepaymentRequest": {
        "amount": 172_556,
        "wallet": _WALLET,
        "value_date": "2026-11-10",
        "reason": "柜面漏记，补记入账",
    },
    "RepaymentReversalRequest": {"transaction": "ltx_" + "0" * 26, "reason": "付款人账户被冒用"},
    "BillCaptureRequest": {"amount": 73_319, "payee": "wal_" + "1" * 26, "wallet": _WALLET},
    "BillRepaymentRequest": {"amount": 73_319, "wallet": _WALLET},
    "BillConversionRequest": {"months": 3},
    "BillRefundRequest": {"amount": 10_000},
    "RelativeRequest": {"party": _PARTY, "payer": "pty_" + "1" * 26, "kind": "child", "reason": "户口簿"},
    "DebitAgreementRequest": {"wallet": _WALLET, "floor": 50_000, "second": "wal_" + "1" * 26},
    "DebitEndRequest": {"pin": "271828"},
    "AddCollectionPolicy": {
        "effective_from": "2027-01-01",
        "floor": 10_000,
        "note": "2026年第3次催收会",
    },
    "WriteOffRequest": {"reason": "经追索仍无法收回"},
}
"""An example by the name of the body's schema."""

TAGS = {
    "loan products": "What customers may borrow, at which rate, and how it is repaid; by version.",
    "facilities": "Unified limits of customers, their parts by product, and holds on them.",
    "credit applications": "Applications for credit: decided by rules or by a person, offered, signed.",
    "bills": "Pay-later: bills that a limit has paid, turned into instalments, refunded; relatives who repay.",
    "collection": "Collection: agreed debits of what falls due, and what each day's attempt came to.",
    "loans": "Loans: drawn, fallen due, repaid, prepaid, rescheduled, paid off; classified, written off, recovered.",
}

LINKS: dict[str, dict[str, str]] = {
    "submitCreditApplication": {
        "getCreditApplication": "credit_application",
        "approveCreditApplication": "credit_application",
        "refuseCreditApplication": "credit_application",
    },
    "holdLimit": {"getLimitHold": "limit_hold", "releaseLimit": "limit_hold"},
    "drawLoan": {
        "getLoan": "loan",
        "repayLoan": "loan",
        "prepayLoan": "loan",
        "quotePayoff": "loan",
        "proposeLoanClass": "loan",
    },
}
"""From the id of an operation's answer to the parameter of another that it fills."""
