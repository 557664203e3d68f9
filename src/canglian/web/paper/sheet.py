"""Pages of a document: text set in the document's typefaces, lines between, and what a reader's search finds."""

from collections.abc import Iterable
from typing import Any, BinaryIO, Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from canglian.web.paper.typefaces import NAMES, Typefaces

INK: Final = HexColor("#1c2024")
_CLOSING = "，。、；：？！）》」』】〕…—,.;:?!)%"
"""What begins no line."""


class Sheet:
    """One page after another, A4, measured in points from the upper left corner."""

    width, height = A4

    def __init__(self, out: BinaryIO, faces: Typefaces, *, title: str, author: str, language: str) -> None:
        self.faces = faces
        first: Any = NAMES[0]  # the stubs take it for a size
        self.canvas: Any = Canvas(out, pagesize=A4, invariant=1, pageCompression=1, initialFontName=first)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setCreator("Canglian")
        self.canvas.setCatalogEntry("Lang", language)
        self._begin()

    def _begin(self) -> None:
        self._text: Any = self.canvas.beginText()
        self._set: tuple[str, float, Color] | None = None

    def text(self, x: float, y: float, text: str, size: float = 8, colour: Color = INK) -> None:
        """A line of text from ``x`` on, its foot at ``y``."""
        self._text.setTextOrigin(x, self.height - y)
        for name, piece in self.faces.runs(text):
            if self._set != (name, size, colour):
                self._text.setFont(name, size)
                self._text.setFillColor(colour)
                self._set = name, size, colour
            self._text.textOut(piece)

    def right(self, x: float, y: float, text: str, size: float = 8, colour: Color = INK) -> None:
        """A line of text that ends at ``x``."""
        self.text(x - self.faces.width(text, size), y, text, size, colour)

    def rule(self, x: float, y: float, length: float, thickness: float, colour: Color) -> None:
        """A line across."""
        self.canvas.setLineWidth(thickness)
        self.canvas.setStrokeColor(colour)
        self.canvas.line(x, self.height - y, x + length, self.height - y)

    def squares(self, x: float, y: float, side: float, rows: Iterable[Iterable[int]]) -> None:
        """The dark squares of a QR code, its upper left corner at ``x`` and ``y``."""
        path = self.canvas.beginPath()
        for down, row in enumerate(rows):
            for across, is_dark in enumerate(row):
                if is_dark:
                    path.rect(x + across * side, self.height - y - (down + 1) * side, side, side)
        self.canvas.setFillColor(INK)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def turn(self) -> None:
        """Go on with the next page."""
        self.canvas.drawText(self._text)
        self.canvas.showPage()
        self._begin()

    def close(self) -> None:
        """Write the document; the last page was turned."""
        self.canvas.save()

    def wrapped(self, text: str, width: float, size: float = 8) -> list[str]:
        """A text in lines no wider than ``width``: broken after spaces, between Chinese characters, else anywhere."""
        if len(text) * size <= width or self.faces.width(text, size) <= width:
            return [text]
        lines: list[str] = []
        line, filled = "", 0.0
        for word in _words(text):
            wide = self.faces.width(word, size)
            if filled + wide <= width:
                line, filled = line + word, filled + wide
                continue
            if line:
                lines.append(line.rstrip())
            line, filled = word, wide
            while filled > width:
                fits = self._fitting(line, width, size)
                lines.append(line[:fits])
                line = line[fits:]
                filled = self.faces.width(line, size)
        return [*lines, line.rstrip()]

    def _fitting(self, text: str, width: float, size: float) -> int:
        """How many characters of a text fit; one at least."""
        filled = 0.0
        for place, character in enumerate(text):
            filled += self.faces.width(character, size)
            if filled > width:
                return max(place, 1)
        return len(text)


def _words(text: str) -> list[str]:
    """The pieces of a text between which a line may end, each with the space after it."""
    words: list[str] = []
    before = " "
    for character in text:
        may_part = before == " " or _is_wide(before) or _is_wide(character)
        if words and not (may_part and character != " " and character not in _CLOSING):
            words[-1] += character
        else:
            words.append(character)
        before = character
    return words


def _is_wide(character: str) -> bool:
    return character >= "\u2e80"
