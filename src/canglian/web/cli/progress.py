"""Progress of long work, on stderr: a bar on a terminal, a line now and then in a log."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from canglian.web.cli.output import console

LINE_SECONDS = 5
"""How often progress is printed to a log."""


class Steps:
    """How far a long piece of work has come; its total may come to be known later."""

    def __init__(self, what: str, total: int | None, bar: Progress | None) -> None:
        self.what = what
        self.total = total
        self.done = 0
        self._bar = bar
        self._task: TaskID | None = None if bar is None else bar.add_task(what, total=total)
        self._printed_at = time.monotonic()

    def advance(self, more: int = 1) -> None:
        """So much more is done."""
        self.reach(self.done + more)

    def reach(self, done: int, total: int | None = None) -> None:
        """So much is done in all."""
        self.done = done
        self.total = total or self.total
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=self.total)
        elif time.monotonic() - self._printed_at >= LINE_SECONDS:
            self._printed_at = time.monotonic()
            of = f" of {self.total:,}" if self.total else ""
            print(f"{self.what}: {done:,}{of}", file=sys.stderr, flush=True)


@contextmanager
def steps(what: str, total: int | None = None) -> Generator[Steps]:
    """Show progress while the block runs."""
    if not sys.stderr.isatty():
        yield Steps(what, total, None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        yield Steps(what, total, bar)
