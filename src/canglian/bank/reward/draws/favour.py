"""What may change in rules that were published: only what is better for whoever joins, and worse for nobody."""

from collections.abc import Mapping
from typing import Any

LATER = ("joins_until", "claim_days", "alternates")
"""What may grow."""

KEPT_PRIZE = ("name", "kind", "value")


def worse(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """The first of the rules that is not in favour of entrants, or None.

    More of a prize, a further prize, more alternates, and more time to join and to claim are; nothing else is.
    """
    for name in {**before, **after}:
        if name in ("version", "prizes"):
            continue
        if name not in before or name not in after:
            return name
        if after[name] != before[name] and (name not in LATER or after[name] < before[name]):
            return name
    if after["joins_until"] > after["draws_at"]:
        return "joins_until"
    if len(after["prizes"]) < len(before["prizes"]):
        return "prizes"
    for had, has in zip(before["prizes"], after["prizes"], strict=False):
        if any(had[name] != has[name] for name in KEPT_PRIZE) or has["quantity"] < had["quantity"]:
            return "prizes"
    return None
