"""Days and instants as they are typed on the command line."""

from datetime import UTC, date, datetime, time

from canglian.kernel.errors import Malformed, declare
from canglian.kernel.values import SHANGHAI

declare({"cli.instant_invalid": '"{text}" is no date (2026-11-23) and no instant (2026-11-23T09:30:00+08:00).'})


def instant(text: str | None) -> datetime | None:
    """An instant, or the end of a day in Shanghai. Rejects ``cli.instant_invalid``."""
    if text is None:
        return None
    when = _read(text)
    if isinstance(when, datetime):
        return when
    return datetime.combine(when, time.max, SHANGHAI).astimezone(UTC)


def day(text: str | None) -> date | None:
    """A date. Rejects ``cli.instant_invalid``."""
    when = None if text is None else _read(text)
    return when.astimezone(SHANGHAI).date() if isinstance(when, datetime) else when


def _read(text: str) -> date | datetime:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo is not None else when.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("cli.instant_invalid", text=text) from None
