"""A lane: the one line in which the commands of a book are taken, decided, committed and answered.

While PostgreSQL commits one batch, the next is decided on the entities as that batch leaves them; if it fails, what
was decided on it is thrown away and decided again. The lane works optimistically as long as no other process writes
to the book: a commit states the sequence it builds on. Once another process has written, it takes the book's row
first and decides under it for a while, so that every process makes progress.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from typing import Any

import structlog

from canglian.kernel.book import Book
from canglian.kernel.command import Outcome, Status
from canglian.kernel.deciding import Decider, Sealed, Ticket
from canglian.kernel.entity import E, Record
from canglian.kernel.errors import Busy, CanglianError, Conflict, Unavailable
from canglian.kernel.known import Keys, keyed, stored_lines, stored_outcome
from canglian.kernel.metrics import BATCHES, COMMANDS, QUEUED
from canglian.kernel.refusing import Barred
from canglian.kernel.store import Change, Exhausted, Lost, Moved, OutcomeUnknown, Overtaken, Repeated, Store
from canglian.kernel.waiting import Waiting

CONTENDED_BATCHES = 32
"""For how many batches the lane takes the row first after it met another writer."""

OUTCOME_TRIES = 20
OUTCOME_PAUSE_SECONDS = 0.5
RELOAD_PAUSE_SECONDS = 0.2

FLIGHTS_MAX = 2
"""How many batches may be on their way: a large one is sent while the one before it is still being committed."""

log = structlog.get_logger()


class _Flight:
    """A batch on its way: whether it landed, known a moment before its task has answered everybody, and its size."""

    __slots__ = ("carries_light", "landing", "large", "sealed", "task", "weight")

    def __init__(self, sealed: Sealed) -> None:
        self.sealed = sealed
        self.weight = sealed.weight
        self.carries_light = sealed.carries_light
        self.large = sealed.change is not None and not sealed.change.is_small
        self.landing: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None]

    @property
    def is_over(self) -> bool:
        """Whether everybody has been answered."""
        return self.task.done()


class Lane:
    """One book's line of work."""

    def __init__(
        self,
        store: Store,
        book: int,
        book_type: type[Book],
        audited: tuple[type[Record], ...],
        clock: Callable[[], datetime],
        *,
        batch_max: int,
        queue_max: int,
        cache_max: int,
    ) -> None:
        self.book = book
        self._store = store
        self._book_type = book_type
        self._audited = audited
        self._clock = clock
        self._cache_max = cache_max
        self._waiting = Waiting(batch_max, queue_max)
        self._barred = Barred(queue_max)
        self._refusing: asyncio.Task[None] | None = None
        self._by_key: dict[str, Ticket] = {}
        self._keys = Keys()
        self._activity = asyncio.Event()
        self._decider: Decider | None = None
        self._flights: deque[_Flight] = deque()
        self._enough = 1
        self._contended = 0
        self._stopping = False
        self._last: datetime | None = None
        self._task = asyncio.create_task(self._work(), name=f"lane-{book}")

    def known(self, entity: type[E], key: Any) -> E | None:
        """An entity as it is in memory, committed or not yet, or None."""
        return None if self._decider is None else self._decider.book.tables[entity].get(key)

    def has_answered(self, key: str) -> bool:
        """Whether this lane has answered a command with this key lately."""
        return self._keys.has_answered(key)

    # -- submitting ------------------------------------------------------------------------------------------------

    def submit(self, ticket: Ticket) -> asyncio.Future[Outcome[Any]]:
        """Queue a command. Raises Busy when the line is full or closing, Conflict for a reused key."""
        if self._stopping:
            raise Busy("engine.stopping", retry_after=2)
        if ticket.key is not None and not ticket.dry_run:
            leader = self._by_key.get(ticket.key)
            if leader is not None:
                return self._follow(leader, ticket)
        is_barred = self._barred.takes(ticket)
        if not is_barred:
            self._waiting.add(ticket)
        if ticket.key is not None and not ticket.dry_run:
            self._by_key[ticket.key] = ticket
        if is_barred or self._waiting.weight >= self._enough:
            self._activity.set()
        return ticket.future

    def _follow(self, leader: Ticket, ticket: Ticket) -> asyncio.Future[Outcome[Any]]:
        if not _same(leader, ticket):
            raise Conflict("idempotency.key_reused")
        leader.followers = (*leader.followers, ticket)
        return ticket.future

    async def stop(self) -> None:
        """Take no more, finish what is queued, and end."""
        self._stopping = True
        self._activity.set()
        await self._task

    # -- working -----------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            await self._settle(FLIGHTS_MAX)
            self._refuse_barred()
            self._enough = self._worth_it()
            if self._waiting.weight < self._enough and not self._stopping:
                self._activity.clear()
                await self._activity.wait()
                continue
            if self._waiting.heavy_is_next and any(flight.carries_light for flight in self._flights):
                await self._settle()
            tickets = self._waiting.take(self._under_way)
            QUEUED.labels(self.book).set(self._waiting.weight)
            if not tickets:
                if self._refusing is None:
                    break
                await self._refusing
                continue
            try:
                await self._batch(tickets)
            except Exception:
                log.exception("batch failed", book=self.book)
                await self._settle()
                self._decider = None
                await self._one_by_one([ticket for ticket in tickets if not ticket.future.done()])
        await self._settle()

    @property
    def _under_way(self) -> int:
        """How many movements are being committed."""
        return sum(flight.weight for flight in self._flights if not flight.is_over)

    def _worth_it(self) -> int:
        """From how much waiting on the next batch is taken: anything, or as much as the one on its way carries."""
        if not self._flights or self._flights[-1].is_over:
            return 1
        return max(1, self._flights[-1].weight)

    async def _batch(self, tickets: list[Ticket]) -> None:
        if self._contended:
            await self._settle()
            await self._locked(tickets)
            return
        try:
            decider = await self._ready()  # before the look-up: what is logged later moves the book on
            unsure = self._keys.unsure(tickets)
            tickets, _ = await asyncio.gather(self._answer_known(tickets, unsure), decider.foresee(tickets))
            if not tickets:
                return
            sealed = await decider.decide(tickets, self._now())
        except Lost as lost:
            await self._settle()
            self._decider = None
            await asyncio.sleep(RELOAD_PAUSE_SECONDS)
            self._fail(tickets, unavailable(lost))
            return
        await self._settle(0 if sealed.change is None else FLIGHTS_MAX)
        if self._decider is None:
            await self._settle()
            await self._batch(tickets)
            return
        if self._barred.learn(tickets, self._decider.book):
            self._waiting.leave(lambda ticket: self._barred.takes(ticket, has_place=True))
        self._decider.book.evict(self._cache_max)
        self._send(sealed)
        await self._settle(FLIGHTS_MAX - 1)

    def _send(self, sealed: Sealed) -> None:
        """Commit beside what comes next. Only a large batch goes while another large one is being committed."""
        flight = _Flight(sealed)
        before = self._flights[-1] if self._flights else None
        after = None if before is None or (before.large and flight.large) else before.landing
        flight.task = asyncio.create_task(self._commit(flight, after))
        flight.task.add_done_callback(lambda _: self._activity.set())
        self._flights.append(flight)

    async def _settle(self, most: int = 0) -> None:
        """Wait until at most ``most`` batches are on their way. What did not land takes the cache with it."""
        while len(self._flights) > most or (self._flights and self._flights[0].is_over):
            flight = self._flights.popleft()
            await flight.task
            if not flight.landing.result():
                self._decider = None
            elif flight.sealed.change is not None and self._decider is not None:
                self._decider.book.landed()

    async def _ready(self) -> Decider:
        if self._decider is None:
            await self._settle()
            state = await self._store.state(self.book)
            self._decider = Decider(self._store, self._book_type, self._audited, state)
            self._keys.doubt()
        return self._decider

    def _now(self) -> datetime:
        """The clock, never running backwards within this process."""
        now = self._clock()
        self._last = now if self._last is None else max(now, self._last)
        return self._last

    async def _answer_known(self, tickets: list[Ticket], keys: list[str]) -> list[Ticket]:
        lines = await stored_lines(self._store, self.book, tickets, keys)
        if not lines:
            return tickets
        self._keys.doubt()
        for ticket, line in lines.items():
            self._answer(ticket, stored_outcome(ticket, line))
        return [ticket for ticket in tickets if ticket not in lines]

    # -- refusing without a batch --------------------------------------------------------------------------------

    def _refuse_barred(self) -> None:
        """Look at those that are probably refused, while no decision is under way; one lot of them at a time."""
        if self._refusing is not None and self._refusing.done():
            self._refusing = None
        if not self._barred or self._refusing is not None:
            return
        if self._decider is None or self._contended:
            self._requeue(self._barred.all())
            return
        self._decider.book.now = self._now()
        refused = self._barred.take(self._decider.book, self._requeue)
        if refused:
            last = self._flights[-1] if self._flights else None
            self._refusing = asyncio.create_task(self._refuse(refused, last, self._decider.state.hash))
            self._refusing.add_done_callback(lambda _: self._activity.set())

    async def _refuse(self, refused: dict[CanglianError, list[Ticket]], last: _Flight | None, seen: bytes) -> None:
        """Answer them once what refused them is committed; see ``refusing``."""
        tickets = list(chain.from_iterable(refused.values()))
        try:
            lines, is_true = await asyncio.gather(
                stored_lines(self._store, self.book, tickets, keyed(tickets)), self._is_true(last, seen)
            )
        except Lost as lost:
            self._fail(tickets, unavailable(lost))
            return
        except Exception:
            log.exception("not refused", book=self.book)
            self._requeue(tickets)
            return
        if not is_true:
            self._requeue(tickets)
            return
        COMMANDS[Status.REJECTED].inc(len(tickets) - len(lines))
        for error, of_error in refused.items():
            outcome = Outcome[Any](Status.REJECTED, 0, None, error)
            for ticket in of_error:
                line = lines.get(ticket) if lines else None
                if line is None:
                    self._resolve(ticket, outcome)
                else:
                    self._answer(ticket, stored_outcome(ticket, line))

    async def _is_true(self, last: _Flight | None, seen: bytes) -> bool:
        """Whether the book was committed as it was looked at: ``last`` lands on it, or nobody else has written."""
        if last is not None and not last.landing.done():
            return await last.landing
        state = await self._store.state(self.book)
        newest = None if self._decider is None else self._decider.state.hash
        return state.hash in (seen, newest)

    # -- committing --------------------------------------------------------------------------------------------

    async def _commit(self, flight: _Flight, after: asyncio.Future[bool] | None) -> None:
        """Commit one batch and answer it, whatever happens; it has not landed when nothing of it was committed."""
        sealed, landing = flight.sealed, flight.landing
        try:
            if after is not None and not await after:
                self._requeue(sealed.tickets)
                landing.set_result(False)
            elif sealed.change is None:
                landing.set_result(await self._commit_nothing(sealed))
            elif await self._try_commit(sealed, sealed.change, landing):
                self._answer_all(sealed)
        except Exception:
            log.exception("batch not answered", book=self.book)
            self._fail(sealed.tickets, Unavailable("database.outcome_unknown"))
        finally:
            if not landing.done():
                landing.set_result(False)

    async def _try_commit(self, sealed: Sealed, change: Change, landing: asyncio.Future[bool]) -> bool:
        """Whether it landed and may be answered; the batch that waits for it goes first, so that nothing is idle."""
        try:
            await self._store.commit(change)
        except Overtaken:
            self._requeue(sealed.tickets)
        except Moved:
            self._contended = CONTENDED_BATCHES
            self._requeue(sealed.tickets)
        except Repeated:
            self._keys.doubt()
            self._requeue(sealed.tickets)
        except Lost as lost:
            log.warning("database away", book=self.book, problem=str(lost))
            self._fail(sealed.tickets, unavailable(lost))
        except OutcomeUnknown:
            landing.set_result(await self._look_up(sealed))
        except Exception:
            log.exception("commit refused", book=self.book, commands=len(sealed.tickets))
            await self._one_by_one(sealed.tickets)
        else:
            landing.set_result(True)
            return True
        return False

    async def _commit_nothing(self, sealed: Sealed) -> bool:
        """Only dry runs: they are true if nobody else has written meanwhile."""
        if not sealed.tickets:
            return True
        try:
            state = await self._store.state(self.book)
        except Lost as lost:
            self._fail(sealed.tickets, unavailable(lost))
            return False
        if state.sequence != sealed.sequence:
            self._requeue(sealed.tickets)
            return False
        self._answer_all(sealed)
        return True

    async def _look_up(self, sealed: Sealed) -> bool:
        """The connection died at COMMIT: see by the batch's number and hash whether it is there."""
        assert sealed.change is not None
        wanted = sealed.change.batch
        for _ in range(OUTCOME_TRIES):
            await asyncio.sleep(OUTCOME_PAUSE_SECONDS)
            try:
                state = await self._store.state(self.book)
                found = await self._store.batch(self.book, wanted.number)
                if found is not None and found.hash == wanted.hash:
                    self._answer_all(sealed)
                    return True
                gone = state.sequence >= wanted.number or await self._is_free(wanted.number)
            except Lost:
                continue
            if gone:
                self._fail(sealed.tickets, Unavailable("database.away"))
                return False
        self._fail(sealed.tickets, Unavailable("database.outcome_unknown"))
        return False

    async def _is_free(self, number: int) -> bool:
        """Whether the batch can no longer land: its transaction has let go of the row without writing."""
        async with self._store.lock(self.book) as held:
            return held.state.sequence < number

    async def _one_by_one(self, tickets: list[Ticket]) -> None:
        """Something in the batch cannot be stored: commit each command alone, so that only the culprit fails."""
        for ticket in tickets:
            try:
                await self._alone(ticket)
            except Lost as lost:
                self._fail([ticket], unavailable(lost))
            except Moved:
                self._requeue([ticket])
            except CanglianError as refused:
                self._fail([ticket], refused)
            except Exception:
                log.exception("command cannot be stored", kind=ticket.command.__kind__)
                self._fail([ticket], CanglianError("command.failed", command=0))

    async def _alone(self, ticket: Ticket) -> None:
        ticket.outcome = ticket.line = None
        sealed: Sealed | None = None
        try:
            async with self._store.lock(self.book) as held:
                if not await self._answer_known([ticket], keyed([ticket])):
                    return
                decider = Decider(self._store, self._book_type, self._audited, held.state)
                sealed = await decider.decide([ticket], self._now())
                if sealed.change is not None:
                    await held.commit(sealed.change)
        except OutcomeUnknown:
            assert sealed is not None
            await self._look_up(sealed)
        else:
            self._answer_all(sealed)

    async def _locked(self, tickets: list[Ticket]) -> None:
        """Take the row, then decide and commit under it: slower, but no other process can be faster."""
        self._contended -= 1
        sealed: Sealed | None = None
        try:
            async with self._store.lock(self.book) as held:
                if self._decider is None or self._decider.state.hash != held.state.hash:
                    self._decider = Decider(self._store, self._book_type, self._audited, held.state)
                    self._contended = CONTENDED_BATCHES
                tickets = await self._answer_known(tickets, keyed(tickets))
                sealed = await self._decider.decide(tickets, self._now())
                if sealed.change is not None:
                    await held.commit(sealed.change)
        except Lost as lost:
            self._decider = None
            self._fail(tickets, unavailable(lost))
        except Moved:
            self._decider = None
            self._requeue(tickets)
        except OutcomeUnknown:
            self._decider = None
            assert sealed is not None
            await self._look_up(sealed)
        except CanglianError:
            raise
        except Exception:
            log.exception("commit refused", book=self.book, commands=len(tickets))
            self._decider = None
            await self._one_by_one(tickets)
        else:
            self._answer_all(sealed)
            if sealed.change is not None:
                self._decider.book.landed()
            self._decider.book.evict(self._cache_max)

    # -- answering ---------------------------------------------------------------------------------------------

    def _requeue(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            ticket.outcome = ticket.line = None
        self._waiting.back(tickets)
        self._activity.set()

    def _answer_all(self, sealed: Sealed) -> None:
        BATCHES.labels(self.book).inc()
        for ticket in sealed.tickets:
            assert ticket.outcome is not None
            COMMANDS[ticket.outcome.status].inc()
            self._answer(ticket, ticket.outcome)

    def _fail(self, tickets: list[Ticket], error: CanglianError) -> None:
        for ticket in tickets:
            self._answer(ticket, Outcome(Status.FAILED, 0, None, error))

    def _answer(self, ticket: Ticket, outcome: Outcome[Any]) -> None:
        """Answer what stands in the log; whoever has not heard it sends its key again before long."""
        if ticket.key is not None and not ticket.dry_run:
            self._keys.answered(ticket.key)
        self._resolve(ticket, outcome)

    def _resolve(self, ticket: Ticket, outcome: Outcome[Any]) -> None:
        if ticket.key is not None and not ticket.dry_run:
            self._by_key.pop(ticket.key, None)
        if not ticket.future.done():
            ticket.future.set_result(outcome)
        for follower in ticket.followers:
            if not follower.future.done():
                follower.future.set_result(
                    Outcome(outcome.status, outcome.command, outcome.result, outcome.error, replayed=True)
                )


def unavailable(lost: Lost) -> Unavailable:
    """The error that a caller gets when the store is lost."""
    if isinstance(lost, Exhausted):
        return Unavailable("database.exhausted", problem=str(lost))
    return Unavailable("database.away")


def _same(first: Ticket, second: Ticket) -> bool:
    return first.command.__kind__ == second.command.__kind__ and first.encoded() == second.encoded()
