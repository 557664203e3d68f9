"""JSON that somebody else wrote: requests, answers of services, cursors. What this program wrote, it reads itself."""

from functools import cache
from typing import Any

import msgspec


def read_json(text: bytes, kind: Any = Any) -> Any:
    """A text as a type. Raises msgspec.DecodeError, also for what is nested too deeply to be read."""
    try:
        return _decoder(kind).decode(text)
    except RecursionError:
        raise msgspec.DecodeError("it is nested too deeply") from None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
