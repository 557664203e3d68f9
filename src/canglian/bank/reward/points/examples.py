"""Examples of bodies, links, and what the tag is about, for the API's description. Everybody in them is made up."""

from typing import Any

_WALLET = "wal_" + "0" * 26
_PARTY = "pty_" + "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "DraftPointScheme": {
        "code": "street",
        "name": "新城积分",
        "owner": "新城支行",
        "rules": [
            {"kind": "per_amount", "points": 1, "per_fen": 100},
            {"kind": "per_purchase", "points": 5, "payees": {"categories": ["5812"]}},
            {"kind": "event", "points": 20, "event": "invite", "per_person": 200, "total": 100_000},
        ],
        "per_day": 500,
        "expiry": {"kind": "months", "months": 12},
        "exchanges": [{"kind": "money", "name": "零钱", "points": 100, "amount": 100}],
        "deduction": {"points": 100, "amount": 100, "share_bps": 5_000},
        "price": 100,
        "alone_max": 1_000,
    },
    "FundPointSchemeRequest": {"amount": 1_000_000},
    "PointFundProposalRequest": {"amount": 1_000_000, "reason": "村委会来函确认"},
    "AwardPointsRequest": {"party": _PARTY, "points": 100, "number": "activity-7-1", "reason": "参加社区活动"},
    "PointAwardProposalRequest": {
        "party": _PARTY,
        "points": 5_000,
        "number": "activity-7-2",
        "reason": "社区活动一等奖",
    },
    "AwardForEventRequest": {"party": _PARTY, "event": "invite", "number": "invite-88"},
    "AwardPointLinesRequest": {
        "reason": "参加社区活动",
        "lines": [{"line": 1, "wallet": _WALLET, "points": 20, "number": "activity-8-1"}],
    },
    "PointDeductionRequest": {"deducts": True},
    "ExchangePointsRequest": {"exchange": 1, "pieces": 2, "wallet": _WALLET},
}
"""An example by the name of the body's schema."""

TAGS = {"points": "Schemes of points: how they are earned, whose they are, when they expire, what they give."}

LINKS: dict[str, dict[str, str]] = {
    "draftPointScheme": {
        "getPointScheme": "point_scheme",
        "approvePointScheme": "point_scheme",
        "fundPointScheme": "point_scheme",
    },
    "exchangePoints": {"getPointExchange": "point_exchange", "returnPointExchange": "point_exchange"},
    "awardPoints": {"getPointLot": "point_lot"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
