"""How figures and times look to a person."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from canglian.kernel.amounts import major
from canglian.kernel.receipts import receipt_number
from canglian.kernel.values import SHANGHAI

SIGNS = {"CNY": "¥", "ECNY": "¥"}
"""What stands before an amount; other assets are named behind it."""

STATES = {
    "open": "good", "booked": "good", "applied": "good", "captured": "good", "active": "good", "delivered": "good",
    "approved": "good", "running": "good", "champion": "good", "paid": "good", "done": "good", "settled": "good",
    "joined": "good", "claimed": "good", "granted": "good", "funded": "good", "issued": "good", "signed": "good",
    "cleared": "good", "verified": "good", "collected": "good", "prize_claimed": "good", "published": "good",
    "asked": "wait", "authorised": "wait", "held": "wait", "invited": "wait", "incomplete": "wait", "leaving": "wait",
    "offered": "wait", "scheduled": "wait", "shadow": "wait", "suspended": "wait", "waiting": "wait",
    "pending": "wait", "frozen": "wait", "frozen-in": "wait", "frozen-out": "wait", "locked": "wait",
    "retrying": "wait", "paused": "wait", "queued": "wait",
    "face_to_face": "good", "low": "good", "remote": "wait", "medium": "wait", "review": "wait", "grey": "wait",
    "confirmed": "good", "unclear": "wait", "denied": "bad",
    "high": "bad", "prohibited": "bad", "black": "bad", "lost": "bad",
    "succeeded": "good", "dormant": "wait", "closing": "wait", "requested": "wait", "sent": "wait",
    "accepted": "wait", "unknown": "wait", "refused": "bad",
    "checking": "wait", "checked": "wait", "confirming": "wait",
    "redeemed": "good", "financed": "good", "transferred": "good", "defaulted": "bad",
    "rejected": "bad", "failed": "bad", "dead": "bad", "disabled": "bad", "revoked": "bad", "broken": "bad",
}  # fmt: skip
"""The colour of a state's word: good, waiting or harm; every other one is grey."""


def money(units: int | None, asset: str = "CNY", scales: Mapping[str, int] | None = None) -> str:
    """123456 fen as ¥1,234.56, the sign before; points and the like have their asset behind."""
    if units is None:
        return "—"
    scale = (scales or {}).get(asset, 2)
    text = major(abs(units), scale)
    sign = "-" if units < 0 else ""
    return f"{sign}{SIGNS[asset]}{text}" if asset in SIGNS else f"{sign}{text} {asset}"


def number(value: int | None) -> str:
    """1234567 as 1,234,567."""
    return "—" if value is None else f"{value:,}"


def scaled(value: int, scale: int, currency: str = "") -> str:
    """A chart's figure: whole minor units with their decimals, and its currency before it."""
    return f"{'-' if value < 0 else ''}{currency}{major(abs(value), scale)}"


def percent(value: int | None) -> str:
    """A share in basis points: 6000 as 60 %, 6050 as 60.50 %."""
    return "—" if value is None else f"{major(value, 2).removesuffix('.00')} %"


def when(value: datetime | None) -> str:
    """An instant in Shanghai, to the second."""
    return "—" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def when_on_a_phone(value: datetime | None) -> str:
    """An instant in Shanghai to the minute; a midnight as its day."""
    local = None if value is None else value.astimezone(SHANGHAI)
    if local is None:
        return "—"
    return local.strftime("%Y-%m-%d" if _is_midnight(local) else "%Y-%m-%d %H:%M")


def until(value: datetime | None) -> str:
    """The end of a time, to the minute: a midnight is 24:00 of the day that it ends."""
    local = None if value is None else value.astimezone(SHANGHAI)
    if local is None:
        return "—"
    if _is_midnight(local):
        return f"{local.date() - timedelta(days=1)} 24:00"
    return local.strftime("%Y-%m-%d %H:%M")


def _is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second) == (0, 0, 0)


def exact(value: datetime | None) -> str:
    """An instant with everything that is known of it, for the hover."""
    return "" if value is None else value.astimezone(SHANGHAI).isoformat()


def day(value: date | None) -> str:
    """A business date."""
    return "—" if value is None else value.isoformat()


def tone(state: Any) -> str:
    """The colour of a state's word."""
    return STATES.get(str(getattr(state, "value", state)), "")


def field(row: Any, name: str) -> Any:
    """A field of a row, whether it is a struct or a mapping."""
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


def titled(values: Iterable[Any], family: str, translate: Callable[[str], str]) -> list[tuple[str, str]]:
    """The choices of a select: the members of a family, ``state.`` say, with their titles."""
    words = [str(getattr(value, "value", value)) for value in values]
    return [(word, translate(family + word)) for word in words]


def joined(parts: Iterable[Any], say: Callable[[str], str]) -> str:
    """Words of a list behind each other, as the language separates them."""
    return say(", ").join(map(str, parts))


def clauses(parts: Iterable[Any], say: Callable[[str], str]) -> str:
    """Half sentences behind each other, as the language separates them."""
    return say("; ").join(map(str, parts))


_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def browser(agent: str | None) -> str:
    """A browser and system by its user agent: ``Chrome · Windows``."""
    text = agent or ""
    name = next((name for sign, name in _BROWSERS if f"{sign}/" in text), "")
    system = next((system for system in _SYSTEMS if system in text), "")
    return " · ".join(part for part in (name, system) if part) or text[:40] or "—"


FILTERS: dict[str, Any] = {
    "browser": browser,
    "clauses": clauses,
    "day": day,
    "exact": exact,
    "field": field,
    "joined": joined,
    "money": money,
    "number": number,
    "percent": percent,
    "receipt": receipt_number,
    "scaled": scaled,
    "titled": titled,
    "tone": tone,
    "until": until,
    "when": when,
}

FILTERS_ON_A_PHONE: dict[str, Any] = {**FILTERS, "second": when, "when": when_on_a_phone}
"""A phone shows times to the minute, and to the second on receipts."""
