"""What a statement binds to its book: read with a parser, into subqueries, joins, unions and ``WITH``.

A distributed PostgreSQL asks one shard only where every table of a statement is bound to the book by itself. A
condition that says ``r.book = t.book`` in a subquery leaves it to guess, and it asks all of them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlglot import exp, parse_one

Query = exp.Select | exp.Update | exp.Delete


def unbound(sql: str, tables: Iterable[str]) -> list[str]:
    """The tables, each with its alias, that a statement does not bind to ``$1`` by themselves."""
    tree = parse_one(sql, dialect="postgres")
    known = set(tables)
    missing = [_called(table) for table in tree.find_all(exp.Table) if table.name in known and not _is_bound(table)]
    return sorted(missing)


def _is_bound(table: exp.Table) -> bool:
    if _is_with(table):
        return True
    query = table.find_ancestor(exp.Insert, exp.Select, exp.Update, exp.Delete)
    if isinstance(query, exp.Insert):
        return _inserts_the_book(query)
    assert isinstance(query, Query), table.sql()
    return any(_binds(condition, table, query) for condition in _conditions(query, table))


def _is_with(table: exp.Table) -> bool:
    """Whether the name is one of a ``WITH`` around it."""
    above: Any = table.parent
    while above is not None:
        clause = above.args.get("with_") or above.args.get("with")
        if clause is not None and any(part.alias == table.name for part in clause.expressions):
            return True
        above = above.parent
    return False


def _inserts_the_book(insertion: exp.Insert) -> bool:
    """Whether the first column is the book, and each row has ``$1`` in it."""
    columns = insertion.this.expressions if isinstance(insertion.this, exp.Schema) else []
    if not columns or columns[0].name != "book":
        return False
    rows = insertion.expression
    if isinstance(rows, exp.Values):
        return all(_is_first_parameter(row.expressions[0]) for row in rows.expressions)
    return isinstance(rows, exp.Select) and _is_first_parameter(rows.expressions[0])


def _conditions(query: Query, table: exp.Table) -> Iterator[Any]:
    """What must hold for each row of a table: the parts of ``WHERE`` and of joins, taken apart at each ``AND``.

    An outer join's condition binds only the table that it brings.
    """
    where = query.args.get("where")
    wholes = [] if where is None else [where.this]
    wholes += [
        join.args["on"]
        for join in query.args.get("joins") or ()
        if join.args.get("on") is not None and (not join.side or join.this is table)
    ]
    for whole in wholes:
        yield from whole.flatten() if isinstance(whole, exp.And) else [whole]


def _binds(condition: Any, table: exp.Table, query: Query) -> bool:
    while isinstance(condition, exp.Paren):
        condition = condition.this
    if not isinstance(condition, exp.EQ):
        return False
    for column, value in ((condition.this, condition.expression), (condition.expression, condition.this)):
        if isinstance(column, exp.Column) and column.name == "book" and _is_first_parameter(value):
            return column.table == table.alias_or_name or (not column.table and _is_alone(query))
    return False


def _is_alone(query: Query) -> bool:
    """Whether a name without a table can only mean the one table there is."""
    return not query.args.get("joins") and (not isinstance(query, exp.Update) or not query.args.get("from_"))


def _is_first_parameter(value: Any) -> bool:
    while isinstance(value, exp.Cast | exp.Alias):
        value = value.this
    return isinstance(value, exp.Parameter) and value.this.name == "1"


def _called(table: exp.Table) -> str:
    return f"{table.name} {table.alias}".strip()
