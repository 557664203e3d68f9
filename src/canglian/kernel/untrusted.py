"""JSON that somebody else wrote: requests, answers of services, cursors. What this program wrote, it reads itself."""

import json
import re
from functools import cache
from typing import Any

import msgspec

_LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""An escape that stands for half a character, without the other half beside it."""


def read_json(text: bytes, kind: Any = Any) -> Any:
    """A text as a type. Raises msgspec.DecodeError, also for what is nested too deeply to be read."""
    try:
        return _decoder(kind).decode(text)
    except RecursionError:
        raise msgspec.DecodeError("it is nested too deeply") from None
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        if _LONE.search(text) is None:
            raise
        raise msgspec.DecodeError("a character is half of one: a surrogate stands alone") from None


def repeated_name(text: bytes) -> str | None:
    """A name that an object in a text has twice, of which readers would take either; None where there is none."""
    try:
        json.loads(text, object_pairs_hook=_once)
    except _Repeated as found:
        return found.name
    except (ValueError, RecursionError):  # it is no JSON, which its reader says better
        return None
    return None


class _Repeated(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        raise _Repeated(next(name for name, _ in pairs if name in seen or seen.add(name)))
    return made


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
