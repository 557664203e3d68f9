"""How an entity lies in its table: column names and PostgreSQL types from the struct's own annotations.

The table has the entity's name; its columns are ``book`` and then the struct's fields, in order.
"""

import enum
import types
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from canglian.kernel.entity import Entity

_TYPES: dict[Any, str] = {
    int: "bigint",
    str: "text",
    bool: "boolean",
    bytes: "bytea",
    datetime: "timestamptz",
    date: "date",
    dict: "jsonb",
    list: "jsonb",
    tuple: "jsonb",
}


class Column(msgspec.Struct, frozen=True):
    """One column: its name, its type, whether it may be null, and how a stored value becomes the field's."""

    name: str
    type: str
    nullable: bool
    revive: Callable[[Any], Any] | None


class Shape(msgspec.Struct, frozen=True):
    """An entity's table: its columns, and a maker from a database row to the struct."""

    table: str
    columns: tuple[Column, ...]
    key: tuple[Column, ...]
    make: Callable[[Any], Any]

    @property
    def names(self) -> list[str]:
        """The column names after ``book``, quoted."""
        return [quoted(column.name) for column in self.columns]

    def column(self, name: str) -> Column:
        """One column by its name."""
        return next(column for column in self.columns if column.name == name)


def quoted(name: str) -> str:
    """A column or table name as SQL: quoted, for some are words of SQL (``group``)."""
    return f'"{name}"'


@cache
def shape(entity: type[Entity]) -> Shape:
    """The table of an entity."""
    hints = get_type_hints(entity, include_extras=False)
    columns = tuple(_column(name, hints[name]) for name in entity.__struct_fields__)
    by_name = {column.name: column for column in columns}
    return Shape(entity.__table__, columns, tuple(by_name[name] for name in entity.__key__), _maker(entity, columns))


def _column(name: str, hint: Any) -> Column:
    nullable = False
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, types.UnionType):
        args = [arg for arg in get_args(hint) if arg is not type(None)]
        nullable = len(args) < len(get_args(hint))
        hint = args[0]
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    plain = get_origin(hint) or hint
    if isinstance(plain, type) and issubclass(plain, enum.StrEnum):
        return Column(name, "text", nullable, plain)
    if isinstance(plain, type) and issubclass(plain, enum.IntEnum):
        return Column(name, "bigint", nullable, plain)
    if plain in (list, tuple) or (isinstance(plain, type) and issubclass(plain, msgspec.Struct)):
        return Column(name, "jsonb", nullable, lambda value, as_type=hint: msgspec.convert(value, as_type))
    return Column(name, _TYPES[plain], nullable, None)


def _maker(entity: type[Entity], columns: tuple[Column, ...]) -> Callable[[Any], Any]:
    revived = [(position, column.revive) for position, column in enumerate(columns) if column.revive is not None]
    if not revived:
        return lambda row: entity(*row)

    def make(row: Any) -> Any:
        values = list(row)
        for position, revive in revived:
            if values[position] is not None:
                values[position] = revive(values[position])
        return entity(*values)

    return make
