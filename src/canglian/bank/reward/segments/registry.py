"""Which segments there are, and who belongs to them.

A segment is written as a kind and what it is about: ``dormant:90`` are people who have paid before, though not for 90
days. A room that knows more of people adds kinds at import::

    register(SegmentKind("villager", "Villagers of a village", re.compile(r"[0-9]+"), villagers))

Who belongs is looked up when somebody claims, beside the decision, which is given the answer and asks for all segments
of its offer: so it reads nothing of other rooms, and a replay decides the same.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from canglian.bank.reward.segments import forms
from canglian.web.services import Services

Members = Callable[[Services, int, Sequence[str], str, datetime], Awaitable[set[str]]]
"""Which of some customers of a book belong, by what the segment is about, at an instant."""


@dataclass(frozen=True)
class SegmentKind:
    """A kind of segments. ``title`` is a message id; ``about`` what may stand after the colon, None for nothing."""

    name: str
    title: str
    about: re.Pattern[str] | None
    members: Members
    example: str = ""


_KINDS: dict[str, SegmentKind] = {}


def register(kind: SegmentKind) -> None:
    """Make a kind of segments known."""
    assert kind.name not in _KINDS, kind.name
    _KINDS[kind.name] = kind
    forms.add(kind.name, kind.about)


def known() -> list[SegmentKind]:
    """All kinds, in the order in which rooms have added them."""
    return list(_KINDS.values())


async def belonging(
    services: Services, book: int, parties: Sequence[str], segments: Iterable[str], now: datetime
) -> dict[str, set[str]]:
    """Which of some customers belong to each of some segments; to one that no room knows any more belongs nobody."""
    found: dict[str, set[str]] = {}
    for segment in dict.fromkeys(segments):
        name, _, about = segment.partition(":")
        kind = _KINDS.get(name) if forms.is_known(segment) else None
        found[segment] = set() if kind is None else await kind.members(services, book, parties, about, now)
    return found


async def segments_of(services: Services, book: int, party: str, segments: Iterable[str], now: datetime) -> list[str]:
    """To which of some segments a customer belongs."""
    found = await belonging(services, book, [party], segments, now)
    return [segment for segment, members in found.items() if party in members]
