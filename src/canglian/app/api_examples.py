"""Examples of bodies of the ledger and the system for the OpenAPI document, and links of their answers."""

from typing import Any

from canglian.web.links import ID, Link, by_number

EXAMPLES: dict[str, dict[str, Any]] = {
    "OpenAccount": {
        "asset": "CNY",
        "head": "2011",
        "name": "陈小满",
        "reference": "DEP-0001",
        "metadata": {"branch": "xincheng"},
    },
    "AccountChange": {"name": "陈小满", "ceiling": 200000},
    "AccountStateChange": {"state": "frozen-out", "reason": "court order 2026-118"},
    "TransferRequest": {
        "debit": 1,
        "credit": 2,
        "amount": 1250,
        "asset": "CNY",
        "code": "shop.payment",
        "reference": "ORDER-88213",
        "metadata": {"shop": "7"},
    },
    "TransfersRequest": {
        "lines": [
            {"debit": 1, "credit": 2, "amount": 100, "code": "benefit.grant"},
            {"debit": 1, "credit": 3, "amount": 250, "code": "benefit.grant"},
        ],
        "atomic": True,
    },
    "HistoryRequest": {
        "lines": [
            {
                "debit": 1,
                "credit": 2,
                "amount": 70000,
                "code": "history.import",
                "happened_at": "2026-01-05T09:30:00+08:00",
            }
        ]
    },
    "TransferReversal": {"reason": "wrong shop"},
    "HoldRequest": {
        "debit": 1,
        "credit": 2,
        "amount": 5000,
        "code": "hospital.estimate",
        "expires_at": "2027-01-05T15:00:00+08:00",
    },
    "HoldCapture": {"amount": 3200, "final": True},
    "DefineAsset": {"code": "PTS:xincheng", "name": "新城积分", "scale": 0},
    "DefineHead": {"code": "2242", "name": "积分负债", "head_class": "liability", "normal_side": "credit"},
    "CloseDay": {"next_day": "2026-11-25"},
    "KeyRequest": {"name": "shop till", "role": "operator", "rate_per_second": 50},
    "ReceiverRequest": {
        "name": "shop back office",
        "url": "https://shop.example/hooks/canglian",
        "kinds": ["transfer.*", "hold.captured"],
    },
    "ReceiverChange": {"state": "paused"},
    "LetterSkip": {"reason": "received by telephone"},
    "BookRequest": {"code": "xincheng", "name": "新城支行"},
}
"""An example by the name of the body's schema."""


LINKS: dict[str, list[Link]] = {
    "openAccount": [
        *by_number(
            "getAccount",
            "changeAccount",
            "setAccountState",
            "closeAccount",
            "getBalance",
            "getBalanceCourse",
            "listEntries",
            "getStatement",
        ),
        Link("listTransfers", {"account": ID}),
        Link("postTransfer", body={"debit": ID}),
        Link("postTransfer", body={"credit": ID}),
        Link("placeHold", body={"debit": ID}),
    ],
    "postTransfer": by_number("getTransfer", "reverseTransfer", "traceTransfer"),
    "reverseTransfer": by_number("getTransfer", "traceTransfer"),
    "placeHold": by_number("getHold", "captureHold", "releaseHold"),
    "captureHold": by_number("getTransfer", "reverseTransfer"),
    "addReceiver": by_number(
        "getReceiver",
        "changeReceiver",
        "rotateReceiverSecret",
        "listDeliveries",
        "listDeadLetters",
        name="receiver",
        value="$response.body#/receiver/id",
    ),
    "createKey": [Link("revokeKey", {"key": ID})],
}
"""The links of an operation's answer, by operation."""
