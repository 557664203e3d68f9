"""The outbox's use cases. What came of a call to the outside comes back as a command, so a replay calls nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, Meta, UnsetType

from canglian.kernel import retry_after
from canglian.kernel.book import Book
from canglian.kernel.command import Command, Read
from canglian.kernel.errors import declare
from canglian.kernel.fields import Field, Reason
from canglian.kernel.outbox.judging import check_host
from canglian.kernel.outbox.model import DeadLetter, DeadLetterState, Delivery, Receiver, ReceiverState
from canglian.kernel.values import Name, Number

declare(
    {
        "receiver.not_found": "There is no receiver {receiver} in this book.",
        "receiver.removed": "Receiver {receiver} was removed.",
        "receiver.paused": "Receiver {receiver} is paused; let it go on first.",
        "receiver.url_invalid": "The address of a receiver is https://host/path, or http:// inside a network.",
        "receiver.leased": "Another process sends to receiver {receiver} until {until}.",
        "receiver.is_adapter": "Receiver {receiver} is an adapter, without address and secret, and is not "
        "removed. Pause it instead.",
        "receiver.lease_lost": "This process does not hold the lease of receiver {receiver} any more.",
        "dead_letter.not_found": "There is no dead letter {dead_letter} in this book.",
        "dead_letter.not_dead": "Dead letter {dead_letter} is {state}.",
    }
)

DELAY_MAX = timedelta(hours=6)
OVERLAP = timedelta(hours=24)
"""How long the secret before the last still signs."""

ATTEMPTS_MAX = 500

Kind = Annotated[str, Meta(pattern=r"^(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?)\Z", max_length=60)]
Kinds = Annotated[list[Kind], Meta(min_length=1, max_length=50)]
Url = Annotated[str, Meta(max_length=500), Field(check=check_host)]
Tries = Annotated[int, Meta(ge=1, le=50)]
DelayMs = Annotated[int, Meta(ge=1, le=3_600_000)]
Ladder = Annotated[
    list[Annotated[int, Meta(ge=1, le=86_400)]],
    Meta(max_length=50, description="Pauses in seconds after each failed attempt of an event, each by itself."),
]
About = Annotated[
    dict[Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}\Z")], Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,80}\Z")]],
    Meta(max_length=5, description="What an event has to carry, by its fields: a merchant's id."),
]
AdapterName = Annotated[str, Meta(pattern=r"^[a-z]+([._][a-z]+)*\Z", max_length=30)]
ReceiverId = Annotated[str, Meta(min_length=1, max_length=40)]
Holder = Annotated[str, Meta(min_length=1, max_length=64)]
Problem = Annotated[str, Meta(max_length=300)]


class AddReceiver(Command[Receiver], kind="outbox.add_receiver"):
    """Let somebody hear of events from now on, or from ``after`` an event's number. ``secret`` comes sealed.

    Rejects ``receiver.url_invalid`` and ``receiver.url_refused``.
    """

    name: Name
    url: Url
    secret: str
    kinds: Kinds = msgspec.field(default_factory=lambda: ["*"])
    after: Annotated[int, Meta(ge=0)] | None = None
    tries_max: Tries = 15
    delay_ms: DelayMs = 5000
    ladder: Ladder = msgspec.field(default_factory=list[int])
    about: About = msgspec.field(default_factory=dict[str, str])

    def decide(self, book: Book) -> Receiver:
        _check_url(book, self.url)
        identity = book.new_id("rcv")
        receiver = receiver_of(
            book,
            identity,
            name=self.name,
            url=self.url,
            kinds=self.kinds,
            secret=self.secret,
            cursor=book.events if self.after is None else min(self.after, book.events),
            tries_max=self.tries_max,
            delay_ms=self.delay_ms,
        )
        book.emit("outbox.receiver_added", f"receiver:{identity}", receiver=identity, name=self.name)
        return book.add(receiver.replace(ladder=self.ladder, about=self.about))


class ChangeReceiver(Command[Receiver], kind="outbox.change_receiver"):
    """Change a receiver; what is left out stays. Its next attempt becomes due at once.

    A new ``secret`` (sealed) signs from now on, the one before it too for a day. ``previous`` has, sealed, all that go
    on signing where there are several.
    """

    receiver: ReceiverId
    name: Name | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET
    state: ReceiverState | UnsetType = UNSET
    secret: str | UnsetType = UNSET
    previous: str | UnsetType = UNSET
    tries_max: Tries | UnsetType = UNSET
    delay_ms: DelayMs | UnsetType = UNSET

    def reads(self) -> Iterable[Read]:
        return ((Receiver, self.receiver),)

    def decide(self, book: Book) -> Receiver:
        receiver = _living(book, self.receiver)
        if receiver.adapter is not None and (
            self.url is not UNSET or self.secret is not UNSET or self.state is ReceiverState.REMOVED
        ):
            book.reject("receiver.is_adapter", receiver=receiver.id)
        if self.url is not UNSET:
            _check_url(book, self.url)
        names = ("name", "url", "kinds", "state", "secret", "tries_max", "delay_ms")
        changes = {name: value for name in names if (value := getattr(self, name)) is not UNSET}
        book.emit(
            "outbox.receiver_changed",
            f"receiver:{receiver.id}",
            receiver=receiver.id,
            fields=",".join(sorted(changes)),
            state=changes.get("state", receiver.state).value,
        )
        if "secret" in changes:
            previous = receiver.secret if self.previous is UNSET else self.previous
            changes |= {"previous_secret": previous, "previous_until": book.now + OVERLAP}
        return book.put(receiver.replace(**changes, tries=0, next_at=None, updated_at=book.now))


class LeaseReceiver(Command[Receiver], kind="outbox.lease_receiver"):
    """Be the only one who sends to a receiver for a while. Rejects ``receiver.leased`` and ``receiver.removed``."""

    receiver: ReceiverId
    holder: Holder
    milliseconds: Annotated[int, Meta(ge=1, le=600_000)]

    def reads(self) -> Iterable[Read]:
        return ((Receiver, self.receiver),)

    def decide(self, book: Book) -> Receiver:
        receiver = _living(book, self.receiver)
        until = receiver.leased_until
        if until is not None and until > book.now and receiver.leased_by != self.holder:
            book.reject("receiver.leased", receiver=receiver.id, until=until.isoformat())
        leased = book.now + timedelta(milliseconds=self.milliseconds)
        return book.put(receiver.replace(leased_by=self.holder, leased_until=leased))


class Attempt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What came of sending one event: it arrived, or the problem. ``dead_letter`` is the one that was sent again.

    A receiver that says for how long it wants no more is not tried ``retry_after_ms``; one that says that it is
    ``gone`` for good is not tried again.
    """

    event: Number
    at: Annotated[datetime, Meta(tz=True)]
    duration_ms: Annotated[int, Meta(ge=0)]
    status: int | None = None
    problem: Problem | None = None
    dead_letter: Number | None = None
    retry_after_ms: Annotated[int, Meta(ge=0, le=retry_after.MOST_MS)] | None = None
    gone: bool = False

    @property
    def delivered(self) -> bool:
        """Whether it arrived."""
        return self.problem is None


class RecordDeliveries(Command[Receiver], kind="outbox.record_deliveries"):
    """Keep what came of some attempts, in order, and move the receiver's cursor to ``through``.

    A failed attempt at the next event sets back-off, or after the last try a dead letter; nothing follows it. One that
    finds the receiver gone pauses it and says so by an event. Only
    the holder of the lease records (``receiver.lease_lost``); the lease is renewed, or given back with ``release``.
    """

    receiver: ReceiverId
    holder: Holder
    through: Annotated[int, Meta(ge=0)]
    attempts: Annotated[list[Attempt], Meta(max_length=ATTEMPTS_MAX)] = msgspec.field(default_factory=list[Attempt])
    milliseconds: Annotated[int, Meta(ge=1, le=600_000)] = 60_000
    release: bool = False

    def reads(self) -> Iterable[Read]:
        letters = [(DeadLetter, a.dead_letter) for a in self.attempts if a.dead_letter is not None]
        return [(Receiver, self.receiver), *letters]

    def decide(self, book: Book) -> Receiver:
        receiver = book.get(Receiver, self.receiver)
        if receiver.leased_by != self.holder:
            book.reject("receiver.lease_lost", receiver=receiver.id)
        for attempt in self.attempts:
            if attempt.dead_letter is not None:
                _attempted_again(book, receiver, attempt, attempt.dead_letter)
            elif not attempt.gone:
                receiver = _attempted(book, receiver, attempt)
            else:
                _keep(book, receiver, attempt, receiver.tries + 1)
            if attempt.gone:
                receiver = _paused(book, receiver, attempt)
        leased = None if self.release else book.now + timedelta(milliseconds=self.milliseconds)
        return book.put(
            receiver.replace(
                cursor=max(receiver.cursor, self.through),
                leased_by=None if self.release else self.holder,
                leased_until=leased,
            )
        )


class SendTestEvent(Command[DeadLetter], kind="outbox.send_test_event"):
    """Send a receiver an event that says nothing, to see whether it arrives; whatever kinds it wants, and nobody else.

    Rejects ``receiver.removed``, ``receiver.paused`` and ``receiver.is_adapter``.
    """

    receiver: ReceiverId

    def reads(self) -> Iterable[Read]:
        return ((Receiver, self.receiver),)

    def decide(self, book: Book) -> DeadLetter:
        receiver = _living(book, self.receiver)
        if receiver.adapter is not None:
            book.reject("receiver.is_adapter", receiver=receiver.id)
        if receiver.state is not ReceiverState.ACTIVE:
            book.reject("receiver.paused", receiver=receiver.id)
        book.emit("outbox.test", f"receiver:{receiver.id}", receiver=receiver.id)
        letter = DeadLetter(
            id=book.next_number(DeadLetter),
            receiver=receiver.id,
            event=book.events,
            tries=0,
            status=None,
            problem="",
            state=DeadLetterState.QUEUED,
            created_at=book.now,
            updated_at=book.now,
        )
        return book.add(letter)


class ResendDeadLetter(Command[DeadLetter], kind="outbox.resend_dead_letter"):
    """Send what did not arrive once more, now. Rejects ``dead_letter.not_dead`` and ``receiver.removed``."""

    dead_letter: Number

    def decide(self, book: Book) -> DeadLetter:
        letter = _undelivered(book, self.dead_letter)
        _living(book, letter.receiver)
        return _moved(book, letter, DeadLetterState.QUEUED, "outbox.dead_letter_queued")


class SkipDeadLetter(Command[DeadLetter], kind="outbox.skip_dead_letter"):
    """Give what did not arrive up for good. Rejects ``dead_letter.not_dead``."""

    dead_letter: Number
    reason: Reason

    def decide(self, book: Book) -> DeadLetter:
        letter = _undelivered(book, self.dead_letter)
        return _moved(book, letter, DeadLetterState.SKIPPED, "outbox.dead_letter_skipped", reason=self.reason)


def receiver_of(
    book: Book,
    identity: str,
    *,
    name: str,
    url: str,
    kinds: list[str],
    secret: str | None,
    cursor: int,
    tries_max: int,
    delay_ms: int,
) -> Receiver:
    """A receiver that has heard of nothing yet."""
    return Receiver(
        id=identity,
        name=name,
        url=url,
        kinds=kinds,
        secret=secret,
        previous_secret=None,
        previous_until=None,
        state=ReceiverState.ACTIVE,
        cursor=cursor,
        tries=0,
        tries_max=tries_max,
        delay_ms=delay_ms,
        next_at=None,
        problem=None,
        leased_by=None,
        leased_until=None,
        created_at=book.now,
        updated_at=book.now,
    )


def _attempted(book: Book, receiver: Receiver, attempt: Attempt) -> Receiver:
    tries = receiver.tries + 1
    _keep(book, receiver, attempt, tries)
    if attempt.problem is None:
        return receiver.replace(cursor=attempt.event, tries=0, next_at=None, problem=None)
    if receiver.ladder:
        return _climbing(book, receiver, attempt)
    if tries < receiver.tries_max:
        pause = max(_back_off(book, receiver, tries), timedelta(milliseconds=attempt.retry_after_ms or 0))
        return receiver.replace(tries=tries, next_at=book.now + pause, problem=attempt.problem)
    letter = book.add(_letter(book, receiver, attempt, tries))
    _dead_lettered(book, letter)
    return _passed(book, receiver, attempt)


def _climbing(book: Book, receiver: Receiver, attempt: Attempt) -> Receiver:
    """The first step of the ladder for one event; the next events do not wait for it, unless they are unwanted too."""
    letter = _letter(book, receiver, attempt, 1)
    book.add(letter.replace(state=DeadLetterState.WAITING, next_at=_next_step(book, receiver, attempt, 1)))
    return _passed(book, receiver, attempt)


def _passed(book: Book, receiver: Receiver, attempt: Attempt) -> Receiver:
    """The receiver behind an event that did not arrive. Where it says when to come again, no other comes before."""
    wait = attempt.retry_after_ms
    next_at = book.now + timedelta(milliseconds=wait) if wait else None
    return receiver.replace(cursor=attempt.event, tries=0, next_at=next_at, problem=attempt.problem)


def _next_step(book: Book, receiver: Receiver, attempt: Attempt, tries: int) -> datetime:
    """When an event is tried again that failed so often; a receiver that wants no more for longer is let wait."""
    pause = timedelta(seconds=receiver.ladder[tries - 1])
    return book.now + max(pause, timedelta(milliseconds=attempt.retry_after_ms or 0))


def _letter(book: Book, receiver: Receiver, attempt: Attempt, tries: int) -> DeadLetter:
    return DeadLetter(
        id=book.next_number(DeadLetter),
        receiver=receiver.id,
        event=attempt.event,
        tries=tries,
        status=attempt.status,
        problem=attempt.problem or "",
        state=DeadLetterState.DEAD,
        created_at=book.now,
        updated_at=book.now,
    )


def _dead_lettered(book: Book, letter: DeadLetter) -> None:
    book.emit("outbox.dead_lettered", f"receiver:{letter.receiver}", dead_letter=letter.id, event=letter.event)


def _paused(book: Book, receiver: Receiver, attempt: Attempt) -> Receiver:
    """A receiver whose address says that nobody is there any more: paused at its place until somebody continues it.

    The event is none of the outbox's own, so that the owner hears of it by another receiver.
    """
    if receiver.state is not ReceiverState.ACTIVE:
        return receiver
    subject = f"receiver:{receiver.id}"
    book.emit("receiver.gone", subject, receiver=receiver.id, name=receiver.name, event=attempt.event)
    paused = ReceiverState.PAUSED
    return receiver.replace(state=paused, tries=0, next_at=None, problem=attempt.problem, updated_at=book.now)


def _attempted_again(book: Book, receiver: Receiver, attempt: Attempt, number: int) -> None:
    letter = book.get(DeadLetter, number)
    tries = letter.tries + 1
    _keep(book, receiver, attempt, tries)
    if letter.state not in (DeadLetterState.QUEUED, DeadLetterState.WAITING):
        return  # sent twice by two processes; the first has been recorded
    state, next_at = DeadLetterState.DELIVERED if attempt.delivered else DeadLetterState.DEAD, None
    if not attempt.delivered and tries <= len(receiver.ladder):
        state, next_at = DeadLetterState.WAITING, _next_step(book, receiver, attempt, tries)
    elif not attempt.delivered and receiver.ladder:
        _dead_lettered(book, letter)
    changed = letter.replace(tries=tries, status=attempt.status, problem=attempt.problem or letter.problem)
    book.put(changed.replace(state=state, next_at=next_at, updated_at=book.now))


def _keep(book: Book, receiver: Receiver, attempt: Attempt, tries: int) -> None:
    book.add(
        Delivery(
            book.next_number(Delivery),
            receiver.id,
            attempt.event,
            attempt.dead_letter,
            tries,
            attempt.at,
            attempt.delivered,
            attempt.status,
            attempt.problem,
            attempt.duration_ms,
        )
    )


def _back_off(book: Book, receiver: Receiver, tries: int) -> timedelta:
    """Twice as long after each try, at most six hours; up to half of it by chance, so that receivers recover gently."""
    longest = min(receiver.delay_ms << min(tries - 1, 40), int(DELAY_MAX.total_seconds() * 1000))
    return timedelta(milliseconds=longest - book.random.randrange(longest // 2 + 1))


def _undelivered(book: Book, number: int) -> DeadLetter:
    letter = book.get(DeadLetter, number)
    if letter.state not in (DeadLetterState.DEAD, DeadLetterState.WAITING):
        book.reject("dead_letter.not_dead", dead_letter=number, state=letter.state.value)
    return letter


def _moved(book: Book, letter: DeadLetter, state: DeadLetterState, event: str, **more: str) -> DeadLetter:
    subject = f"receiver:{letter.receiver}"
    book.emit(event, subject, dead_letter=letter.id, event=letter.event, **more)
    return book.put(letter.replace(state=state, next_at=None, updated_at=book.now))


def _living(book: Book, identity: str) -> Receiver:
    receiver = book.get(Receiver, identity)
    if receiver.state is ReceiverState.REMOVED:
        book.reject("receiver.removed", receiver=identity)
    return receiver


def _check_url(book: Book, url: str) -> None:
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None
        right = right and parts.port != 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        right = False
    if not right:
        book.reject("receiver.url_invalid")
