"""How the figures in records of the command log are read, which rooms above know: what is stored stays as it is."""

from collections.abc import Awaitable, Callable
from typing import Any

from canglian.kernel.postgres.reader import Reader

Reading = Callable[[Reader, int, Any, Any], Awaitable[tuple[Any, str | None]]]
"""Reads a payload and a result: the result as it is shown, and the asset of the payload where the room knows it."""

_READINGS: list[Reading] = []


def register_reading(reading: Reading) -> None:
    """Register how a room's figures are read; once."""
    if reading not in _READINGS:
        _READINGS.append(reading)


async def readable(reader: Reader, book: int, payload: Any, result: Any) -> tuple[Any, str | None]:
    """A record's result as it is shown, and the asset of its payload, None where nobody knows it."""
    asset: str | None = None
    for reading in _READINGS:
        result, known = await reading(reader, book, payload, result)
        asset = asset or known
    return result, asset
