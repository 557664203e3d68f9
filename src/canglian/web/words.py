"""Words in the reader's language: gettext catalogues through Babel, whose message ids are the English texts.

``locale/<language>/LC_MESSAGES/messages.po`` is what translators write and what is read, once, when it is first asked
for: there is no compiled file that could be older than its source.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
LANGUAGE = "en"
"""What programs are answered in that accept no language that we know."""
FOLDERS = {"zh": "zh_CN", "en": "en"}


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of a language."""
    source = resources.files("canglian.web") / "locale" / FOLDERS[language] / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes())))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translated(text: str, language: str) -> str:
    """A text in a language; the text itself where there is no translation."""
    return catalogue(language).gettext(text) if text else text


@cache
def family(of: str, language: str) -> dict[str, str]:
    """The words of a family with their translations: those of ``event`` have the ids ``event.…``."""
    known: dict[str, str] = getattr(catalogue(language), "_catalog", {})
    return {
        text.removeprefix(f"{of}."): translation for text, translation in known.items() if text.startswith(f"{of}.")
    }


def preferred(accepted: str | None, default: str = DEFAULT) -> str:
    """The best of our languages for an ``Accept-Language`` header."""
    ranked = sorted(((-_weight(part), part.strip().lower()[:2]) for part in (accepted or "").split(",")), key=_first)
    return next((language for weight, language in ranked if language in LANGUAGES and weight < 0), default)


def _first(ranked: tuple[float, str]) -> float:
    return ranked[0]


def _weight(part: str) -> float:
    """The quality of one language of the header, 1 where none is given."""
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
