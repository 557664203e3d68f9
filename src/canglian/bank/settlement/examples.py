"""Examples of bodies, links, and what the tag is about, for the API's description."""

from typing import Any

from canglian.web.links import Link

TAGS = {
    "calendar": "Which days are business days: holidays, and weekend days that are worked in exchange.",
    "end of day": "The steps that end a business day, how far they are, and what failed.",
    "reconciliation": "Days of a channel: its file, the ledger and the merchants' orders compared, and what differs.",
    "settlement": "What merchants are owed for a business date, and what was paid out to them.",
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "SetCalendarYear": {
        "year": 2026,
        "holidays": [{"day": "2026-02-16", "name": "春节"}],
        "workdays": [{"day": "2026-02-14", "name": "春节"}],
        "source": "国办发明电",
    },
    "SettlementTermsRequest": {"cycle": 1, "minimum": 10000},
    "ReconcileRequest": {"date": "2026-03-02", "channel": "channel"},
    "DifferenceAssignment": {"assignee": "王芳"},
    "DifferenceResolution": {"resolution": "corrected_there", "reason": "渠道已补记"},
    "CalendarDayRequest": {"day": "2026-06-19", "kind": "holiday", "name": "端午节"},
}

LINKS: dict[str, list[Link]] = {
    "setCalendarYear": [Link("getCalendarYear", {"year": "$response.body#/year"})],
}
