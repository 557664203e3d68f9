"""A statement as PDF, on A4, with head and totals on the first page and a running foot.

Chinese is set in the standard font STSong-Light, which PDF readers bring themselves: nothing has to be embedded. They
have the characters of GBK. For each other one 〓 is printed, and the last line says which they were.
"""

import io
from collections.abc import Callable
from xml.sax.saxutils import escape

import msgspec
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from canglian.bank.deposit.statements.gathering import PaperStatement
from canglian.kernel.values import SHANGHAI
from canglian.web.console.formats import money
from canglian.web.console.plain import worded

FONT = "STSong-Light"
Say = Callable[[str], str]

_MISSING = "〓"

_JADE = colors.HexColor("#0f6f5c")
_LINE = colors.HexColor("#d8dde1")
_WIDTHS = (20 * mm, 18 * mm, 40 * mm, 48 * mm, 27 * mm, 27 * mm)
_BODY = ParagraphStyle("body", fontName=FONT, fontSize=8, leading=11, wordWrap="CJK")
_RIGHT = ParagraphStyle("right", parent=_BODY, alignment=2)
_TITLE = ParagraphStyle("title", fontName=FONT, fontSize=16, leading=22, textColor=_JADE)


def as_pdf(statement: PaperStatement, say: Say) -> bytes:
    """The statement as a PDF, in the words of ``say``."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    statement, lacking = _in_font(statement)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=15 * mm,
        bottomMargin=18 * mm,
        title=f"{say('Statement')} {statement.number}",
        author=statement.bank,
        invariant=1,
    )

    def foot(canvas: Canvas, page: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 7)
        canvas.setFillColor(colors.grey)
        canvas.drawString(15 * mm, 10 * mm, f"{statement.bank} · {statement.number}")
        canvas.drawRightString(A4[0] - 15 * mm, 10 * mm, str(page.page))

    parts: list[Flowable] = [Paragraph(escape(say("Statement")), _TITLE), _facts(statement, say), Spacer(1, 5 * mm)]
    parts.append(_rows(statement, say))
    if lacking:
        note = say("〓 stands for a character that this typeface lacks: {characters}.")
        parts += [Spacer(1, 3 * mm), Paragraph(escape(note.format(characters=", ".join(lacking))), _BODY)]
    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _in_font(statement: PaperStatement) -> tuple[PaperStatement, list[str]]:
    """The statement in characters that the font has, and those that it lacks, by their numbers in Unicode."""
    lacking: dict[str, None] = {}

    def shown(text: str) -> str:
        missing = {character for character in text if not _has(character)}
        lacking.update((f"U+{ord(character):04X}", None) for character in text if character in missing)
        return "".join(_MISSING if character in missing else character for character in text)

    entries = [
        entry if entry.reference is None else msgspec.structs.replace(entry, reference=shown(entry.reference))
        for entry in statement.entries
    ]
    holder = None if statement.holder is None else shown(statement.holder)
    return msgspec.structs.replace(statement, bank=shown(statement.bank), holder=holder, entries=entries), [*lacking]


def _has(character: str) -> bool:
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return character == "¥"
    return character.isprintable()


def _facts(statement: PaperStatement, say: Say) -> Table:
    made = statement.made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    pairs = [
        (say("Bank"), statement.bank),
        (say("Account"), statement.number),
        (say("Holder"), statement.holder or "—"),
        (say("Product"), worded("code", statement.product, say)),
        (say("Period"), f"{statement.first} – {statement.last}"),
        (say("Made"), made),
        (say("Opening balance"), _money(statement, statement.opening)),
        (say("Closing balance"), _money(statement, statement.closing)),
        (say("Paid in"), _money(statement, statement.paid_in)),
        (say("Paid out"), _money(statement, statement.paid_out)),
    ]
    cells = [Paragraph(f"{escape(name)}　<b>{escape(value)}</b>", _BODY) for name, value in pairs]
    table = Table([cells[at : at + 2] for at in range(0, len(cells), 2)], colWidths=(90 * mm, 90 * mm))
    table.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def _rows(statement: PaperStatement, say: Say) -> Table:
    heads = ("Business date", "Transfer", "Code", "Reference", "Amount", "Balance")
    rows = [[Paragraph(escape(say(head)), _RIGHT if head in ("Amount", "Balance") else _BODY) for head in heads]]
    for entry in statement.entries:
        sign = "+" if entry.amount > 0 else ""
        rows.append(
            [
                Paragraph(entry.date.isoformat(), _BODY),
                Paragraph(str(entry.transfer), _BODY),
                Paragraph(escape(worded("code", entry.code, say)), _BODY),
                Paragraph(escape(entry.reference or "—"), _BODY),
                Paragraph(sign + _money(statement, entry.amount), _RIGHT),
                Paragraph(_money(statement, entry.balance), _RIGHT),
            ]
        )
    table = Table(rows, colWidths=_WIDTHS, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, _JADE),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, _LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return table


def _money(statement: PaperStatement, amount: int) -> str:
    return money(amount, statement.asset, {statement.asset: statement.scale})
