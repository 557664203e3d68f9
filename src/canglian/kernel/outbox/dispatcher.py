"""The dispatcher: carries events to receivers, in order, at least once, one dispatcher a receiver.

For every receiver with something due it takes the receiver's lease, sends one event after the other, and records what
came of it in one command a run. An event counts as delivered only when that is recorded; a process that dies in
between sends it again, under the same id. A process that finds the lease taken leaves the receiver alone.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog

from canglian.kernel.command import Command, Outcome
from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Busy, CanglianError, Rejection, Unavailable
from canglian.kernel.outbox import queries
from canglian.kernel.outbox.adapters import Adapters
from canglian.kernel.outbox.commands import Attempt, LeaseReceiver, RecordDeliveries
from canglian.kernel.outbox.model import Receiver
from canglian.kernel.outbox.polling import Place, Poll
from canglian.kernel.outbox.sending import Policy, Sender
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.values import utc_now

ACTOR = "system:outbox"
SUBMIT_TRIES = 20
SLOW_MS = 2_000
"""How long an answer takes whose receiver counts as slow."""

SLOW_SHARE = 4
"""One in so many of those that are sent to at once may be slow, or have failed the last time."""

log = structlog.get_logger()


class Run(msgspec.Struct, frozen=True):
    """Some events that were sent, up to where there is nothing more; ``is_last`` says that no other run follows now."""

    attempts: list[Attempt]
    through: int
    is_last: bool


class Dispatcher:
    """Sends the events of books; several processes may each have one."""

    def __init__(
        self,
        engine: Engine,
        reader: Reader,
        keyring: Keyring,
        policy: Policy | None = None,
        clock: Callable[[], datetime] = utc_now,
        adapters: Adapters | None = None,
    ) -> None:
        self.holder = secrets.token_hex(8)
        self.policy = policy or Policy()
        self._engine = engine
        self._reader = reader
        self._clock = clock
        policy = self.policy
        self._sender = Sender(
            keyring, timeout_seconds=policy.timeout_seconds, allow_private=policy.allow_private, adapters=adapters
        )
        self._room = asyncio.Semaphore(policy.concurrency)
        self._slow_room = asyncio.Semaphore(max(1, policy.concurrency // SLOW_SHARE))
        self._slow: set[tuple[int, str]] = set()
        self._polls: dict[int, Poll] = {}
        self._running: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._leased: dict[tuple[int, str], int] = {}
        self._records = 0
        self._closing = False

    async def turn(self, book: int) -> int:
        """Look what is due in a book and begin to send it; returns how many receivers are being sent to."""
        if self._closing:
            return 0
        poll = self._polls.setdefault(book, Poll(self._reader, book))
        for place in await poll.due(self._clock()):
            who = (book, place.receiver.id)
            if who not in self._running and self._sender.reaches(place.receiver):
                task = asyncio.create_task(self._serve(book, poll, place), name=f"outbox-{book}-{place.receiver.id}")
                self._running[who] = task
                task.add_done_callback(lambda _, who=who: self._running.pop(who, None))
        return sum(1 for of, _ in self._running if of == book)

    async def settle(self) -> None:
        """Wait until nothing is being sent."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def run(self, book: int) -> None:
        """Send the events of a book until cancelled."""
        while True:
            try:
                await self.turn(book)
            except Unavailable:
                log.warning("outbox waits for the database", book=book)
            await asyncio.sleep(self.policy.poll_seconds)

    async def close(self) -> None:
        """Finish what is being sent, record it, and give the leases back."""
        self._closing = True
        await self.settle()
        for (book, receiver), cursor in list(self._leased.items()):
            try:
                await self._record(book, receiver, [], cursor, release=True)
            except CanglianError:
                log.info("outbox lease not given back", book=book, receiver=receiver)
        await self._sender.close()

    # -- one receiver ------------------------------------------------------------------------------------------

    async def _serve(self, book: int, poll: Poll, place: Place) -> None:
        """Send what is due to one receiver. Slow ones wait for one another, so that they never hold up the others."""
        identity = place.receiver.id
        lane = self._slow_room if (book, identity) in self._slow else contextlib.nullcontext()
        async with lane, self._room:
            try:
                receiver = await self._lease(book, place) if await self._has_work(book, poll, place) else None
                while receiver is not None and not self._closing:
                    receiver = await self._run_once(book, poll, place, receiver)
            except Rejection as refused:
                self._leased.pop((book, identity), None)
                log.info("outbox leaves a receiver", book=book, receiver=identity, code=refused.code)
            except CanglianError as away:
                log.warning("outbox stops for now", book=book, receiver=identity, code=away.code)
            except Exception:
                log.exception("outbox failed", book=book, receiver=identity)

    async def _has_work(self, book: int, poll: Poll, place: Place) -> bool:
        """Whether there is something to send or to record: looking must not cost a command."""
        receiver, last = place.receiver, poll.last
        if place.letters or place.wanted > receiver.cursor or poll.is_idle(place):
            return True
        seen = max(place.looked, receiver.cursor)
        if await queries.events_after(self._reader, book, seen, receiver.kinds, 1, receiver.about):
            return True
        poll.nothing(place, last)
        return False

    async def _lease(self, book: int, place: Place) -> Receiver | None:
        identity = place.receiver.id
        command = LeaseReceiver(receiver=identity, holder=self.holder, milliseconds=self._lease_ms)
        outcome = await self._engine.submit(book, command, actor=ACTOR)
        if outcome.error is not None and outcome.error.code == "receiver.leased":
            place.not_before = datetime.fromisoformat(outcome.error.fields["until"])
            return None
        receiver = outcome.unwrap()
        self._leased[book, identity] = receiver.cursor
        return receiver

    async def _run_once(self, book: int, poll: Poll, place: Place, receiver: Receiver) -> Receiver | None:
        """Send a run of events and record it; the receiver as it is then, or None when nothing more is due."""
        letters = await self._resend(book, receiver) if place.letters else []
        place.letters = False
        is_due = receiver.next_at is None or receiver.next_at <= self._clock()
        run = await self._send(book, poll, receiver) if is_due else Run([], receiver.cursor, is_last=True)
        if run.is_last and all(attempt.delivered for attempt in run.attempts):
            poll.nothing(place, run.through)
        if not letters and not run.attempts and not poll.is_idle(place):
            place.receiver = receiver
            return None
        receiver = await self._record(book, receiver.id, [*letters, *run.attempts], run.through)
        place.receiver = receiver
        self._judge(book, receiver, [*letters, *run.attempts])
        return None if run.is_last or receiver.next_at is not None else receiver

    def _judge(self, book: int, receiver: Receiver, attempts: list[Attempt]) -> None:
        """Who failed or took long is served in the lane of the slow ones the next time."""
        if any(not attempt.delivered or attempt.duration_ms > SLOW_MS for attempt in attempts):
            self._slow.add((book, receiver.id))
        else:
            self._slow.discard((book, receiver.id))

    async def _send(self, book: int, poll: Poll, receiver: Receiver) -> Run:
        """Send the next events until one fails or the run is long enough."""
        last, limit = poll.last, self.policy.run_events
        events = await queries.events_after(self._reader, book, receiver.cursor, receiver.kinds, limit, receiver.about)
        attempts: list[Attempt] = []
        end = time.monotonic() + self.policy.run_seconds
        for event in events:
            attempt = await self._sender.send(book, receiver, event)
            attempts.append(attempt)
            if not attempt.delivered:
                return Run(attempts, max((a.event for a in attempts[:-1]), default=receiver.cursor), is_last=True)
            if time.monotonic() > end or self._closing:
                return Run(attempts, event.number, is_last=event is events[-1] and len(events) < limit)
        whole = len(events) < limit
        through = max(last, events[-1].number) if whole and events else last if whole else events[-1].number
        return Run(attempts, through, is_last=whole)

    async def _resend(self, book: int, receiver: Receiver) -> list[Attempt]:
        letters = await queries.queued_letters(self._reader, book, receiver.id, self._clock(), self.policy.run_events)
        attempts: list[Attempt] = []
        end = time.monotonic() + self.policy.run_seconds
        for letter, event in letters:
            if time.monotonic() > end or self._closing:
                break
            attempts.append(await self._sender.send(book, receiver, event, letter.id))
        return attempts

    async def _record(
        self, book: int, receiver: str, attempts: list[Attempt], through: int, *, release: bool = False
    ) -> Receiver:
        command = RecordDeliveries(
            receiver=receiver,
            holder=self.holder,
            through=through,
            attempts=attempts,
            milliseconds=self._lease_ms,
            release=release,
        )
        self._records += 1
        outcome = await self._submit(book, command, f"{receiver}:{self.holder}:{self._records}")
        recorded = outcome.unwrap()
        self._leased[book, receiver] = recorded.cursor
        if release:
            del self._leased[book, receiver]
        return recorded

    async def _submit(self, book: int, command: Command[Receiver], key: str) -> Outcome[Receiver]:
        """Ask the engine until it answers: what was sent should be recorded, and the key makes it happen once."""
        for left in range(SUBMIT_TRIES, 0, -1):
            try:
                outcome = await self._engine.submit(book, command, actor=ACTOR, key=key)
                if not isinstance(outcome.error, Unavailable) or left == 1:
                    return outcome
            except (Busy, Unavailable):
                if left == 1:
                    raise
            await asyncio.sleep(0.5)
        raise AssertionError("unreachable")

    @property
    def _lease_ms(self) -> int:
        return max(1, round(self.policy.lease_seconds * 1000))
