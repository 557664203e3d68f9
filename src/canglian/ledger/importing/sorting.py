"""Movements in the order of their dates, with bounded memory: sorted runs on disk, merged."""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from canglian.ledger.importing.parsing import Movement

RUN = 100_000
"""How many movements are sorted in memory at a time."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Movement)


def sorted_by_date(movements: Iterable[Movement], *, newest_first: bool) -> Iterator[Movement]:
    """The movements by date; within a date in the order of the file, turned round if that has the newest first."""

    def key(movement: Movement) -> tuple[Any, int]:
        return movement.at, -movement.line if newest_first else movement.line

    runs: list[Iterator[Movement]] = []
    held: list[Movement] = []
    for movement in movements:
        held.append(movement)
        if len(held) == RUN:
            runs.append(_spilled(sorted(held, key=key)))
            held = []
    return heapq.merge(*runs, iter(sorted(held, key=key)), key=key)


def _spilled(movements: list[Movement]) -> Iterator[Movement]:
    file = tempfile.TemporaryFile(prefix="canglian-import-")  # noqa: SIM115 - it lives as long as the iterator
    for movement in movements:
        data = _encoder.encode(movement)
        file.write(len(data).to_bytes(4, "big") + data)
    file.seek(0)
    return _read(file)


def _read(file: Any) -> Iterator[Movement]:
    with file:
        while size := file.read(4):
            yield _decoder.decode(file.read(int.from_bytes(size, "big")))
