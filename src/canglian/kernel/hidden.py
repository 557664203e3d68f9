"""Characters that a text should not have: those that turn its direction, and code points that are none.

A direction that is turned lets a text show as another one (``U+202E`` makes ``fdp.exe`` of ``exe.pdf``). New texts with
such characters are refused where they come in (``fields.visible``); those of earlier ones are shown by their numbers.
"""

import re

NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
"""Code points that stand for no character and never will, for a class of a regular expression."""

_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Unicode's ``Bidi_Control``: marks, embeddings, overrides and isolates."""

HIDDEN = re.compile(f"[{_TURNING}{NO_CHARACTERS}]")


def code_point(character: str) -> str:
    """U+202E."""
    return f"U+{ord(character):04X}"


def shown(text: str) -> str:
    """A text with the number of each such character in its place: ``a⟨U+202E⟩b``."""
    return text if text.isascii() else HIDDEN.sub(lambda found: f"⟨{code_point(found[0])}⟩", text)
