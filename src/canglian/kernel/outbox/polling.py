"""Which receivers of a book have work: found for all of them at once, however many there are.

A turn asks one thing: how far the book's events go, and whose dead letters are due. New events are read once, by pages,
and matched in memory with what each receiver wants. Where a receiver is far behind, or was just added or changed, its
own events are looked for once; from there on it is one of all.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from canglian.kernel.outbox import queries
from canglian.kernel.outbox.model import Receiver
from canglian.kernel.outbox.queries import EventHead
from canglian.kernel.postgres.reader import Reader

PAGE = 1_000
"""How many new events are read at once."""

BACK = 20_000
"""How many events before the last one are read when a process begins; who is further behind is looked at by itself."""

IDLE_EVENTS = 10_000
"""A receiver's cursor follows events of no interest to it when it lies behind by so many: for each hundred receivers
more, so that following costs few commands."""

REFRESH = timedelta(seconds=30)
"""After how long receivers are read again, though no event said that one had changed."""

OWN = "outbox."
_CHANGES = ("outbox.receiver_added", "outbox.receiver_changed", "receiver.gone")


class Place(msgspec.Struct, kw_only=True):
    """Where a receiver stands. ``wanted`` is the last event known to be for it; ``looked`` is up to where that counts.

    ``not_before`` is until when another process sends to it.
    """

    receiver: Receiver
    wanted: int = 0
    looked: int = 0
    letters: bool = False
    not_before: datetime | None = None


class Poll:
    """The receivers of one book."""

    def __init__(self, reader: Reader, book: int) -> None:
        self.last = 0
        self._reader = reader
        self._book = book
        self._places: dict[str, Place] = {}
        self._about: dict[tuple[str, str], list[Place]] = {}
        self._any: list[Place] = []
        self._begun = False
        self._refresh_at: datetime | None = None

    async def due(self, now: datetime) -> list[Place]:
        """Receivers to which something is to be sent now, or whose cursor is to follow. Raises Unavailable."""
        last, letters = await queries.standing(self._reader, self._book, now)
        if self._refresh_at is None or now >= self._refresh_at:
            await self._refresh(last, now)
        await self._read_up_to(last, now)
        for place in self._places.values():
            place.letters = place.receiver.id in letters
        return [place for place in self._places.values() if self._has_work(place, now)]

    def nothing(self, place: Place, looked: int) -> None:
        """There is nothing for a receiver up to an event."""
        place.looked = max(place.looked, looked)
        if place.wanted <= looked:
            place.wanted = 0

    def is_idle(self, place: Place) -> bool:
        """Whether a receiver's cursor is to follow events that are of no interest to it."""
        return self.last - place.receiver.cursor >= IDLE_EVENTS * max(1, len(self._places) // 100)

    def _has_work(self, place: Place, now: datetime) -> bool:
        receiver = place.receiver
        if place.not_before is not None and place.not_before > now:
            return False
        if place.letters:
            return True
        if receiver.next_at is not None and receiver.next_at > now:
            return False
        return place.wanted > receiver.cursor or self.is_unsure(place) or self.is_idle(place)

    def is_unsure(self, place: Place) -> bool:
        """Whether it is not known if something waits for a receiver."""
        return max(place.looked, place.receiver.cursor) < self.last

    async def _read_up_to(self, last: int, now: datetime) -> None:
        """Match the events that are new with the receivers."""
        while self.last < last:
            heads = await queries.heads(self._reader, self._book, self.last, PAGE)
            upto = heads[-1].number if len(heads) == PAGE else last
            for place in self._places.values():
                if max(place.looked, place.receiver.cursor) >= self.last:
                    place.looked = upto
            for head in heads:
                for place in self._wanting(head):
                    if head.number > place.receiver.cursor:
                        place.wanted = head.number
            self.last = upto
            if any(head.kind in _CHANGES for head in heads):
                await self._refresh(last, now)

    async def _refresh(self, last: int, now: datetime) -> None:
        """Read the receivers; those that were added or changed are looked at by themselves."""
        found = await queries.active(self._reader, self._book)
        if not self._begun:
            self.last = max(min((receiver.cursor for receiver in found), default=last), last - BACK)
        self._begun, self._refresh_at = True, now + REFRESH
        before, self._places = self._places, {}
        for receiver in found:
            known = before.get(receiver.id)
            if known is None or _asks(known.receiver) != _asks(receiver):
                known = Place(receiver=receiver)
            known.receiver = receiver
            self._places[receiver.id] = known
        self._about, self._any = {}, []
        for place in self._places.values():
            pairs = sorted(place.receiver.about.items())
            (self._about.setdefault(pairs[0], []) if pairs else self._any).append(place)

    def _wanting(self, head: EventHead) -> Iterator[Place]:
        """Who wants to hear of an event. None does of the outbox's own."""
        if head.kind.startswith(OWN):
            return
        fields = ((name, value) for name, value in head.payload.items() if isinstance(value, str))
        about: Iterable[Place] = (place for field in fields for place in self._about.get(field, ()))
        for place in (*self._any, *about):
            carried = place.receiver.about.items() <= head.payload.items() if place.receiver.about else True
            if carried and any(_fits(kind, head.kind) for kind in place.receiver.kinds):
                yield place


def _asks(receiver: Receiver) -> tuple[list[str], dict[str, str]]:
    """What a receiver wants to hear of."""
    return receiver.kinds, receiver.about


def _fits(asked: str, kind: str) -> bool:
    """Whether a kind is the one asked for, or of the family."""
    return kind == asked or (asked.endswith("*") and kind.startswith(asked[:-1]))
