"""Connections to PostgreSQL: JSON as msgspec reads it, and settings under which a lost process blocks nobody."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(order="deterministic").encode

WRITER_SETTINGS = {
    "application_name": "canglian",
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "20s",
    "statement_timeout": "120s",
    "timezone": "UTC",
    "jit": "off",
}
"""A process that hangs inside a transaction loses the book's row after ten seconds."""

STATEMENTS_MAX = 500
"""How many statements a connection keeps prepared. Pages and operations have several hundred; one that was dropped is
parsed and planned again, which takes as long as it runs."""


async def prepare(connection: Any) -> None:
    """Set one connection up: ``jsonb`` in and out as Python values."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=_to_jsonb,
        decoder=_from_jsonb,
    )


class Json:
    """A value of a ``jsonb`` array: the driver would take a list inside a list for a second dimension."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _to_jsonb(value: Any) -> bytes:
    return b"\x01" + _encode(value.value if isinstance(value, Json) else value)


def _from_jsonb(data: bytes) -> Any:
    return _decode(data[1:])


async def _keep(_connection: Any) -> None:
    """Nothing to reset: connections of this pool keep no session state between uses."""


async def open_pool(
    url: str, *, most: int = 10, least: int = 1, settings: Mapping[str, str] | None = None
) -> asyncpg.Pool:
    """A pool on ``url`` whose connections are prepared."""
    return await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=most,
        init=prepare,
        reset=_keep,
        server_settings={**WRITER_SETTINGS, **(settings or {})},
        command_timeout=120,
        statement_cache_size=STATEMENTS_MAX,
        timeout=10,
    )
