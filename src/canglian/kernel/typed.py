"""Numbers, codes and names as people type, paste or scan them, in the one form in which they are kept and compared.

Every face and every file brings a text to that form here, to register and to search alike. Full-width and decomposed
characters become plain ones, and what stands between the digits of a number or cannot be seen is left out. What is
right about a number is checked where its standard is known.
"""

import re
import unicodedata

_MINUS = "\u2212"
_OLD_DOTS = "\u2022\u30fb\u2027"
"""What names were kept with where keyboards gave no ``·``, commonest first."""

_DOTS = re.compile(f"[{_OLD_DOTS}\u2219\u22c5\u2024\u25cf\uff65]")
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_DOT_IN_NAME = re.compile(f"(?<=[{_HAN}])[{_OLD_DOTS}\u2219\u22c5\u2024\u25cf\uff65.\uff0e](?=[{_HAN}])")
_HANZI = re.compile("[\u4e00-\u9fff]+")
"""What most names are, and what has one form alone."""

_BEFORE_MOBILE = re.compile(r"(?:\+?86|0086)(?=1[3-9][0-9]{9}\Z)")
_AROUND_MOBILE = str.maketrans("", "", "().")
_WIDE_BRACKETS = str.maketrans("()", "（）")


def typed_number(text: str) -> str:
    """A number or code in capitals, without spaces, dashes and invisible marks: ``123-456`` is 123456."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return "".join([c for c in unicodedata.normalize("NFKC", text) if not _is_between(c)]).upper()


def typed_document(text: str) -> str:
    """The number of a paper, in which a dash may belong to it: every sort of dash is ``-``."""
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = unicodedata.normalize("NFKC", text)
    return "".join(["-" if is_dash(c) else c for c in plain if is_dash(c) or not _is_between(c)]).upper()


def typed_mobile(text: str) -> str:
    """A mobile number of the mainland: also without ``+86``, ``0086``, ``86`` and brackets."""
    if len(text) == 11 and text.isascii() and text.isdecimal():
        return text
    return _BEFORE_MOBILE.sub("", typed_number(text).translate(_AROUND_MOBILE), count=1)


def typed_id(text: str) -> str:
    """An id or another text that is looked for as a whole: no invisible marks, plain characters, small letters."""
    return _visible(unicodedata.normalize("NFKC", text)).strip().lower()


def typed_text(text: str) -> str:
    """A text as it is kept: composed characters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def typed_name(text: str) -> str:
    """A name as it is kept: as ``typed_text``, with the ``·`` of the standards between Chinese characters."""
    return text if _HANZI.fullmatch(text) else _DOT_IN_NAME.sub("·", typed_text(text))


def compared_name(text: str) -> str:
    """A name as it is compared: full-width and compatible characters are plain ones, every middle dot is ``·``."""
    if _HANZI.fullmatch(text):
        return text
    name = typed_name(text)
    return name if name.isascii() else _DOTS.sub("·", _visible(unicodedata.normalize("NFKC", name)))


def name_spellings(text: str) -> list[str]:
    """Under what a name may be kept that was searched for: its one form, and those of names kept as they were typed."""
    name = compared_name(text)
    wide = name.translate(_WIDE_BRACKETS)
    dotted = [name.replace("·", dot) for dot in _OLD_DOTS]
    return list(dict.fromkeys([name, " ".join(text.split()), wide, *dotted]))


def is_dash(character: str) -> bool:
    """Whether a character is a dash of any sort, or a minus."""
    return unicodedata.category(character) == "Pd" or character == _MINUS


def _visible(text: str) -> str:
    return text if text.isprintable() else "".join([c for c in text if unicodedata.category(c) != "Cf"])


def _is_between(character: str) -> bool:
    return character.isspace() or is_dash(character) or unicodedata.category(character) == "Cf"
