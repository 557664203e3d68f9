"""How a form asks for segments: by a part of their words, or written out with what they are about."""

from collections.abc import Sequence

from canglian.bank.reward.segments import forms, registry
from canglian.web.additions import Pick, Picked
from canglian.web.services import Services
from canglian.web.words import LANGUAGES, translated


def _picked(segment: str) -> Picked:
    name = segment.partition(":")[0]
    title = next((kind.title for kind in registry.known() if kind.name == name), "")
    return Picked(segment, segment, "", title)


async def _find(services: Services, book: int, text: str) -> list[Picked]:
    typed = text.strip().lower()
    if forms.is_known(typed):
        return [_picked(typed)]
    name, _, about = typed.partition(":")
    return [
        _picked(f"{kind.name}:{about}" if about and forms.is_known(f"{kind.name}:{about}") else kind.example)
        for kind in registry.known()
        if any(name in text.lower() for text in _texts(kind))
    ]


def _texts(kind: registry.SegmentKind) -> list[str]:
    """What people may type of it."""
    return [kind.name, *(translated(kind.title, language) for language in LANGUAGES)]


async def _named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
    return [_picked(identity) for identity in identities]


async def _offered(services: Services, book: int) -> list[Picked]:
    return [_picked(kind.example) for kind in registry.known()]


PICK = Pick(
    "segment",
    "A part of the name, or written out: new_customer:30 for 30 days",
    _find,
    _named,
    lists=("segments",),
    offered=_offered,
)
