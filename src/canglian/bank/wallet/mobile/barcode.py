"""The bar code of a pay code (Code 128), for the counters whose readers see bars alone."""

from string import ascii_lowercase, ascii_uppercase
from typing import Any

from reportlab.graphics.barcode.code128 import Code128

HEIGHT = 40
QUIET = 10
"""The white before and after the bars, in widths of the narrowest one, as the standard has it."""


def barcode(digits: str) -> str:
    """The bars of some digits, as SVG without any style of its own."""
    made: Any = Code128(value=digits)
    made.validate()
    made.encode()
    made.decompose()
    place, bars = QUIET, ""
    for width in made.decomposed:  # a capital is a bar, another letter a gap; A is one wide
        if width in ascii_uppercase:
            bars += f"M{place} 0h{_wide(width)}v{HEIGHT}h-{_wide(width)}z"
        place += _wide(width)
    size = f"{place + QUIET} {HEIGHT}"
    return f'<svg viewBox="0 0 {size}" preserveAspectRatio="none" aria-hidden="true"><path d="{bars}"/></svg>'


def _wide(letter: str) -> int:
    return ascii_lowercase.index(letter.lower()) + 1
