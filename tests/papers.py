"""Documents on paper, read back: the text on their pages, and the typefaces that they embed.

Where the typefaces were not built the tests are skipped; where ``CI`` is set they fail instead.
"""

import io
import os
from typing import Any

import pypdf
import pytest

from canglian.kernel.errors import Unavailable
from canglian.web.paper import typefaces


def require_typefaces() -> None:
    """Skip a test that makes documents where the typefaces were not built."""
    try:
        typefaces()
    except Unavailable:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("the typefaces of documents were not built: make assets")


def page_texts(document: bytes, only: int | None = None) -> list[str]:
    """The text of each page, or of one."""
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return [page.extract_text() for place, page in enumerate(pages) if only in (None, place)]


def embedded(document: bytes) -> dict[str, bool]:
    """The fonts of a document by their names without the tag of the subset, and whether their glyphs are in it."""
    found: dict[str, bool] = {}
    for page in pypdf.PdfReader(io.BytesIO(document)).pages:
        for reference in _resources(page)["/Font"].values():
            font = reference.get_object()
            descriptor = font.get("/FontDescriptor")
            has_glyphs = descriptor is not None and "/FontFile2" in descriptor.get_object()
            name = str(font["/BaseFont"]).rpartition("+")[2].removeprefix("/")
            found[name] = has_glyphs and found.get(name, True)
    return found


def _resources(page: Any) -> Any:
    return page["/Resources"].get_object()
