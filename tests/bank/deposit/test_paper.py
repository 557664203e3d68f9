"""Statements as PDF: embedded typefaces with rare characters, totals, pages, a seal, and what no typeface has."""

from pathlib import Path

import msgspec
import pytest

from canglian.bank.deposit.statements.gathering import ENTRIES_MAX, PaperStatement
from canglian.bank.deposit.statements.pdf import as_pdf
from canglian.kernel.errors import Unavailable
from canglian.web.paper import Typefaces
from canglian.web.words import translated
from tests.bank.deposit.test_statements import WHOLE, entry, statement
from tests.papers import embedded, page_texts, require_typefaces

CODE = "10AR-0M2G-5P40-1E7N"


@pytest.fixture(autouse=True)
def built() -> None:
    require_typefaces()


def drawn(paper: PaperStatement, language: str = "zh") -> bytes:
    return as_pdf(paper, lambda text: translated(text, language), language)


def vouched(paper: PaperStatement) -> PaperStatement:
    return msgspec.structs.replace(paper, code=CODE, check_url="https://bank.example/m/check")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_font_is_embedded_and_rare_characters_are_text(language: str) -> None:
    rare = msgspec.structs.replace(WHOLE, holder="𠮷野㛃", bank="新城支行·䶮", counterparties={7: "𠮷之岛（新城店）"})
    document = drawn(vouched(rare), language)
    assert embedded(document) == {"NotoSansSC-Regular": True, "NotoSansJP-Regular": True}
    (text,) = page_texts(document)
    for shown in ("𠮷野㛃", "新城支行·䶮", "𠮷之岛（新城店）", CODE, "+¥1,234,567.89", "¥1,234,577.39"):
        assert shown in text
    assert "〓" not in text
    assert ("第 1 页，共 1 页" if language == "zh" else "Page 1 of 1") in text


def test_totals_and_counts_stand_at_the_head_and_every_page_has_its_number() -> None:
    long = statement(*(entry(number, 100 if number % 4 else -50, number) for number in range(200)))
    texts = page_texts(drawn(vouched(long), "en"))
    assert len(texts) > 3
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in text
        assert CODE in text
        assert "Balance" in text, "the heading is repeated"
    assert "Paid in · 150 entries\n¥150.00" in texts[0]
    assert "Paid out · 50 entries\n¥25.00" in texts[0]
    assert "Closing balance\n¥135.00" in texts[0]
    assert sum(text.count("2026-01-05") for text in texts) == 200
    assert "2026-01-01 – 2026-01-31" in texts[-1]


def test_a_statement_without_entries_says_so() -> None:
    (text,) = page_texts(drawn(statement(), "en"))
    assert "No transactions in this period." in text


def test_long_texts_are_broken_and_none_of_them_is_lost() -> None:
    reference = "订单-" + "0123456789" * 6 + " 夜市烧烤第三摊"
    (text,) = page_texts(drawn(statement(entry(7, 1, 1, reference))))
    assert reference.replace(" ", "") in "".join(text.split())


def test_what_no_typeface_has_is_told_and_not_drawn_as_a_box() -> None:
    rare = msgspec.structs.replace(
        statement(entry(7, 1, 1, "\U00031350\uffff"), entry(8, 1, 2, "\U00031350")), holder="\U0002a6a5田"
    )
    (text,) = page_texts(drawn(rare))
    assert "〓田" in text
    assert "U+2A6A5, U+31350, U+FFFF" in text
    assert "U+" not in page_texts(drawn(WHOLE))[0]


def test_the_same_statement_makes_the_same_pdf() -> None:
    assert drawn(vouched(WHOLE)) == drawn(vouched(WHOLE))


def test_a_statement_of_ten_thousand_entries_is_whole_and_small() -> None:
    longest = statement(*(entry(number, 1, number, f"R-{number:05}") for number in range(ENTRIES_MAX)))
    document = drawn(vouched(longest))
    assert len(document) < 2_000_000
    count = document.count(b"/Type /Page\n")
    assert 200 < count < 250
    last = page_texts(document, only=count - 1)[0]
    assert "R-09999" in last
    assert f"第 {count} 页，共 {count} 页" in last


def test_an_installation_without_typefaces_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        Typefaces(tmp_path)
    assert refused.value.code == "document.typefaces_missing"
