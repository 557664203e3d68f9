"""How segments are written: a kind and what it is about, ``dormant:90``. Pure, so that decisions may ask."""

import re

_FORMS: dict[str, re.Pattern[str] | None] = {}


def add(name: str, about: re.Pattern[str] | None) -> None:
    """Make a kind of segments known; ``about`` is what may stand after the colon, None for nothing."""
    assert name not in _FORMS, name
    _FORMS[name] = about


def is_known(segment: str) -> bool:
    """Whether there is such a segment."""
    name, colon, about = segment.partition(":")
    if name not in _FORMS:
        return False
    form = _FORMS[name]
    return not colon if form is None else bool(colon) and form.fullmatch(about) is not None
