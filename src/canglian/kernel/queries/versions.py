"""Figures by version as they are stored."""

from typing import TypeVar

from canglian.kernel.entity import Entity
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import quoted, shape

E = TypeVar("E", bound=Entity)

VERSIONS_MAX = 1000


async def versions(reader: Reader, book: int, kind: type[E], code: str | None = None) -> list[E]:
    """All versions of a kind, or of one code: by code where there are several, the latest first."""
    form = shape(kind)
    columns = [column for column in kind.__key__ if column not in ("code", "effective_from")]
    order = ["code"] if "code" in kind.__key__ else ["effective_from DESC"]
    order += [f"{column} DESC" for column in columns]
    where, arguments = ("", []) if code is None else (" AND code = $2", [code])
    sql = (
        f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1{where} "
        f"ORDER BY {', '.join(order)} LIMIT {VERSIONS_MAX}"
    )
    return [form.make(row) for row in await reader.rows(sql, book, *arguments)]
