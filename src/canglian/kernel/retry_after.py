"""What somebody whom we ask says of when to come again: the header ``Retry-After``."""

import math
from datetime import datetime
from email.utils import parsedate_to_datetime

MOST_MS = 6 * 60 * 60 * 1000
"""For so long somebody can put us off at most."""


def milliseconds(retry_after: str | None, now: datetime) -> int | None:
    """Seconds, or an instant, as milliseconds from now; None for nothing, and for what is neither."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    try:
        if text.isascii() and text.isdecimal():
            seconds = float(text[:9])
        else:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(0, math.ceil(seconds * 1000)), MOST_MS)
