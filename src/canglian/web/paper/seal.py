"""The bank's seal on electronic documents, drawn: a ring, the bank's name along it, a star, what the seal is for."""

import math
from typing import Final

from reportlab.lib.colors import Color

from canglian.web.paper.sheet import Sheet

RADIUS: Final = 52.0
_RED: Final = Color(0.80, 0.07, 0.10, alpha=0.82)
_NAME_SIZE, _USE_SIZE = 10.5, 8.5
_ARC = math.radians(250)
"""How far round the name goes at most."""


def draw_seal(sheet: Sheet, x: float, y: float, bank: str, use: str) -> None:
    """The seal with its middle at ``x`` and ``y``."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(x, sheet.height - y)
    canvas.setStrokeColor(_RED)
    canvas.setFillColor(_RED)
    canvas.setLineWidth(2.4)
    canvas.circle(0, 0, RADIUS)
    canvas.setLineWidth(0.6)
    canvas.circle(0, 0, RADIUS - 4)
    _star(sheet, 13)
    _along_the_ring(sheet, bank)
    _across(sheet, use)
    canvas.restoreState()


def _star(sheet: Sheet, radius: float) -> None:
    path = sheet.canvas.beginPath()
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    for corner in range(10):
        angle = math.radians(90 + 36 * corner)
        reach = radius if corner % 2 == 0 else inner
        move = path.moveTo if corner == 0 else path.lineTo
        move(reach * math.cos(angle), reach * math.sin(angle))
    path.close()
    sheet.canvas.drawPath(path, stroke=0, fill=1)


def _along_the_ring(sheet: Sheet, name: str) -> None:
    """The bank's name, its letters upright on the ring, as large as it has room."""
    inside = RADIUS - 7
    natural = sheet.faces.width(name, 1.0) or 1.0
    size = min(_NAME_SIZE, _ARC * (inside - _NAME_SIZE) / (natural * 1.15))
    reach = inside - size
    spread = 1.6 if _is_chinese(name) and natural * size * 1.6 < _ARC * reach else 1.1
    angle = math.pi / 2 + natural * size * spread / reach / 2
    for character in name:
        wide = sheet.faces.width(character, size)
        turn = wide * spread / reach
        angle -= turn / 2
        sheet.canvas.saveState()
        sheet.canvas.translate(reach * math.cos(angle), reach * math.sin(angle))
        sheet.canvas.rotate(math.degrees(angle) - 90)
        _letters(sheet, -wide / 2, 0, character, size)
        sheet.canvas.restoreState()
        angle -= turn / 2


def _across(sheet: Sheet, use: str) -> None:
    """What the seal is for, below the star."""
    room = 2 * math.sqrt((RADIUS - 8) ** 2 - 27**2)
    size = min(_USE_SIZE, room / (sheet.faces.width(use, 1.0) or 1.0))
    _letters(sheet, -sheet.faces.width(use, size) / 2, -27, use, size)


def _letters(sheet: Sheet, x: float, y: float, text: str, size: float) -> None:
    for name, piece in sheet.faces.runs(text):
        sheet.canvas.setFont(name, size)
        sheet.canvas.drawString(x, y, piece)
        x += sheet.faces.width(piece, size)


def _is_chinese(text: str) -> bool:
    return all(character >= "\u2e80" for character in text)
