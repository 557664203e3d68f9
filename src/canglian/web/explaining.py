"""What the reader of types says, in plain words: for forms, and for who reads problem details in another language.

The type reader speaks English and of types (``Expected `int` <= 200``). A program decides by ``code`` and ``field``; a
person reads these words.
"""

import re

from canglian.kernel.errors import CODES, declare, render
from canglian.web.words import DEFAULT, translated

declare(
    {
        "form.missing": "Something is needed here.",
        "form.number": "Write a whole number here.",
        "form.least": "The least here is {bound}.",
        "form.most": "The most here is {bound}.",
        "form.short": "The least number of characters here is {bound}.",
        "form.long": "The greatest number of characters here is {bound}.",
        "form.pattern": "This is not written as it has to be; see the note at the field.",
        "form.choice": "Choose one of the list.",
        "form.choices": "Choose one of these: {choices}.",
        "form.date": "Write a date like 2026-01-31.",
        "form.time": "Write a time like 2026-01-31 09:30.",
        "form.instant": "Write an instant like 2026-01-31T09:30:00Z, with its zone.",
        "form.few": "The least number of entries here is {bound}.",
        "form.many": "The greatest number of entries here is {bound}.",
        "form.twice": "{name} stands here twice.",
        "form.unknown": "There is no {name} here.",
        "form.type": "This should be {expected}, not {got}.",
        "form.json": "This is not JSON.",
        "form.surrogate": "A character here is only half of one: a surrogate stands alone.",
    }
)

_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"missing required field `(?P<field>\w+)`"), "form.missing"),
    (re.compile(r"`(?:array|object)` of length >= (?P<bound>\d+)"), "form.few"),
    (re.compile(r"`(?:array|object)` of length <= (?P<bound>\d+)"), "form.many"),
    (re.compile(r"`str` of length >= (?P<bound>\d+)"), "form.short"),
    (re.compile(r"`str` of length <= (?P<bound>\d+)"), "form.long"),
    (re.compile(r"`int` >= (?P<bound>-?\d+)"), "form.least"),
    (re.compile(r"`int` <= (?P<bound>-?\d+)"), "form.most"),
    (re.compile(r"matching regex"), "form.pattern"),
    (re.compile(r"enum value.*: it is one of (?P<choices>.+)"), "form.choices"),
    (re.compile(r"enum value"), "form.choice"),
    (re.compile(r"encoded datetime|`datetime"), "form.instant"),
    (re.compile(r"encoded date|`date"), "form.date"),
    (re.compile(r"`(?P<name>.*)` stands here twice", re.DOTALL), "form.twice"),
    (re.compile(r"contains unknown field `(?P<name>[^`]*)`"), "form.unknown"),
    (re.compile(r"there is no such parameter here \((?P<name>[^)]*)\)"), "form.unknown"),
    (re.compile(r"a surrogate stands alone"), "form.surrogate"),
    (re.compile(r"JSON is malformed|Input data was truncated|a JSON body is needed"), "form.json"),
    (re.compile(r"Expected `(?P<expected>[^`]*)`, got `(?P<got>[^`]*)`"), "form.type"),
    (re.compile(r"Expected `int"), "form.number"),
)
"""What the type reader reports, and the code of our text for it; the first that matches."""


TYPES = ("int", "float", "str", "bool", "array", "object", "null", "date", "datetime")
"""Types that sentences name, by the message ids ``type.…``."""


def explain(message: str) -> tuple[str, dict[str, str]] | None:
    """The code and fields of our text for a message of the type reader; None where there is none."""
    for pattern, code in _PLAIN:
        if found := pattern.search(message):
            return code, found.groupdict()
    return None


def sentence(message: str, language: str) -> tuple[str, str, dict[str, str]]:
    """A message of the type reader in plain words, with the code and the fields of our text for it."""
    explained = explain(message)
    if explained is None:
        return "form.pattern", message.replace("`", ""), {}
    code, fields = explained
    if code == "form.type":
        fields = {name: _types(types, language) for name, types in fields.items()}
    return code, render(code, fields, translated(CODES[code], language)), fields


def in_words(message: str, field: str, language: str) -> str:
    """The message in the reader's language, with the field that it is about; what names no type is English already."""
    if language != DEFAULT and "`" not in message:
        return message
    if explain(message) is None:
        return message.replace("`", "")
    _, text, fields = sentence(message, language)
    text = text.rstrip("。.")
    where = field or fields.get("field")
    return f"{text} ({where})" if where else text


def _types(types: str, language: str) -> str:
    """``int | null`` in words."""
    kinds = [kind for kind in types.split(" | ") if kind != "null"] or ["null"]
    return " / ".join(translated(f"type.{kind}", language) if kind in TYPES else kind for kind in kinds)
