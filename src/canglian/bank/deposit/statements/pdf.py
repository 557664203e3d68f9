"""A statement as PDF, on A4: head, totals, seal and verification code on the first page, page x of y on each.

The entries are measured first and set line by line, so that ten thousand take seconds and little memory. For a
character that no typeface has one 〓 is printed, and a note on the last page says which they were.
"""

import io
from collections.abc import Callable, Iterator
from typing import Final

import msgspec
import segno
from reportlab.lib import colors

from canglian.bank.deposit.statements.gathering import PaperStatement
from canglian.kernel.receipts import receipt_number
from canglian.kernel.values import SHANGHAI
from canglian.web.console.formats import money
from canglian.web.console.plain import worded
from canglian.web.paper import MISSING, Sheet, Typefaces, draw_seal, typefaces

Say = Callable[[str], str]

_JADE: Final = colors.HexColor("#0f6f5c")
_GREY: Final = colors.HexColor("#68717a")
_LINE: Final = colors.HexColor("#d8dde1")
_PALE: Final = colors.HexColor("#f2f6f5")
_LEFT: Final = 42.0
_WIDTH: Final = Sheet.width - 2 * _LEFT
_RIGHT: Final = _LEFT + _WIDTH
_FIRST_TOP, _TOP, _BOTTOM = 318.0, 76.0, Sheet.height - 44.0
"""Where the rows begin on the first page and on the others, and where they end."""

_LEADING, _PADDING = 11.0, 5.0
_COLUMNS = ((56.0, False), (92.0, False), (112.0, False), (95.0, False), (78.0, True), (78.0, True))
"""How wide each is, and whether it stands on the right."""

_GAP = 6.0


class _Row(msgspec.Struct, frozen=True):
    """An entry as the lines of each of its cells."""

    cells: tuple[list[str], ...]

    @property
    def height(self) -> float:
        return max(len(cell) for cell in self.cells) * _LEADING + _PADDING


def as_pdf(statement: PaperStatement, say: Say, language: str = "zh") -> bytes:
    """The statement as a PDF, in the words of ``say``. Unavailable ``document.typefaces_missing``."""
    return _Paper(statement, say, language, typefaces()).drawn()


class _Paper:
    """A statement on its way to paper."""

    def __init__(self, statement: PaperStatement, say: Say, language: str, faces: Typefaces) -> None:
        self._statement = statement
        self._say = say
        self._faces = faces
        self._lacking: dict[str, None] = {}
        self._out = io.BytesIO()
        bank = self._printed(statement.bank)
        title = f"{say('Statement')} {statement.number[-4:]} {statement.first} – {statement.last}"
        tag = "zh-CN" if language == "zh" else language
        self._sheet = Sheet(self._out, faces, title=title, author=bank, language=tag)
        self._bank = bank
        self._holder = self._printed(statement.holder or "—")

    def drawn(self) -> bytes:
        """The document."""
        pages = self._pages()
        for number, rows in enumerate(pages, 1):
            if number == 1:
                self._head()
            else:
                self._running_head()
            end = self._table(_FIRST_TOP if number == 1 else _TOP, rows)
            if number == len(pages):
                self._note(end)
            self._foot(number, len(pages))
            self._sheet.turn()
        self._sheet.close()
        return self._out.getvalue()

    def _printed(self, text: str) -> str:
        """A text in characters that the typefaces have; what they lack is noted."""
        if all(self._faces.has(character) for character in text):
            return text
        missing = {character for character in text if not self._faces.has(character)}
        self._lacking.update((f"U+{ord(character):04X}", None) for character in text if character in missing)
        return "".join(MISSING if character in missing else character for character in text)

    def _money(self, amount: int, *, sign: bool = False) -> str:
        text = money(amount, self._statement.asset, {self._statement.asset: self._statement.scale})
        return f"+{text}" if sign and amount > 0 else text

    # -- rows ----------------------------------------------------------------------------------------------------

    def _pages(self) -> list[list[_Row]]:
        """The rows of each page; a note at the end has room on the last."""
        pages: list[list[_Row]] = [[]]
        left = _BOTTOM - _FIRST_TOP
        for row in self._rows():
            if row.height > left:
                pages.append([])
                left = _BOTTOM - _TOP
            pages[-1].append(row)
            left -= row.height
        if self._lacking and left < _LEADING * 3:
            pages.append([])
        return pages

    def _rows(self) -> Iterator[_Row]:
        known: dict[tuple[int, str], list[str]] = {}

        def lines(column: int, text: str) -> list[str]:
            found = known.get((column, text))
            if found is None:
                found = self._sheet.wrapped(self._printed(text), _COLUMNS[column][0] - _GAP)
                if len(text) < 40 and len(known) < 5_000:
                    known[column, text] = found
            return found

        statement = self._statement
        for entry in statement.entries:
            yield _Row(
                (
                    [entry.date.isoformat()],
                    lines(1, worded("code", entry.code, self._say)),
                    lines(2, statement.counterparties.get(entry.transfer) or "—"),
                    lines(3, receipt_number(entry.reference or "—")),
                    [self._money(entry.amount, sign=True)],
                    [self._money(entry.balance)],
                )
            )

    def _table(self, top: float, rows: list[_Row]) -> float:
        """The heading and rows of a page; where they end."""
        sheet, say = self._sheet, self._say
        titles = (
            say("Business date"),
            say("Summary"),
            say("Counterparty"),
            say("Reference"),
            say("Amount"),
            say("Balance"),
        )
        x = _LEFT
        for title, (width, is_right) in zip(titles, _COLUMNS, strict=True):
            place = sheet.right if is_right else sheet.text
            place(x + width if is_right else x, top - 8, title, 7.5, _GREY)
            x += width
        sheet.rule(_LEFT, top - 2, _WIDTH, 0.8, _JADE)
        y = top
        for row in rows:
            self._row(y, row)
            y += row.height
            sheet.rule(_LEFT, y - 1, _WIDTH, 0.3, _LINE)
        if not self._statement.entries:
            sheet.text(_LEFT, y + 14, say("No transactions in this period."), 8, _GREY)
            y += 20
        return y

    def _row(self, y: float, row: _Row) -> None:
        x = _LEFT
        for (width, is_right), cell in zip(_COLUMNS, row.cells, strict=True):
            for place, line in enumerate(cell, 1):
                foot = y + place * _LEADING
                if is_right:
                    self._sheet.right(x + width, foot, line)
                else:
                    self._sheet.text(x, foot, line)
            x += width

    # -- around them ---------------------------------------------------------------------------------------------

    def _head(self) -> None:
        statement, say, sheet = self._statement, self._say, self._sheet
        sheet.text(_LEFT, 52, self._bank, 11, _JADE)
        sheet.text(_LEFT, 78, say("Statement"), 20)
        made = statement.made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        product = worded(statement.family, statement.product, say)
        left = [
            (say("Holder"), self._holder),
            (say("Account number"), statement.number),
            (say("Period"), f"{statement.first} – {statement.last}"),
        ]
        right = [(say("Product"), self._printed(product)), (say("Asset"), statement.asset), (say("Made"), made)]
        label = max(self._faces.width(name, 8) for name, _ in (*left, *right)) + 12
        for x, facts in ((_LEFT, left), (_LEFT + 220, right)):
            y = 106.0
            for name, value in facts:
                sheet.text(x, y, name, 8, _GREY)
                for line in sheet.wrapped(value, 205 - label, 9):
                    sheet.text(x + label, y, line, 9)
                    y += 13
                y += 4
        self._totals(180)
        self._verification(232)
        draw_seal(sheet, _RIGHT - 58, 92, self._bank, say("For electronic receipts"))

    def _totals(self, top: float) -> None:
        statement, say, sheet = self._statement, self._say, self._sheet
        came = sum(1 for entry in statement.entries if entry.amount > 0)
        counts = (None, came, len(statement.entries) - came, None)
        names = (say("Opening balance"), say("Paid in"), say("Paid out"), say("Closing balance"))
        amounts = (statement.opening, statement.paid_in, statement.paid_out, statement.closing)
        sheet.canvas.setFillColor(_PALE)
        sheet.canvas.rect(_LEFT, sheet.height - top - 40, _WIDTH, 40, stroke=0, fill=1)
        width = _WIDTH / len(names)
        for place, (name, amount, count) in enumerate(zip(names, amounts, counts, strict=True)):
            x = _LEFT + place * width + 9
            title = name if count is None else f"{name} · {say('{count} entries').format(count=count)}"
            sheet.text(x, top + 15, title, 7.5, _GREY)
            text = self._money(amount)
            natural = self._faces.width(text, 1)
            sheet.text(x, top + 31, text, min(11.0, (width - 14) / natural))

    def _verification(self, top: float) -> None:
        """How anybody checks the statement."""
        statement, say, sheet = self._statement, self._say, self._sheet
        if statement.code is None:
            return
        address = f"{statement.check_url}#{statement.code.replace('-', '')}"
        squares = [[*row] for row in segno.make(address, error="l", micro=False).matrix]
        sheet.squares(_LEFT, top, 56 / len(squares), squares)
        sheet.text(_LEFT + 68, top + 9, say("Verification code"), 7.5, _GREY)
        sheet.text(_LEFT + 68, top + 23, statement.code, 9.5)
        how = say(
            "To check it, scan the code or open {address} and enter the code and the last four digits of the number."
        )
        text = how.format(address=statement.check_url)
        for place, line in enumerate(sheet.wrapped(text, _WIDTH - 70, 7.5)):
            sheet.text(_LEFT + 68, top + 37 + place * 10, line, 7.5, _GREY)

    def _running_head(self) -> None:
        statement, say, sheet = self._statement, self._say, self._sheet
        sheet.text(_LEFT, 46, f"{self._bank} · {say('Statement')}", 8, _JADE)
        sheet.right(_RIGHT, 46, f"{statement.number} · {statement.first} – {statement.last}", 8, _GREY)

    def _note(self, end: float) -> None:
        if not self._lacking:
            return
        say = self._say
        note = say("〓 stands for a character that these typefaces lack: {characters}.")
        text = note.format(characters=", ".join(self._lacking))
        for place, line in enumerate(self._sheet.wrapped(text, _WIDTH, 7.5)[:2], 1):
            self._sheet.text(_LEFT, end + place * _LEADING + 2, line, 7.5, _GREY)

    def _foot(self, number: int, pages: int) -> None:
        statement, say, sheet = self._statement, self._say, self._sheet
        sheet.rule(_LEFT, Sheet.height - 36, _WIDTH, 0.3, _LINE)
        left = self._bank if statement.code is None else f"{say('Verification code')} {statement.code}"
        sheet.text(_LEFT, Sheet.height - 25, left, 7, _GREY)
        sheet.right(_RIGHT, Sheet.height - 25, say("Page {page} of {pages}").format(page=number, pages=pages), 7)
