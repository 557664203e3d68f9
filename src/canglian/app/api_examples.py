"""Examples of bodies for the OpenAPI document, and links from an answer to what can be done with it."""

from typing import Any

import msgspec

from canglian.bank.deposit.api import examples as deposit
from canglian.bank.limit.api import examples as limit
from canglian.bank.party.api import examples as party
from canglian.bank.wallet.api import examples as wallet

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
    "PostTransfer": {
        "debit": 1,
        "credit": 2,
        "amount": 1250,
        "asset": "CNY",
        "code": "shop.payment",
        "reference": "ORDER-88213",
        "metadata": {"shop": "7"},
    },
    "PostTransfers": {
        "lines": [
            {"debit": 1, "credit": 2, "amount": 100, "code": "benefit.grant"},
            {"debit": 1, "credit": 3, "amount": 250, "code": "benefit.grant"},
        ],
        "atomic": True,
    },
    "ImportHistory": {
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
    "HoldFunds": {
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
    "ProposalRequest": {
        "kind": "ledger.post_transfer",
        "payload": {"debit": 1, "credit": 2, "amount": 8000000, "code": "supplier.payment"},
        "reason": "invoice 2026-118",
    },
    "ApprovalRequest": {"comment": "checked against the invoice"},
    "RejectionRequest": {"comment": "the invoice was paid already"},
    "DelegationRequest": {
        "delegate": "user:wang.fang",
        "until": "2027-01-05T18:00:00+08:00",
        "reason": "on leave",
    },
    "SetApprovalPolicy": {
        "code": "large-transfers",
        "kind": "ledger.post_transfer",
        "name": "大额转账",
        "asset": "CNY",
        "amount_from": 5000000,
        "tiers": [{"votes": 1, "role": "approver"}],
    },
    "SetApproverGroup": {"code": "branch-managers", "name": "支行行长", "members": []},
    "KeyRequest": {"name": "shop till", "role": "operator", "rate_per_second": 50},
    "ReceiverRequest": {
        "name": "shop back office",
        "url": "https://shop.example/hooks/canglian",
        "kinds": ["transfer.*", "hold.captured"],
    },
    "ReceiverChange": {"state": "paused"},
    "LetterSkip": {"reason": "received by telephone"},
    "BookRequest": {"code": "xincheng", "name": "新城支行"},
    **party.EXAMPLES,
    **limit.EXAMPLES,
    **deposit.EXAMPLES,
    **wallet.EXAMPLES,
}
"""An example by the name of the body's schema."""


class Link(msgspec.Struct, frozen=True):
    """From an answer to the operation ``target``: parameters and parts of a body that the answer gives."""

    target: str
    parameters: dict[str, str] = {}
    body: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """Its name among the links of one answer."""
        return self.target + "".join(sorted(key.title() for key in self.body))


_ID = "$response.body#/id"


def _by_number(*targets: str, name: str = "number", value: str = _ID) -> list[Link]:
    return [Link(target, {name: value}) for target in targets]


LINKS: dict[str, list[Link]] = {
    "addLimitRules": [Link("getLimitRules", {"number": "$response.body#/version"})],
    "proposeOverride": _by_number("getProposal", name="proposal"),
    "proposeOverrideEnd": _by_number("getProposal", name="proposal"),
    "openAccount": [
        *_by_number(
            "getAccount",
            "changeAccount",
            "setAccountState",
            "closeAccount",
            "getBalance",
            "getBalanceCourse",
            "listEntries",
            "getStatement",
        ),
        Link("listTransfers", {"account": _ID}),
        Link("postTransfer", body={"debit": _ID}),
        Link("postTransfer", body={"credit": _ID}),
        Link("placeHold", body={"debit": _ID}),
    ],
    "postTransfer": _by_number("getTransfer", "reverseTransfer", "traceTransfer"),
    "reverseTransfer": _by_number("getTransfer", "traceTransfer"),
    "placeHold": _by_number("getHold", "captureHold", "releaseHold"),
    "captureHold": _by_number("getTransfer", "reverseTransfer"),
    "addReceiver": _by_number(
        "getReceiver",
        "changeReceiver",
        "rotateReceiverSecret",
        "listDeliveries",
        "listDeadLetters",
        name="receiver",
        value="$response.body#/receiver/id",
    ),
    "fileProposal": _by_number(
        "getProposal", "approveProposal", "rejectProposal", "confirmProposal", "withdrawProposal", name="proposal"
    ),
    "delegate": _by_number("revokeDelegation", name="delegation"),
    "setApprovalPolicy": [Link("getApprovalPolicy", {"policy": "$response.body#/code"})],
    "createKey": [Link("revokeKey", {"key": _ID})],
    **{
        source: [Link(target, {name: _ID}) for target, name in links.items()]
        for source, links in {**party.LINKS, **deposit.LINKS, **wallet.LINKS}.items()
    },
}
"""The links of an operation's answer, by operation."""
