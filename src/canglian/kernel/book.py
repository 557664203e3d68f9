"""The book as a decision sees it: the only world of a use case.

A ``Book`` holds the entities that are loaded, takes changes with an undo journal, and hands out time, numbers, ids
and randomness. Nothing here touches a database: what is not loaded raises ``Missing``, the engine loads it and runs
the decision again. So a decision must be repeatable: it starts from nothing each time.
"""

import hashlib
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any, ClassVar, NamedTuple, NoReturn, TypeVar, cast

from canglian.kernel.entity import Entity, Record
from canglian.kernel.errors import Rejection
from canglian.kernel.records import BookState, Event

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

Table = dict[Any, Any]
FindKey = tuple[type[Entity], str, Any]


class Flight(NamedTuple):
    """What a batch on its way to the database has touched: it may not be visible there yet.

    ``joined`` has what came into each group of an index.
    """

    changed: dict[type[Entity], dict[Any, None]]
    records: dict[type[Record], list[Any]]
    joined: dict[FindKey, list[Any]]


class Missing(Exception):
    """A decision asked for something that is not loaded; ``also`` and ``finds`` are what it will read beside it."""

    def __init__(
        self,
        entity: type[Entity],
        key: Any,
        index: str | None = None,
        also: Iterable[tuple[type[Entity], Any]] = (),
        finds: Iterable[FindKey] = (),
    ) -> None:
        super().__init__(entity, key, index)
        self.entity = entity
        self.key = key
        self.index = index
        self.also = also
        self.finds = finds


class Book:
    """One book, as commands decide on it. See the module docstring."""

    admission_codes: ClassVar[frozenset[str]] = frozenset()
    """The codes of ``admit``. A replay takes them as they are: the role of who asked is not in the log."""

    def __init__(self, state: BookState) -> None:
        self.number = state.book
        self.tables: defaultdict[type[Entity], Table] = defaultdict(dict)
        self.finds: dict[FindKey, set[Any]] = {}
        self.added: defaultdict[type[Entity], dict[Any, None]] = defaultdict(dict)
        self.changed: defaultdict[type[Entity], dict[Any, None]] = defaultdict(dict)
        self.records: defaultdict[type[Record], list[Any]] = defaultdict(list)
        self.joined: defaultdict[FindKey, list[Any]] = defaultdict(list)
        self.flights: deque[Flight] = deque()
        self.counters = dict(state.counters)
        self.events = state.events
        self.seed = state.seed
        self.actor = ""
        self.command = 0
        self.now: datetime = cast("datetime", None)
        self.today: date = state.today
        self._journal: list[tuple[Table, Any, Any]] = []
        self._marks: list[tuple[dict[str, int], int, date, dict[type[Record], int], int]] = []
        self._fresh: set[Any] = set()
        self._chance = random.Random()  # noqa: S311 - seeded anew for each command
        self._random: random.Random | None = None

    # -- reading -----------------------------------------------------------------------------------------------

    def get(self, entity: type[E], key: Any) -> E:
        """The entity, or the rejection ``<noun>.not_found``."""
        found = self.maybe(entity, key)
        if found is None:
            self.reject(f"{entity.__noun__}.not_found", **{entity.__noun__: key})
        return found

    def maybe(self, entity: type[E], key: Any) -> E | None:
        """The entity, or None where there is none."""
        try:
            return self.tables[entity][key]
        except KeyError:
            raise Missing(entity, key) from None

    def find(self, entity: type[E], index: str, key: Any) -> list[E]:
        """All entities whose declared index has this key, in the order of their ids. Nothing is found by null.

        By an id that was made in this very decision only what was added since is found, and nothing is looked up.
        """
        if key is None or (isinstance(key, tuple) and None in key):
            return []
        ids = self.finds.get((entity, index, key))
        if not ids:
            if ids is None and not self._is_new(key):
                raise Missing(entity, key, index)
            return []
        table = self.tables[entity]
        try:
            return [table[i] for i in (sorted(ids) if len(ids) > 1 else ids)]
        except KeyError as missing:
            lacking = [(entity, each) for each in ids if each not in table]
            raise Missing(entity, missing.args[0], also=lacking) from None

    # -- changing ----------------------------------------------------------------------------------------------

    def add(self, entity: E) -> E:
        """Put a new thing in; ``<noun>.exists`` where its id is taken."""
        kind = type(entity)
        key = kind.__id__(entity)
        table = self.tables[kind]
        if isinstance(entity, Record):
            self.records[kind].append(entity)  # pyright: ignore[reportArgumentType, reportCallIssue]
            if key in table:
                self._journal.append((table, key, table[key]))
                table[key] = entity
            return entity
        old = table.get(key) if self._is_made(key) else self.maybe(kind, key)
        if old is not None:
            self.reject(f"{kind.__noun__}.exists", **{kind.__noun__: key})
        self._write(kind, table, key, None, entity)
        return entity

    def put(self, entity: E) -> E:
        """Replace a thing by its new state; it must have been there."""
        kind = type(entity)
        key = kind.__id__(entity)
        table = self.tables[kind]
        try:
            old = table[key]
        except KeyError:
            raise Missing(kind, key) from None
        if old is None or kind.__append_only__:
            raise AssertionError(f"{kind.__table__} {key!r} is not there to be changed")
        self._write(kind, table, key, old, entity)
        return entity

    def emit(self, kind: str, subject: str, **payload: str | int | bool | None) -> None:
        """Tell a fact to whoever wants it, after the commit. ``subject`` names the thing (``transfer:88213``)."""
        self.events += 1
        self.records[Event].append(Event(self.events, self.command, self.now, kind, subject, payload))

    def _write(self, kind: type[Entity], table: Table, key: Any, old: Any, new: Any) -> None:
        self._journal.append((table, key, old))
        table[key] = new
        (self.added if old is None else self.changed)[kind][key] = None
        if kind.__indexes__:
            self._reindex(kind, key, old, new)

    def _reindex(self, kind: type[Entity], key: Any, old: Any, new: Any) -> None:
        """Move a thing from the groups of its old state to those of the new one."""
        finds = self.finds
        for index, key_of in kind.__index_of__.items():
            before = None if old is None else key_of(old)
            after = None if new is None else key_of(new)
            if before == after:
                continue
            left = finds.get((kind, index, before)) if before is not None else None
            if left is not None:
                left.discard(key)
            if after is not None:
                group = (kind, index, after)
                self.joined[group].append(key)
                known = finds.get(group)
                if known is not None:
                    known.add(key)
                elif self._is_new(after):
                    finds[group] = {key}

    def _is_made(self, key: Any) -> bool:
        """Whether a key, or a part of it that is an id, was made in the decision under way.

        It is not looked up: it would be another one when the decision is taken again.
        """
        if key in self._fresh:
            return True
        return isinstance(key, tuple) and any(isinstance(part, str) and part in self._fresh for part in key)  # pyright: ignore[reportUnknownVariableType]

    def _is_new(self, key: Any) -> bool:
        """Whether this is an id made by ``new_id`` in the decision under way: nobody has met it before."""
        return key in self._fresh and isinstance(key, str)

    # -- time, numbers, chance ---------------------------------------------------------------------------------

    def next_number(self, entity: type[Entity]) -> int:
        """The next small number for this kind of thing, from 1."""
        name = entity.__table__
        number = self.counters.get(name, 0) + 1
        self.counters[name] = number
        if not entity.__append_only__:
            self._fresh.add(number)
        return number

    def new_id(self, prefix: str) -> str:
        """A new id such as ``pay_01jd…``: 48 bits of time, 80 of chance; ordered by time."""
        bits = self.random.getrandbits(80)
        chance = "".join([_PAIRS[bits >> shift & 1023] for shift in _CHANCE_SHIFTS])
        identity = f"{prefix}_{_instant(self.now)}{chance}"
        self._fresh.add(identity)
        return identity

    @property
    def random(self) -> random.Random:
        """Chance, seeded by the book and the command's number: the same again in a replay."""
        if self._random is None:
            digest = hashlib.sha256(self.seed + self.number.to_bytes(4, "big") + self.command.to_bytes(8, "big"))
            self._chance.seed(digest.digest())
            self._random = self._chance
        return self._random

    def move_to(self, today: date) -> None:
        """Move the business date forward."""
        if today <= self.today:
            self.reject("book.day_not_later", today=self.today.isoformat(), asked=today.isoformat())
        self.today = today

    def reject(self, code: str, /, **fields: Any) -> NoReturn:
        """Refuse by a rule; what this command did so far is undone."""
        raise Rejection(code, **fields)

    # -- other commands ----------------------------------------------------------------------------------------

    def admit(self, command: Any, role: str) -> None:
        """Refuse a command that somebody in a role may not ask for directly. Here everybody may ask for everything."""

    def attempt(self, decide: Callable[[Any], R]) -> R:
        """Decide something inside this decision; where it is refused, what it did is undone, and that alone."""
        depth = len(self._marks)
        self.savepoint()
        try:
            return decide(self)
        except BaseException:
            del self._marks[depth + 1 :]
            self.rollback()
            raise
        finally:
            del self._marks[depth:]

    def preview(self, decide: Callable[[Any], R]) -> R:
        """What something would come to, decided inside this decision and undone."""
        depth = len(self._marks)
        self.savepoint()
        try:
            return decide(self)
        finally:
            del self._marks[depth + 1 :]
            self.rollback()
            self._marks.pop()

    def require(self, reads: Iterable[tuple[type[Entity], Any]], finds: Iterable[FindKey] = ()) -> None:
        """Have all of these loaded in one round, before they are asked for one by one."""
        missing = [(entity, key) for entity, key in reads if key not in self.tables[entity]]
        searched = [find for find in finds if self.finds.get(find) is None]
        if missing:
            raise Missing(*missing[0], also=missing, finds=searched)
        if searched:
            entity, index, key = searched[0]
            raise Missing(entity, key, index, finds=searched)

    # -- for the engine ----------------------------------------------------------------------------------------

    def begin(self, command: int, actor: str) -> None:
        """Start deciding one command."""
        self.command = command
        self.actor = actor
        self._journal.clear()
        self._marks.clear()
        self._fresh.clear()
        self._random = None
        self.savepoint()

    def savepoint(self) -> None:
        """Remember this point, to go back to with ``rollback``."""
        lengths = {kind: len(rows) for kind, rows in self.records.items() if rows}
        self._marks.append((dict(self.counters), self.events, self.today, lengths, len(self._journal)))

    def rollback(self) -> None:
        """Go back to the last savepoint, which stays."""
        counters, events, today, lengths, depth = self._marks[-1]
        self.counters, self.events, self.today = dict(counters), events, today
        for kind, rows in self.records.items():
            del rows[lengths.get(kind, 0) :]
        journal = self._journal
        while len(journal) > depth:
            table, key, old = journal.pop()
            new = table[key]
            table[key] = old
            entity = old if old is not None else new
            if entity is not None and type(entity).__indexes__:
                self._reindex(type(entity), key, new, old)

    def undo(self) -> None:
        """Go back to where the command began, whatever savepoints it left behind."""
        del self._marks[1:]
        self.rollback()

    def forget_savepoint(self) -> None:
        """Drop the last savepoint and keep what was done since."""
        self._marks.pop()

    def install(self, entity: type[Entity], wanted: Iterable[Any], found: dict[Any, Any]) -> None:
        """Take in what was loaded; what was asked for and not found is known to be absent.

        Rows of the batch being committed may not be visible in the database yet, so they are looked up here.
        """
        table = self.tables[entity]
        recent = self._recent(entity) if entity.__append_only__ else {}
        for key in wanted:
            if key not in table:
                table[key] = found.get(key) or recent.get(key)

    def install_find(self, entity: type[Entity], index: str, key: Any, ids: Iterable[Any]) -> None:
        """Take in a loaded index, set right by what is not in the database yet.

        Whatever is cached is newer than what was loaded: it is found if it is in the group now. What came into the
        group since is known by the group, so that many searches of a large batch cost no more than what they find.
        """
        group = (entity, index, key)
        pending = [flight.joined.get(group, ()) for flight in self.flights]
        table, key_of = self.tables[entity], entity.__index_of__[index]
        things = ((identity, table.get(identity)) for identity in chain(ids, *pending, self.joined.get(group, ())))
        self.finds[group] = {identity for identity, thing in things if thing is not None and key_of(thing) == key}

    def _recent(self, entity: type[Entity]) -> dict[Any, Any]:
        kind = cast("type[Record]", entity)
        flying = [row for flight in self.flights for row in flight.records.get(kind, ())]
        return {kind.__id__(row): row for row in (*flying, *self.records.get(kind, ()))}

    def take_changes(
        self,
    ) -> tuple[dict[type[Entity], list[Any]], dict[type[Entity], list[Any]], dict[type[Record], list[Any]]]:
        """The new and the changed entities and the records of the batch; now they fly to the database."""
        added = {kind: self._rows(kind, keys) for kind, keys in self.added.items()}
        changed = {
            kind: self._rows(kind, keys.keys() - self.added[kind].keys() if kind in self.added else keys)
            for kind, keys in self.changed.items()
        }
        records = {kind: rows for kind, rows in self.records.items() if rows}
        kinds = {*self.added, *self.changed}
        touched = {kind: {**self.added.get(kind, {}), **self.changed.get(kind, {})} for kind in kinds}
        self.flights.append(Flight(touched, records, self.joined))
        self.added = defaultdict(dict)
        self.changed = defaultdict(dict)
        self.records = defaultdict(list)
        self.joined = defaultdict(list)
        return _filled(added), _filled(changed), records

    def _rows(self, kind: type[Entity], keys: Iterable[Any]) -> list[Any]:
        return [row for row in map(self.tables[kind].get, keys) if row is not None]

    def landed(self) -> None:
        """The oldest batch on its way is in the database."""
        self.flights.popleft()

    def evict(self, most: int) -> None:
        """Keep at most ``most`` entities of a kind, dropping the oldest quarter that is not being written."""
        for kind, table in self.tables.items():
            of_kind = most if kind.__cache_max__ is None else min(most, kind.__cache_max__)
            if len(table) > of_kind:
                pinned = [flight.changed.get(kind, {}) for flight in self.flights]
                oldest = list(islice(table, of_kind // 4 + len(table) - of_kind))
                for key in oldest:
                    if not any(key in changed for changed in pinned):
                        del table[key]
        for group in list(islice(self.finds, most // 4 + len(self.finds) - most if len(self.finds) > most else 0)):
            del self.finds[group]


def _filled(rows: dict[type[Entity], list[Any]]) -> dict[type[Entity], list[Any]]:
    return {kind: things for kind, things in rows.items() if things}


def least_id(prefix: str, instant: datetime) -> str:
    """The least that an id of things which come to be at an instant, or later, can be: ids are ordered by time."""
    return f"{prefix}_{_instant(instant)}"


@lru_cache(maxsize=16)
def _instant(now: datetime) -> str:
    """The milliseconds of an instant as ten characters, as ids begin with them: a batch has one."""
    bits = int(now.timestamp() * 1000)
    return "".join(_PAIRS[bits >> shift & 1023] for shift in range(40, -1, -10))


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_CHANCE_SHIFTS = tuple(range(70, -1, -10))
