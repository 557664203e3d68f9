"""The commands of a book that wait for their turn: bounded, and taken a batch at a time.

Most commands move little and a few move thousands of times as much. Where both wait, a batch carries one heavy
command at most beside the light ones, and the next four carry none: whoever moves little never waits for long behind
somebody who moves much, and the heavy ones still get every fifth turn. The lane begins none of them before the
light ones that it has taken are answered.
"""

from collections import deque
from collections.abc import Callable, Iterable

from canglian.kernel.deciding import Ticket
from canglian.kernel.errors import Busy

SHARED_MAX = 1024
"""Up to how many light movements, waiting and under way, two batches share alike: while one is committed the other is
read, decided and answered. A batch of all that waits, followed by one of the few that came meanwhile, does neither."""

SHARED_LEAST = 16
"""From how many on they share alike although nothing is under way: who is answered together asks again together."""

PAUSE_BATCHES = 4
"""How many batches after one with a heavy command carry none, while light ones wait."""

ABOUT_BATCHES = 8
"""For how many batches after the last light command heavy ones are taken one by one, for more light ones will come."""


class Waiting:
    """A book's queue. ``weight`` is the number of movements in it."""

    def __init__(self, batch_max: int, queue_max: int) -> None:
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._light: deque[Ticket] = deque()
        self._heavy: deque[Ticket] = deque()
        self._pause = 0
        self._about = 0
        self._arrivals = 0
        self.weight = 0

    @property
    def heavy_is_next(self) -> bool:
        """Whether the next batch would carry a heavy command."""
        return bool(self._heavy) and not (self._light and self._pause)

    def add(self, ticket: Ticket) -> None:
        """Let a command in; Busy ``engine.busy`` when there is no room for it."""
        weight = ticket.weight
        if self.weight and self.weight + weight > self._queue_max:
            raise Busy("engine.busy", retry_after=1)
        self._arrivals += 1
        ticket.arrival = self._arrivals
        (self._light if ticket.is_light else self._heavy).append(ticket)
        self.weight += weight

    def back(self, tickets: Iterable[Ticket]) -> None:
        """Put commands back that were taken: they keep their places, and there is always room for them."""
        for ticket in tickets:
            (self._light if ticket.is_light else self._heavy).append(ticket)
            self.weight += ticket.weight
        self._light = deque(sorted(self._light, key=_arrival))
        self._heavy = deque(sorted(self._heavy, key=_arrival))

    def leave(self, leaves: Callable[[Ticket], bool]) -> None:
        """Let those commands go that leave for elsewhere."""
        self._light = deque(ticket for ticket in self._light if not leaves(ticket))
        self._heavy = deque(ticket for ticket in self._heavy if not leaves(ticket))
        self.weight = sum(ticket.weight for ticket in (*self._light, *self._heavy))

    def take(self, under_way: int = 0) -> list[Ticket]:
        """The next batch, in the order in which its commands came; empty when nobody waits."""
        self._about = ABOUT_BATCHES if self._light else max(0, self._about - 1)
        if not self._heavy:
            taken = _some(self._light, self._share(under_way))
        elif not self._light:
            taken = _some(self._heavy, 1 if self._about else self._batch_max)
        else:
            taken = self._some_of_both()
        self.weight -= sum(ticket.weight for ticket in taken)
        return taken

    def _share(self, under_way: int) -> int:
        both = self.weight + under_way
        shared = SHARED_LEAST <= both <= SHARED_MAX if not under_way else both <= SHARED_MAX
        return min(self._batch_max, (both + 1) // 2) if shared else self._batch_max

    def _some_of_both(self) -> list[Ticket]:
        light = _some(self._light, self._batch_max)
        if self._pause:
            self._pause -= 1
            return light
        self._pause = PAUSE_BATCHES
        return sorted([self._heavy.popleft(), *light], key=_arrival)


def _some(queue: deque[Ticket], most: int) -> list[Ticket]:
    """The first of a queue that weigh ``most`` together, but at least one."""
    taken: list[Ticket] = []
    weight = 0
    while queue and (not taken or weight + queue[0].weight <= most):
        taken.append(queue.popleft())
        weight += taken[-1].weight
    return taken


def _arrival(ticket: Ticket) -> int:
    return ticket.arrival
