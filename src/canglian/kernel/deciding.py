"""Deciding a batch: run each command on the book, load what it missed, run it again, seal the effects.

The order in which commands finally ran is the order in which they are logged, so a replay of the log decides alike.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
import structlog

from canglian.kernel import audit
from canglian.kernel.book import Book, FindKey, Missing
from canglian.kernel.command import Command, Outcome, Read, Status
from canglian.kernel.entity import Entity, Record
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.records import Batch, BookState, CommandLine
from canglian.kernel.store import Change, Rows, Store

ROUNDS_MAX = 64
"""How often a command is decided anew because something that it reads was missing."""
FORESEEN_ROUNDS = 4
"""How often a command is asked what it will read, before it is decided with what it has said by then."""
LIGHT_MAX = 16
"""The most movements that a light command stands for."""
SLICE_SECONDS = 0.002
"""How long decisions may keep the event loop before others get a turn."""

log = structlog.get_logger()
_encode = msgspec.json.Encoder(order="deterministic").encode


class Ticket:
    """A command in the queue, and the future of its outcome. ``logged_key`` is the key that its line will have."""

    __slots__ = (
        "actor",
        "arrival",
        "command",
        "dry_run",
        "followers",
        "future",
        "key",
        "line",
        "logged_key",
        "outcome",
        "payload",
        "request_id",
        "role",
        "weight",
    )

    def __init__(
        self,
        command: Command[Any],
        actor: str,
        key: str | None,
        dry_run: bool,
        request_id: str | None,
        role: str | None = None,
    ) -> None:
        self.command = command
        self.actor = actor
        self.key = self.logged_key = key
        self.dry_run = dry_run
        self.request_id = request_id
        self.role = role
        self.weight = command.weight()
        self.arrival = 0
        self.future: asyncio.Future[Outcome[Any]] = asyncio.get_running_loop().create_future()
        self.payload: str | None = None
        self.outcome: Outcome[Any] | None = None
        self.line: CommandLine | None = None
        self.followers: tuple[Ticket, ...] = ()

    @property
    def is_light(self) -> bool:
        """Whether it stands for a few movements only."""
        return self.weight <= LIGHT_MAX

    def encoded(self) -> str:
        """The command as JSON, as it is logged and compared."""
        if self.payload is None:
            self.payload = _encode(self.command).decode()
        return self.payload


class Sealed(msgspec.Struct, frozen=True):
    """A decided batch: who waits for it, what it builds on, and what it writes (nothing when all were dry runs)."""

    tickets: list[Ticket]
    sequence: int
    change: Change | None

    @property
    def weight(self) -> int:
        """How many movements it stands for."""
        return sum(ticket.weight for ticket in self.tickets)

    @property
    def carries_light(self) -> bool:
        """Whether somebody who moves little waits for it."""
        return any(ticket.is_light for ticket in self.tickets)


class _Wanted:
    """What is about to be loaded into a book: entities by keys, and whole groups of indexes."""

    __slots__ = ("_book", "entities", "indexed")

    def __init__(self, book: Book) -> None:
        self._book = book
        self.entities: defaultdict[type[Entity], dict[Any, None]] = defaultdict(dict)
        self.indexed: defaultdict[tuple[type[Entity], str], dict[Any, None]] = defaultdict(dict)

    def reads(self, reads: Iterable[Read]) -> None:
        """Those entities that the book does not know yet."""
        tables = self._book.tables
        for entity, key in reads:
            if key not in tables[entity]:
                self.entities[entity][key] = None

    def finds(self, finds: Iterable[FindKey]) -> None:
        """Those groups that the book does not know yet."""
        for find in finds:
            if find not in self._book.finds:
                self.indexed[find[:2]][find[2]] = None

    def missing(self, missing: Missing) -> None:
        """What a decision lacked, and what it will read beside it."""
        self.reads(missing.also)
        if missing.index is None:
            self.entities[missing.entity][missing.key] = None
        else:
            self.indexed[missing.entity, missing.index][missing.key] = None
        self.finds(missing.finds)


class Decider:
    """Decides batches of one book on its cached entities."""

    def __init__(
        self, store: Store, book_type: type[Book], audited: tuple[type[Record], ...], state: BookState
    ) -> None:
        self._store = store
        self._audited = audited
        self.state = state
        self.book = book_type(state)

    async def foresee(self, tickets: list[Ticket]) -> None:
        """Load what light commands say that they will read and look up, before they are decided."""
        light = [ticket.command for ticket in tickets if ticket.is_light]
        wanted = _Wanted(self.book)
        for command in light:
            wanted.reads(command.reads())
            wanted.finds(command.finds())
        await self._load(wanted)
        asked = [command for command in light if type(command).foresee is not Command.foresee]
        for _ in range(FORESEEN_ROUNDS):
            asked = await self._foreseen(asked)
            if not asked:
                break

    async def _foreseen(self, commands: list[Command[Any]]) -> list[Command[Any]]:
        """Those that lacked something, which is loaded then."""
        again: list[Command[Any]] = []
        wanted = _Wanted(self.book)
        turn = time.perf_counter()
        for command in commands:
            try:
                command.foresee(self.book)
            except Missing as missing:
                again.append(command)
                wanted.missing(missing)
            if time.perf_counter() - turn > SLICE_SECONDS:
                await asyncio.sleep(0)
                turn = time.perf_counter()
        await self._load(wanted)
        return again

    async def decide(self, tickets: list[Ticket], now: datetime) -> Sealed:
        """Run all commands; afterwards every ticket has an outcome, not yet to be returned."""
        self.book.now = now
        sequence = self.state.sequence
        lines: list[CommandLine] = []
        waiting = tickets
        for _ in range(ROUNDS_MAX):
            waiting = await self._round(waiting, lines)
            if not waiting:
                break
        for ticket in waiting:
            self._close(ticket, lines, error=Rejection("command.too_many_reads"))
        return Sealed(tickets, sequence, self._seal(lines, now))

    async def _round(self, tickets: list[Ticket], lines: list[CommandLine]) -> list[Ticket]:
        again: list[Ticket] = []
        wanted = _Wanted(self.book)
        turn = time.perf_counter()
        for ticket in tickets:
            missing = self._run(ticket, lines)
            if missing is not None:
                again.append(ticket)
                wanted.reads(ticket.command.reads())
                wanted.missing(missing)
                wanted.finds(ticket.command.finds())
            if time.perf_counter() - turn > SLICE_SECONDS:
                await asyncio.sleep(0)
                turn = time.perf_counter()
        await self._load(wanted)
        return again

    def _run(self, ticket: Ticket, lines: list[CommandLine]) -> Missing | None:
        book = self.book
        book.begin(self.state.commands + len(lines) + 1, ticket.actor)
        try:
            if ticket.role is not None:
                book.admit(ticket.command, ticket.role)
            result = ticket.command.decide(book)
        except Missing as missing:
            book.undo()
            return missing
        except CanglianError as refused:
            book.undo()
            # its traceback leads to this frame, and by it to all tickets: a cycle that only the collector would find
            self._close(ticket, lines, error=refused.with_traceback(None))
        except Exception:
            book.undo()
            log.exception("decision failed", kind=ticket.command.__kind__)
            self._close(ticket, lines, error=CanglianError("command.failed", command=book.command), failed=True)
        else:
            if ticket.dry_run:
                book.undo()
                ticket.outcome = Outcome(Status.APPLIED, 0, result)
            else:
                self._close(ticket, lines, result=result)
        return None

    def _close(
        self,
        ticket: Ticket,
        lines: list[CommandLine],
        *,
        result: Any = None,
        error: CanglianError | None = None,
        failed: bool = False,
    ) -> None:
        status = Status.FAILED if failed else Status.REJECTED if error else Status.APPLIED
        if ticket.dry_run:
            ticket.outcome = Outcome(status, 0, None, error)
            return
        number = self.state.commands + len(lines) + 1
        content = error.fields if error is not None else result
        ticket.line = CommandLine(
            number,
            self.state.sequence + 1,
            self.book.now,
            ticket.command.__kind__,
            ticket.actor,
            None if failed else ticket.logged_key,
            status.value,
            error.code if error is not None else None,
            ticket.encoded(),
            None if content is None else _encode(content).decode(),
            ticket.request_id,
        )
        lines.append(ticket.line)
        ticket.outcome = Outcome(status, number, result, error)

    async def _load(self, wanted: "_Wanted") -> None:
        number = self.book.number
        loads = [self._store.load(number, entity, list(keys)) for entity, keys in wanted.entities.items()]
        for (entity, keys), found in zip(wanted.entities.items(), await asyncio.gather(*loads), strict=True):
            self.book.install(entity, keys, found)
        searches = [
            self._store.find(number, entity, index, list(keys)) for (entity, index), keys in wanted.indexed.items()
        ]
        for (entity, index), by_key in zip(wanted.indexed, await asyncio.gather(*searches), strict=True):
            found = {entity.__id__(thing): thing for things in by_key.values() for thing in things}
            self.book.install(entity, found, found)
            for key, things in by_key.items():
                self.book.install_find(entity, index, key, map(entity.__id__, things))

    def _seal(self, lines: list[CommandLine], now: datetime) -> Change | None:
        if not lines:
            return None
        before, book = self.state, self.book
        added, changed, records = book.take_changes()
        new = self._rows({CommandLine: lines, **records, **added})
        for kind, rows in changed.items():
            rows.sort(key=kind.__id__)
        batch = Batch(before.sequence + 1, now, before.today, lines[0].number, lines[-1].number, before.hash, b"")
        digest = audit.link(before.hash, batch, [new[kind].encoded for kind in self._audited if kind in new])
        after = BookState(
            before.book,
            batch.number,
            lines[-1].number,
            book.events,
            book.today,
            before.seed,
            digest,
            dict(book.counters),
        )
        self.state = after
        batch = batch.replace(hash=digest)
        change = Change(before, after, batch, {**new, **self._rows({Batch: [batch]})}, self._rows(changed))
        if not change.is_small:
            change.encode()
        return change

    def _rows(self, rows: dict[Any, list[Any]]) -> dict[Any, Rows]:
        return {kind: Rows(kind, self.book.number, things) for kind, things in rows.items()}
