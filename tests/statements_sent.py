"""Every statement that the product sends to PostgreSQL while a test runs is looked at, however it was put together.

At the end of the test that first sent it, a statement must bind each of its tables to the book by itself
(``tests/statement_shapes.py``). What tests send themselves is theirs; a migration changes all books at once.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from asyncpg import introspection
from sqlglot.errors import SqlglotError

from tests.kernel.entities import HOUSE_ENTITIES
from tests.statement_shapes import unbound

PRODUCT = str(Path(__file__).parents[1] / "src" / "canglian")
READER = str(Path(PRODUCT) / "kernel" / "postgres" / "reader.py")
MIGRATING = str(Path(PRODUCT) / "kernel" / "postgres" / "migrate.py")
DRIVER = str(Path(asyncpg.__file__).parent)

TABLES = ["book", *(entity.__table__ for entity in HOUSE_ENTITIES)]

sent: set[str] = set()
"""What the product has sent."""

_OF_THE_DRIVER = {text for text in vars(introspection).values() if isinstance(text, str)}
"""What the driver asks by itself, of the catalogue."""

_checked: set[str] = set()


@pytest.fixture(scope="session", autouse=True)
def statements_sent() -> Iterator[set[str]]:
    """What the product has sent so far; it is collected where the driver prepares a statement."""
    execute = asyncpg.Connection._do_execute  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]

    async def collecting(self: Any, query: str, *arguments: Any, **more: Any) -> Any:
        if query not in sent and query not in _OF_THE_DRIVER and _is_of_the_product():
            sent.add(query)
        return await execute(self, query, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg.Connection, "_do_execute", collecting)
        yield sent


def _is_of_the_product() -> bool:
    """Whether it was the product that put the statement together, and not a test."""
    frame = inspect.currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(DRIVER) and file not in (READER, __file__):
            return file.startswith(PRODUCT) and file != MIGRATING
        frame = frame.f_back
    return False


@pytest.fixture(autouse=True)
def every_statement_is_bound(statements_sent: set[str]) -> Iterator[None]:
    """Fails the test that first made the product send a statement whose tables are not each bound to the book."""
    yield
    new = statements_sent - _checked
    _checked.update(new)
    faults = {sql: fault for sql in sorted(new) if (fault := _fault(sql))}
    assert not faults, faults


def _fault(sql: str) -> list[str]:
    try:
        return unbound(sql, TABLES)
    except SqlglotError as unreadable:
        return [str(unreadable)]
