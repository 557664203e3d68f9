"""What the end of a day consists of: a small protocol that this room fills for the rooms below, and rooms above fill.

A step brings what it is about up to the business date; whatever of it is done already it does not do again. So it may
be stopped anywhere and begun again, by several at once. It is registered at import::

    register(Step("reconciliation", 50, count_due, reconcile))
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date

from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.web.services import Services


class Turn:
    """A step that is under way: what it works with, and how far it says that it is."""

    def __init__(self, services: Services, book: int, day: date) -> None:
        self.services = services
        self.book = book
        self.date = day
        self.done = 0
        self.figures: dict[str, int] = {}
        self.failures: dict[str, str] = {}

    @property
    def engine(self) -> Engine:
        """To which commands are submitted."""
        return self.services.engine

    @property
    def reader(self) -> Reader:
        """What is due is read with."""
        return self.services.reader

    def advance(self, count: int) -> None:
        """So many more items are done."""
        self.done += count

    def add(self, name: str, count: int) -> None:
        """Add to a figure of what the step came to."""
        self.figures[name] = self.figures.get(name, 0) + count

    def fail(self, item: str, code: str) -> None:
        """An item could not be done, and why; the others go on."""
        self.failures[item] = code


@dataclass(frozen=True)
class Step:
    """A step. ``order`` is its place among all; pages call it ``eod_step.<name>``.

    ``count`` says about how many items are still due, ``run`` does them. A step that is ``last`` waits until no step
    before it has an item that failed, but for those that do not hold the day up: they are tried again while the next
    days go on.
    """

    name: str
    order: int
    count: Callable[[Services, int, date], Awaitable[int]]
    run: Callable[[Turn], Awaitable[None]]
    last: bool = False
    holds: bool = True


@dataclass
class Steps:
    """The steps of an installation."""

    known: dict[str, Step] = field(default_factory=dict[str, Step])

    def register(self, *steps: Step) -> None:
        """Make steps known."""
        for step in steps:
            assert step.name not in self.known, step.name
            self.known[step.name] = step

    def ordered(self) -> list[Step]:
        """All steps in their order."""
        return sorted(self.known.values(), key=lambda step: step.order)


STEPS = Steps()
register = STEPS.register
