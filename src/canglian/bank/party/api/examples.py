"""Examples of bodies, links, and what the tags are about, for the API's description. Everybody in them is made up."""

from typing import Any

_PARTY = "pty_" + "0" * 26
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

EXAMPLES: dict[str, dict[str, Any]] = {
    "PartyRequest": {"kind": "person", "name": "陈小满", "number": "110101199003070054", "mobile": "13800138000"},
    "PartyChange": {"mobile": "13900139000", "occupation": "教师"},
    "SearchRequest": {"mobile": "13800138000"},
    "Verification": {"document": "doc_" + "0" * 26, "place": "新城支行"},
    "Rating": {"risk": "medium", "reason": "年度复核"},
    "RoleRequest": {"role": "villager", "within": "village:7"},
    "DocumentRequest": {
        "kind": "identity_card",
        "number": "110101199003070054",
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
        "valid_until": "2040-01-01",
        "digest": _DIGEST,
    },
    "OwnerRequest": {"owner": _PARTY, "control": "shares", "share_bps": 6000},
    "IntentRequest": {
        "spoke_with": _PARTY,
        "how": "on_site",
        "held_at": "2026-01-05T02:00:00Z",
        "reference": "intent-0001",
        "outcome": "confirmed",
    },
    "MergeRequest": {"other": _PARTY, "reason": "同一人重复登记"},
    "UnmaskRequest": {"fields": ["name", "number"], "reason": "电话核实身份"},
    "ReasonBody": {"reason": "本人申请"},
    "ConsentRequest": {
        "party": _PARTY,
        "scope": "profile.basic",
        "purpose": "开立电子钱包",
        "receiver": "partner:sunny",
        "evidence": _DIGEST,
    },
    "OpeningRequest": {"party": _PARTY, "channel": "app"},
    "OpeningDocument": {
        "kind": "identity_card",
        "number": "110101199003070054",
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
        "digest": _DIGEST,
    },
    "LivenessEvidence": {"score_bps": 9120, "reference": "face-20260105-0001", "digest": _DIGEST},
    "OpeningElements": {
        "elements": 5,
        "matched": True,
        "account": "6222021234567890123",
        "reference": "elements-0001",
    },
    "OpeningAccount": {"account": "6222021234567890123"},
    "TypedCode": {"code": "402815"},
    "MessageEvidence": {"reference": "sms-0001"},
    "CodeEvidence": {"matched": True, "reference": "sms-0001"},
    "Review": {"accepted": True, "reason": "资料齐全"},
    "ListRequest": {"colour": "grey", "listed_by": "mobile", "value": "13800138000", "reason": "待核实"},
    "AddPartyPolicy": {
        "effective_from": "2027-01-01",
        "retention_years": 10,
        "beneficial_owner_bps": 2500,
        "opening_hours": 24,
        "step_tries": 3,
        "liveness_bps": 8000,
        "elements": 5,
        "automatic_review": True,
        "unmask_minutes": 10,
        "review_days_low": 1095,
        "review_days_medium": 730,
        "review_days_high": 182,
        "note": "新规生效",
    },
}
"""An example by the name of the body's schema."""

TAGS = {
    "parties": "People and organisations: register, find, verify, rate, merge, show, export and erase.",
    "consents": "What a party lets whom have, for what, until it is withdrawn.",
    "openings": "Verifying a person from afar, one step a request.",
    "lists": "The black and the grey list, and the figures of the rules.",
}

LINKS: dict[str, dict[str, str]] = {
    "registerParty": {
        "getParty": "party",
        "changeParty": "party",
        "rateParty": "party",
        "addRole": "party",
        "listDuplicates": "party",
        "unmaskParty": "party",
        "endRelationship": "party",
        "eraseParty": "party",
    },
    "giveConsent": {"getConsent": "consent", "withdrawConsent": "consent"},
    "startOpening": {"getOpening": "opening"},
    "addListEntry": {"endListEntry": "entry"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
