"""Examples of bodies, links, and what the tag is about, for the API's description."""

from typing import Any

from canglian.web.links import Link

TAGS = {"calendar": "Which days are business days: holidays, and weekend days that are worked in exchange."}

EXAMPLES: dict[str, dict[str, Any]] = {
    "SetCalendarYear": {
        "year": 2026,
        "holidays": [{"day": "2026-02-16", "name": "春节"}],
        "workdays": [{"day": "2026-02-14", "name": "春节"}],
        "source": "国办发明电",
    },
    "CalendarDayRequest": {"day": "2026-06-19", "kind": "holiday", "name": "端午节"},
}

LINKS: dict[str, list[Link]] = {
    "setCalendarYear": [Link("getCalendarYear", {"year": "$response.body#/year"})],
}
