"""The audit chain: every batch carries a hash over its commands, events and transfers and the previous hash.

A link is ``SHA-256(previous ‖ header ‖ rows)``. The header is the batch's number, time, business date and range
of commands as MessagePack; the rows are those of every audited record type, in the order in which the types are
declared and of their numbers, in the binary form of ``kernel.encoding``. So whoever has the rows can compute the
chain again.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from canglian.kernel.records import Batch

GENESIS = bytes(32)
"""The hash before the first batch."""


def link(previous: bytes, batch: Batch, rows: Iterable[bytes]) -> bytes:
    """The next hash. ``rows`` has the encoded rows of each audited record type that the batch wrote."""
    digest = hashlib.sha256(previous)
    digest.update(msgspec.msgpack.encode(_header(batch)))
    for table in rows:
        digest.update(table)
    return digest.digest()


def _header(batch: Batch) -> tuple[Any, ...]:
    """What of a batch's own row goes into its hash."""
    return (batch.number, batch.at, batch.today.isoformat(), batch.first_command, batch.last_command)
