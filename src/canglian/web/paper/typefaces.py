"""The typefaces of documents, and which of them has a character."""

import re
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from canglian.kernel.errors import Unavailable, declare

declare(
    {
        "document.typefaces_missing": "The typefaces of documents are not installed, so no document can be made. "
        "From the source, `make assets` fetches them."
    }
)

NAMES = ("NotoSansSC", "NotoSansJP")
"""The typefaces, in the order in which they are asked for a character."""

MISSING = "〓"
"""What is printed for a character that none of them has."""


_WIDE_SPACE = "\u3000"
_TO_UNICODE = "toUnicodeCMap:"
_BEYOND = re.compile(r"<([0-9A-F]{5,6})>")


class _Font(TTFont):
    """A typeface whose characters beyond U+FFFF can be copied and searched: ReportLab writes their numbers as they are
    into the table for that, where a pair of UTF-16 has to stand."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        super().addObjects(doc)
        for name, thing in doc.idToObject.items():
            if name.startswith(_TO_UNICODE):
                thing.content = _BEYOND.sub(_paired, thing.content)


def _paired(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


class Typefaces:
    """The typefaces of a folder. Unavailable ``document.typefaces_missing`` where one is not there."""

    def __init__(self, folder: Path) -> None:
        try:
            fonts = [_Font(name, str(folder / f"{name}.ttf")) for name in NAMES]
        except (TTFError, OSError):
            raise Unavailable("document.typefaces_missing") from None
        for font in fonts:
            pdfmetrics.registerFont(font)
        self._faces: list[tuple[str, Any]] = [(font.fontName, font.face) for font in fonts]
        self._found: dict[str, tuple[str, float]] = {}

    def has(self, character: str) -> bool:
        """Whether a character can be printed."""
        return (character.isprintable() or character == _WIDE_SPACE) and any(
            ord(character) in face.charToGlyph for _, face in self._faces
        )

    def runs(self, text: str) -> list[tuple[str, str]]:
        """A text as pieces, each with the typeface that has all of its characters."""
        return [(name, "".join(piece)) for name, piece in groupby(text, lambda character: self._found_in(character)[0])]

    def width(self, text: str, size: float) -> float:
        """How wide a text is, in points."""
        return sum(self._found_in(character)[1] for character in text) * size

    def _found_in(self, character: str) -> tuple[str, float]:
        """The typeface of a character, and how wide it is there, in ems."""
        found = self._found.get(character)
        if found is None:
            code = ord(character)
            name, face = next(((name, face) for name, face in self._faces if code in face.charToGlyph), self._faces[0])
            found = self._found[character] = name, face.getCharWidth(code) / 1000
        return found


@cache
def typefaces() -> Typefaces:
    """Those of this installation. Unavailable ``document.typefaces_missing``."""
    return Typefaces(Path(str(resources.files("canglian.web") / "paper" / "fonts")))
