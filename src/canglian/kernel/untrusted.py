"""JSON that somebody else wrote: requests, answers of services, cursors. What this program wrote, it reads itself."""

import json
import re
from collections import Counter
from collections.abc import Iterator
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


def repeated_names(text: bytes) -> list[tuple[str | int, ...]]:
    """Where names stand that an object in a text has twice, of which readers would take either: steps from its top."""
    try:
        json.loads(text, object_pairs_hook=_once)
    except _Repeated:
        return list(_repeats(json.loads(text, object_pairs_hook=_Pairs)))
    except (ValueError, RecursionError):  # it is no JSON, which its reader says better
        return []
    return []


class _Repeated(Exception):
    """An object has a name twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Repeated
    return made


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written, with all its names."""


def _repeats(value: Any) -> Iterator[tuple[str | int, ...]]:
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        steps, inner = waiting.pop()
        if isinstance(inner, _Pairs):
            times = Counter(name for name, _ in inner)
            yield from ((*steps, name) for name, count in times.items() if count > 1)
            waiting += [((*steps, name), each) for name, each in reversed(inner)]
        elif isinstance(inner, list):
            waiting += [((*steps, position), each) for position, each in reversed(list(enumerate(inner)))]


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
