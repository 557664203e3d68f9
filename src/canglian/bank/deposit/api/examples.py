"""Examples of bodies, links, and what the tags are about, for the API's description. Everything in them is made up."""

from typing import Any

_ID = "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "DepositRequest": {"product": "deposit.class1", "channel": "counter", "party": "pty_" + _ID},
    "NumberSearch": {"number": "6219990000000000010"},
    "BindingRequest": {"number": "6228480400556677889", "bank": "新城农村信用社"},
    "FreezeRequest": {"kind": "out", "cause": "order", "reason": "协助冻结", "authority": "新城县人民法院"},
    "CaseRequest": {"case_reference": "新公刑 2026-1", "authority": "新城县公安局", "reason": "电信网络诈骗"},
    "CaseClearing": {"case_reference": "新公刑 2026-1", "reason": "撤销案件"},
    "UpgradeRequest": {"product": "deposit.class2"},
    "ReactivationRequest": {"document": "doc_" + _ID, "place": "新城支行"},
    "ClosingRequest": {"reason": "客户申请", "channel": "counter", "cash": True},
    "CashRequest": {"direction": "in", "amount": 100000},
    "DepositTransferRequest": {"payee": "dep_" + _ID, "amount": 12345, "channel": "mobile", "reference": "房租"},
    "ElementsAnswer": {"elements": 5, "matched": True, "reference": "elements-0002"},
    "ReceivedAmount": {"amount": 37},
    "RailRequest": {"kind": "pull", "bound_account": "bnd_" + _ID, "amount": 50000, "channel": "mobile"},
    "RailSent": {"reference": "R-20260105-0001"},
    "RailAnswer": {"succeeded": True, "reference": "R-20260105-0001"},
    "RailFile": {
        "date": "2026-01-05",
        "lines": [
            {
                "order": "rail_" + _ID,
                "kind": "pull",
                "amount": 50000,
                "succeeded": True,
                "reference": "R-20260105-0001",
            }
        ],
    },
    "StatementCheck": {"code": "10AR-0M2G-5P40-1E7N-80C4-9SKB-G0M2-5TQH-W3", "number_ending": "0010"},
    "Resolution": {"resolution": "对方已扣款，补记", "book_it": True},
    "SetDepositProduct": {
        "code": "deposit.class1",
        "product_class": "class1",
        "name": "个人Ⅰ类账户",
        "rate_ppm": 500,
        "per_party_max": 1,
        "effective_from": "2027-01-01",
        "note": "挂牌利率不变",
    },
    "AddDepositPolicy": {
        "effective_from": "2027-01-01",
        "number_prefix": "621999",
        "settlement_day": 20,
        "settlement_months": [3, 6, 9, 12],
        "confirmation_max": 99,
        "confirmation_tries": 3,
        "confirmation_hours": 72,
        "note": "年度复核",
    },
}
"""An example by the name of the body's schema."""

TAGS = {
    "deposit products": "Products of deposit accounts and the figures of the room, each by version.",
    "deposit accounts": "Open, find, freeze, upgrade and close deposit accounts; statements as CSV, PDF, camt.053.",
    "bound accounts": "Accounts at other banks, bound by elements and a small transfer or a code.",
    "rail": "Money to and from bound accounts, the rail's daily file, and where it disagrees.",
}

LINKS: dict[str, dict[str, str]] = {
    "openDepositAccount": {
        "getDepositAccount": "deposit_account",
        "getDepositStatement": "deposit_account",
        "freezeDepositAccount": "deposit_account",
        "bindAccount": "deposit_account",
        "closeDepositAccount": "deposit_account",
    },
    "bindAccount": {"getBoundAccount": "bound_account", "answerElements": "bound_account"},
    "requestRailOrder": {"getRailOrder": "rail_order", "answerRailOrder": "rail_order"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
