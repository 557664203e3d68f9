"""The audit chain: every batch carries a hash over its commands, events and transfers and the previous hash.

A link is ``SHA-256(previous ‖ header ‖ rows)``. The header is the batch's number, time, business date and range
of commands; the rows are those of every audited record, in the order of declaration and of their numbers. All of it
is encoded as MessagePack with sorted keys, so that whoever has the rows can compute the chain again.
"""

import hashlib
from typing import Any

import msgspec

from canglian.kernel.entity import Record
from canglian.kernel.records import Batch

GENESIS = bytes(32)
"""The hash before the first batch."""

_encoder = msgspec.msgpack.Encoder(order="deterministic")


def link(previous: bytes, header: tuple[Any, ...], rows: list[list[tuple[Any, ...]]]) -> bytes:
    """The next hash. ``rows`` has one list of row tuples for each audited record type."""
    digest = hashlib.sha256(previous)
    digest.update(_encoder.encode(header))
    for table in rows:
        digest.update(_encoder.encode(table))
    return digest.digest()


def header(batch: Batch) -> tuple[Any, ...]:
    """What of a batch's own row goes into its hash."""
    return (batch.number, batch.at, batch.today.isoformat(), batch.first_command, batch.last_command)


def tuples(records: list[Record]) -> list[tuple[Any, ...]]:
    """The rows of some records, as they are hashed and copied."""
    return [msgspec.structs.astuple(record) for record in records]
