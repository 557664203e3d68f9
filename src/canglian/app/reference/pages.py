"""What pages of the reference are made with: their headers, and the templates of this folder."""

import functools
import re
from typing import Any

import jinja2
from markupsafe import Markup, escape

TITLE = "Canglian"
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "public, max-age=300",
}

_SHOWN = re.compile(r"(<pre.*?</pre>)|\n\s+", re.DOTALL)


@functools.cache
def environment() -> jinja2.Environment:
    """The templates."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("canglian.app.reference", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Any = made.filters
    filters.update(code=as_code, typed=as_type)
    return made


def dense(page: str) -> str:
    """A page without the indentation of its templates; what is shown as it is written stays."""
    return _SHOWN.sub(lambda found: found[1] or "\n", page)


def as_type(text: str, names: set[str]) -> Markup:
    """A type in a few words, each name of a schema a link to it."""
    link = Markup('<a href="#schema-{0}">{0}</a>')
    return Markup(" ").join(link.format(word) if word in names else word for word in text.split(" "))


def as_code(text: str) -> Markup:
    """A text whose parts between back-ticks are code."""
    parts = text.replace("``", "`").split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if position % 2 else escape(part) for position, part in enumerate(parts)
    )
