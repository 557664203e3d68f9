"""Every SQL statement and every table keeps to the shapes that a distributed PostgreSQL runs unchanged."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from canglian.app.rooms import packages
from canglian.kernel.entity import Entity
from canglian.kernel.postgres import migrate, writing
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writer import STATE
from tests.kernel.entities import HOUSE_ENTITIES
from tests.statement_shapes import unbound

SOURCE = Path(__file__).parents[2] / "src" / "canglian"
TABLES = ["book", *(entity.__table__ for entity in HOUSE_ENTITIES)]

_STATEMENT = re.compile(r"^\s*(WITH|SELECT|UPDATE|DELETE|INSERT|COPY|LOCK|CREATE|ALTER)\s")
_TABLE = re.compile(rf'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?({"|".join(TABLES)})"?\b')

WITHOUT_BOOK = {
    "kernel/auditing/queries.py": "asks the catalogue which tables there are",
    "kernel/postgres/distribute.py": "spreads the tables",
    "kernel/postgres/embedded/server.py": "creates the database",
    "kernel/postgres/migrate.py": "keeps the list of migrations, which belongs to no book",
    "kernel/postgres/small.py": "puts a batch together: the book's row by its number, new rows with it as first value",
    "kernel/postgres/store.py": "asks for extensions, and founds a book by its number",
    "kernel/postgres/writing.py": "makes a temporary table",
    "kernel/queries/paging.py": "puts a list together from a condition that begins with the book",
    "ledger/queries/balances.py": "picks from two halves that each name the book",
}
"""Files with a statement that names no book, and why."""


def statements(module: Path) -> list[str]:
    """The SQL texts of a module; what is put in at run time stands in braces."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    inside = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in ast.walk(n) if v is not n}
    texts = [_text(n) for n in ast.walk(tree) if id(n) not in inside]
    return [text for text in texts if text is not None and _STATEMENT.match(text)]


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(v.value) if isinstance(v, ast.Constant) else "{" + ast.unparse(v.value) + "}"  # pyright: ignore[reportAttributeAccessIssue]
            for v in node.values
        )
    return None


def _modules() -> list[Path]:
    return [m for m in sorted(SOURCE.rglob("*.py")) if "bench" not in m.parts and statements(m)]


def test_there_are_statements_to_look_at() -> None:
    assert len([text for module in _modules() for text in statements(module)]) > 40


@pytest.mark.parametrize("module", _modules(), ids=lambda m: str(m.relative_to(SOURCE)))
def test_every_statement_names_its_book(module: Path) -> None:
    without = [text for text in statements(module) if "book = $1" not in text]
    assert not without or str(module.relative_to(SOURCE)) in WITHOUT_BOOK, without


@pytest.mark.parametrize("module", _modules(), ids=lambda m: str(m.relative_to(SOURCE)))
def test_every_table_of_a_statement_is_bound_to_the_book(module: Path) -> None:
    for text in statements(module):
        touched = [table for table in _TABLE.findall(text) if not re.search(rf"\bWITH\b.*\b{table} AS", text, re.S)]
        bound = len(re.findall(r"\bbook\b(?! =\s*\{)", text))
        assert bound >= len(touched), text


@pytest.mark.parametrize("module", _modules(), ids=lambda m: str(m.relative_to(SOURCE)))
def test_no_statement_is_of_a_shape_that_is_not_spread(module: Path) -> None:
    for text in statements(module):
        assert not re.search(r"\b(LISTEN|NOTIFY|TRIGGER|PROCEDURE|LOCK TABLE|SELECT \*|TRUNCATE)\b", text), text


@pytest.mark.parametrize("entity", HOUSE_ENTITIES, ids=lambda e: e.__table__)
def test_generated_statements_name_the_book(entity: type[Entity]) -> None:
    generated = [writing.load_sql(entity), *(writing.find_sql(entity, index) for index in entity.__indexes__)]
    if not entity.__append_only__:
        generated += [writing.update_sql(entity), writing.staged_update_sql(entity)]
    assert all("book = $1" in sql for sql in generated)
    assert "book = $1" in STATE


@pytest.mark.parametrize("migration", migrate.discover(packages()), ids=lambda m: m.name)
def test_a_migration_makes_only_what_can_be_spread(migration: migrate.Migration) -> None:
    words = re.sub(r"--.*", "", migration.sql)
    logic = "TRIGGER|FUNCTION|PROCEDURE|REFERENCES|CREATE (OR REPLACE )?RULE|VIEW"
    assert not re.search(rf"\b({logic}|CREATE SEQUENCE|BIGSERIAL|SERIAL|IDENTITY)\b", words, re.I)
    for name, body in re.findall(r"CREATE TABLE (\S+) \((.*?)\n\)", words, re.S):
        assert re.search(r"PRIMARY KEY \(book\b|book\s+integer PRIMARY KEY", body), name
    for columns in re.findall(r"CREATE UNIQUE INDEX \S+ ON \S+ \((.*?)\)", words):
        assert columns.startswith("book,"), columns


_PASSED_ON = re.compile(
    r'(ADD COLUMN "?\w+"? [a-z]+(\[\])?( NOT NULL)?( DEFAULT (\d+|true|false|\'[^\']*\'))?'
    r'|ALTER COLUMN "?\w+"? ((SET|DROP) NOT NULL|DROP DEFAULT)|SET \(fillfactor = \d+\))(, (?=ADD|ALTER)|$)'
)
"""What Citus passes on to the nodes of a table that is distributed already; no check, key or reference with it."""


def unpassed(migrations: Iterable[migrate.Migration]) -> list[str]:
    """The statements that change an existing table in a way that is not known to work once it is distributed."""
    found: list[str] = []
    for migration in migrations:
        created = {match[1] for text in migration.statements if (match := re.match(r"CREATE TABLE (\w+)", text))}
        for text in migration.statements:
            change = re.match(r'ALTER TABLE "?(\w+)"? (.*)', " ".join(text.split()))
            if change is None or change[1] in created:
                continue
            if _PASSED_ON.sub("", change[2]):
                found.append(text)
    return found


def test_migrations_change_tables_only_in_ways_that_a_distributed_database_passes_on() -> None:
    assert unpassed(migrate.discover(packages())) == []


@pytest.mark.parametrize(
    "change",
    [
        "ADD COLUMN a bigint NOT NULL DEFAULT 0 CHECK (a > 0)",
        "ADD COLUMN a bigint, ADD CONSTRAINT c CHECK (a > 0)",
        "ALTER COLUMN a SET STORAGE EXTERNAL",
        "ADD COLUMN a text DEFAULT random()::text",
        "RENAME TO other",
    ],
)
def test_other_changes_of_tables_are_found(change: str) -> None:
    sql = f"CREATE TABLE new (book integer); ALTER TABLE new {change}; ALTER TABLE hold {change};"
    assert unpassed([migrate.Migration("x/0002_x.sql", sql)]) == [f"ALTER TABLE hold {change}"]


BOUND = [
    "SELECT a.id FROM transfer a LEFT JOIN balance b ON b.book = $1 AND b.account = a.debit WHERE a.book = $1",
    "SELECT (SELECT r.id FROM reversal r WHERE r.book = $1) FROM transfer t WHERE t.book = $1::int",
    'UPDATE "balance" AS t SET held = s.held FROM unnest($2::bigint[]) AS s(held) WHERE t.book = $1',
    "INSERT INTO event (book, number) SELECT $1, s.number FROM unnest($2::bigint[]) AS s(number)",
    "WITH moved AS (UPDATE book SET today = $2 WHERE book = $1 RETURNING 1) SELECT EXISTS (SELECT FROM moved)",
]
UNBOUND = {
    "SELECT (SELECT r.id FROM reversal r WHERE r.book = t.book) FROM transfer t WHERE t.book = $1": ["reversal r"],
    "SELECT 1 FROM account a JOIN balance b ON b.book = a.book AND b.account = a.id WHERE a.book = $1": ["balance b"],
    "SELECT 1 FROM account a LEFT JOIN balance b ON a.book = $1 AND b.book = $1": ["account a"],
    "SELECT 1 FROM account WHERE book = $1 OR id = 2": ["account"],
    "SELECT 1 FROM account WHERE book = $2": ["account"],
    "(SELECT 1 FROM account WHERE book = $1) UNION ALL (SELECT 1 FROM hold WHERE id = $1)": ["hold"],
    "SELECT 1 FROM account WHERE book = $1 AND EXISTS (SELECT FROM hold h WHERE h.account = id)": ["hold h"],
    "INSERT INTO event (book, number) VALUES ($1, 1), (2, 1)": ["event"],
    "DELETE FROM event WHERE number = $1": ["event"],
}


@pytest.mark.parametrize("sql", BOUND)
def test_a_statement_that_binds_each_table_to_the_book_is_let_through(sql: str) -> None:
    assert unbound(sql, [*TABLES, "account"]) == []


@pytest.mark.parametrize(("sql", "tables"), UNBOUND.items())
def test_a_table_that_is_not_bound_by_itself_is_found_wherever_it_stands(sql: str, tables: list[str]) -> None:
    assert unbound(sql, [*TABLES, "account"]) == tables


async def test_statements_of_the_product_are_collected_and_those_of_tests_are_not(
    statements_sent: set[str], database: str
) -> None:
    store = await PostgresStore.open(database)
    try:
        await store.known(1, ["a"])
        assert any("FROM command WHERE book = $1 AND key IN" in sql for sql in statements_sent)
        await store.pool.fetch("SELECT number FROM command WHERE 2 = $1", 2)
        assert "SELECT number FROM command WHERE 2 = $1" not in statements_sent
    finally:
        await store.close()
