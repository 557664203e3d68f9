"""Entities: the current state of one thing, as a frozen struct that knows its table and key.

A subclass names its table, its key and the indexes that decisions may search by::

    class Hold(Entity, table="hold", key=("id",), indexes={"account": ("debit",)}):
        id: int
        debit: int

Its id is the value of the one key field, or the tuple of several. The stored row has one column a field, of the
same name, after the column ``book``. A ``Record`` is an entity that is written once and never changes; records
are copied in bulk, so they carry no index for decisions. ``sealed`` names the fields that hold sealed texts and what
each is sealed for (``sealed={"mobile": "party.mobile"}``), so that they follow a change of the encryption key.
``cache_max`` is for things that a run goes through once a day, all of them: no more of them stay in memory.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, Self, TypeVar

import msgspec

StructMeta = type(msgspec.Struct)


class EntityMeta(StructMeta):
    """Takes ``table``, ``key``, ``indexes``, ``sealed`` and ``cache_max`` as class keywords, beside msgspec's."""

    def __new__(
        mcls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        table: str = "",
        key: tuple[str, ...] = ("id",),
        indexes: dict[str, tuple[str, ...]] | None = None,
        sealed: dict[str, str] | None = None,
        cache_max: int | None = None,
        **config: Any,
    ) -> Any:
        cls: Any = super().__new__(mcls, name, bases, namespace, **config)  # pyright: ignore[reportCallIssue]
        if table:
            if indexes and cls.__append_only__:
                raise AssertionError(f"{table}: decisions do not search records by an index")
            if sealed and cls.__append_only__:
                raise AssertionError(f"{table}: a record never changes, so what it seals would need old keys for ever")
            cls.__table__ = table
            cls.__key__ = key
            cls.__indexes__ = dict(indexes or {})
            cls.__sealed__ = dict(sealed or {})
            cls.__cache_max__ = cache_max
            cls.__noun__ = table
            cls.__id__ = attrgetter(*key)
            cls.__index_of__ = {index: attrgetter(*fields) for index, fields in cls.__indexes__.items()}
            ENTITIES[table] = cls
        return cls


ENTITIES: dict[str, type["Entity"]] = {}
"""Every entity by its table, in the order of declaration."""


class Entity(msgspec.Struct, frozen=True, gc=False, metaclass=EntityMeta):
    """The current state of one thing."""

    __table__: ClassVar[str] = ""
    __key__: ClassVar[tuple[str, ...]] = ("id",)
    __indexes__: ClassVar[dict[str, tuple[str, ...]]] = {}
    __sealed__: ClassVar[dict[str, str]] = {}
    __cache_max__: ClassVar[int | None] = None
    __noun__: ClassVar[str] = ""
    __id__: ClassVar[Callable[[Any], Any]]
    __index_of__: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    __append_only__: ClassVar[bool] = False

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return msgspec.structs.replace(self, **changes)


class Record(Entity, frozen=True):
    """An entity that is written once and never changes."""

    __append_only__: ClassVar[bool] = True


E = TypeVar("E", bound=Entity)
