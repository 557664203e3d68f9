"""Words in the reader's language: gettext catalogues through Babel, whose message ids are the English texts.

``locale/<language>/LC_MESSAGES/messages.po`` is the source; the ``.mo`` beside it is built with the assets. Where
there is none (a fresh checkout), the ``.po`` is read instead.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
_FOLDERS = {"zh": "zh_CN", "en": "en"}


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of a language."""
    folder = resources.files("canglian.web") / "locale" / _FOLDERS.get(language, "en") / "LC_MESSAGES"
    built, source = folder / "messages.mo", folder / "messages.po"
    if built.is_file():
        return GNUTranslations(io.BytesIO(built.read_bytes()))
    if not source.is_file():
        return NullTranslations()
    out = io.BytesIO()
    write_mo(out, read_po(io.BytesIO(source.read_bytes())))
    out.seek(0)
    return GNUTranslations(out)


def translated(text: str, language: str) -> str:
    """A text in a language; the text itself where there is no translation."""
    return catalogue(language).gettext(text) if text else text


def preferred(accepted: str | None, default: str = DEFAULT) -> str:
    """The best of our languages for an ``Accept-Language`` header."""
    for part in (accepted or "").split(","):
        language = part.partition(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return default
