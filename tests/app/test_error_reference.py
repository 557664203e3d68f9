"""The page of error codes is complete and up to date."""

from pathlib import Path

from canglian.app.error_reference import codes, page
from canglian.kernel.errors import CODES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"


def test_the_page_of_error_codes_is_what_the_source_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m canglian.app.error_reference > docs/reference/…"


def test_every_declared_code_stands_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert CODES
    assert not [code for code in CODES if f"| `{code}` |" not in text and not code.startswith("box.")]


def test_a_code_has_the_status_of_the_class_that_is_raised() -> None:
    found = codes()
    assert found["transfer.insufficient_funds"].statuses == {"422"}
    assert found["idempotency.key_reused"].statuses == {"409"}
    assert found["engine.busy"].statuses == {"429"}
    assert found["account.not_found"].statuses == {"404", "422"}
