"""What is sealed with an older encryption key than the newest."""

from collections.abc import AsyncGenerator
from typing import Any

from canglian.kernel.crypto import Keyring
from canglian.kernel.entity import ENTITIES, Entity
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import quoted, shape

PAGE_ROWS = 500


async def left(reader: Reader, keyring: Keyring, book: int) -> int:
    """How many things still have a field that is sealed with an older key."""
    counts = [
        await reader.value(
            f"SELECT count(*) FROM {quoted(kind.__table__)} WHERE book = $1 AND ({_older(kind)})", book, keyring.prefix
        )
        for kind in sealing()
    ]
    return sum(counts)


def sealing() -> list[type[Entity]]:
    """Every kind that has sealed fields."""
    return [kind for kind in ENTITIES.values() if kind.__sealed__]


def _older(kind: type[Entity]) -> str:
    return " OR ".join(f"NOT starts_with({quoted(name)}, $2)" for name in kind.__sealed__)


async def stale(reader: Reader, keyring: Keyring, book: int, kind: type[Entity]) -> AsyncGenerator[list[Any]]:
    """What is sealed with an older key, in the order of the ids, a page at a time."""
    form = shape(kind)
    keys = ", ".join(quoted(column.name) for column in form.key)
    places = ", ".join(f"${position}::{column.type}" for position, column in enumerate(form.key, start=3))
    select = f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1 AND ({_older(kind)})"
    order = f"ORDER BY {keys} LIMIT {PAGE_ROWS}"
    page = await reader.rows(f"{select} {order}", book, keyring.prefix)
    while page:
        yield [form.make(row) for row in page]
        last = [page[-1][column.name] for column in form.key]
        page = await reader.rows(f"{select} AND ({keys}) > ({places}) {order}", book, keyring.prefix, *last)
