"""Characters that a text should not have: what turns its direction, what commands, and code points that are none.

A direction that is turned lets a text show as another one (``U+202E`` makes ``fdp.exe`` of ``exe.pdf``); invisible tags
hide a whole text in another; a control character commands the terminal on which it is printed. New texts with such
characters are refused where they come in (``fields.visible``); those of earlier ones are shown by their numbers. Tabs
and ends of lines may stay. So may spaces and joiners without width (``U+200B``, ``U+200D``): texts that were copied
from pages have some, and some writing needs them.
"""

import re

NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
"""Code points that stand for no character and never will, for a class of a regular expression."""

_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Unicode's ``Bidi_Control``: marks, embeddings, overrides and isolates."""

_TAGS = "\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f"
"""Tags and notes that no program shows."""

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
"""Control characters but tabs and ends of lines, and ends of lines that only some programs know."""

HIDDEN = re.compile(f"[{_TURNING}{_TAGS}{_CONTROL}{NO_CHARACTERS}]")


def code_point(character: str) -> str:
    """U+202E."""
    return f"U+{ord(character):04X}"


def shown(text: str) -> str:
    """A text with the number of each such character in its place: ``a⟨U+202E⟩b``."""
    if text.isascii() and text.isprintable():
        return text
    return HIDDEN.sub(lambda found: f"⟨{code_point(found[0])}⟩", text)
