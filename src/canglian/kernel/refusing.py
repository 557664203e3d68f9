"""Refusals in a rush, without a batch: what a command's ``preconditions`` refuse is answered from memory.

When ten thousand coupons are gone, hundreds of thousands still ask for one, and none of them can change anything. Once
a batch has refused many of them, further ones wait beside the queue until no decision is under way, when memory is the
book as the newest batch leaves it. If they are refused then, they are answered as soon as that batch has landed, or,
where none is on its way, once the database says that nobody else has written since; and those whose key is in the log
with what was answered then. Whatever is not sure goes into the queue and is decided like everything else, and so does
what comes when the rush is over: its refusals stand in the log.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from canglian.kernel.book import Book, Missing
from canglian.kernel.command import Command
from canglian.kernel.deciding import Ticket
from canglian.kernel.errors import Busy, CanglianError

RUSH_LEAST = 32
"""How many must be refused for the same reason in one batch, or wait for it, to be a rush."""

KEPT_MAX = 10_000
"""How many different preconditions are remembered as those that refuse."""


class Barred:
    """Commands that are probably refused without a batch, and wait to be looked at."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._waiting: defaultdict[Any, list[Ticket]] = defaultdict(list)
        self._refusing: set[Any] = set()

    def __bool__(self) -> bool:
        return bool(self._count)

    def learn(self, tickets: Iterable[Ticket], book: Book) -> bool:
        """Remember which preconditions refuse, from what a batch has refused; whether there is a new one."""
        known = len(self._refusing)
        refused = (ticket for ticket in tickets if ticket.outcome is not None and ticket.outcome.error is not None)
        first: dict[Any, Ticket] = {}
        counts: Counter[Any] = Counter()
        for ticket in refused:
            kept = _kept(ticket)
            if kept is not None:
                counts[kept] += 1
                first.setdefault(kept, ticket)
        for kept, count in counts.items():
            if count >= RUSH_LEAST and _refusal(first[kept].command, book) is not None:
                if len(self._refusing) >= KEPT_MAX:
                    self._refusing.clear()
                self._refusing.add(kept)
        return len(self._refusing) > known

    def takes(self, ticket: Ticket, *, has_place: bool = False) -> bool:
        """Whether it waits here; Busy ``engine.busy`` when there is no room, unless it has a place already."""
        if not self._refusing or ticket.dry_run:
            return False
        kept = _kept(ticket)
        if kept not in self._refusing:
            return False
        if self._count >= self._most and not has_place:
            raise Busy("engine.busy", retry_after=1)
        self._count += 1
        self._waiting[kept].append(ticket)
        return True

    def take(self, book: Book, otherwise: Callable[[list[Ticket]], None]) -> dict[CanglianError, list[Ticket]]:
        """All that wait and are refused by ``book`` as it is, by what refuses them; ``otherwise`` has the others."""
        refused: dict[CanglianError, list[Ticket]] = {}
        others: list[Ticket] = []
        for kept, tickets in self._all().items():
            error = _refusal(tickets[0].command, book) if len(tickets) >= RUSH_LEAST else None
            if error is None:
                self._refusing.discard(kept)
                others += tickets
                continue
            refused[error] = [ticket for ticket in tickets if _is_admitted(ticket, book)]
            if len(refused[error]) < len(tickets):
                others += [ticket for ticket in tickets if not _is_admitted(ticket, book)]
        if others:
            otherwise(others)
        return refused

    def all(self) -> list[Ticket]:
        """All that wait, who wait here no longer."""
        return list(chain.from_iterable(self._all().values()))

    def _all(self) -> dict[Any, list[Ticket]]:
        waiting, self._waiting, self._count = self._waiting, defaultdict(list), 0
        return waiting


def _kept(ticket: Ticket) -> Any:
    command = ticket.command
    of = command.preconditions_of
    return None if of is None else (command.__kind__, of)


def _refusal(command: Command[Any], book: Book) -> CanglianError | None:
    """What refuses this to everybody, as far as memory shows it; None where it has to be decided."""
    try:
        command.preconditions(book)
    except CanglianError as refused:
        return refused.with_traceback(None)  # which would keep all that are refused by it in a cycle
    except Missing:
        pass
    return None


def _is_admitted(ticket: Ticket, book: Book) -> bool:
    """Whether the sender may ask for it; who may not is refused for that, by a decision."""
    if ticket.role is None:
        return True
    try:
        book.admit(ticket.command, ticket.role)
    except (Missing, CanglianError):
        return False
    return True
