"""Keeping record of the end of a day. These commands move no money: the steps submit what does."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.settlement.closing.model import EodFailure, EodRun, EodState, EodStep, StepState
from canglian.kernel.book import Book
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import doc

Day = date  # a field named date would hide the type
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,31}\Z")]
Count = Annotated[int, Meta(ge=0)]
FAILURES_MAX = 1000


class StartEndOfDay(Command[EodRun], kind="eod.start"):
    """Start the end of the business date; one that has ended with items that failed goes on with those.

    One that runs is left as it is. Rejects ``eod.other_day`` and ``eod.done``.
    """

    steps: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=100), doc("The steps in their order.")]
    date: Annotated[Day | None, doc("The business date; by default the one that is open.")] = None

    def decide(self, book: Book) -> EodRun:
        day = self.date or book.today
        run = book.maybe(EodRun, day)
        if run is None and day != book.today:
            book.reject("eod.other_day", date=day.isoformat(), today=book.today.isoformat(), field="date")
        if run is not None and run.state is EodState.DONE:
            book.reject("eod.done", date=day.isoformat(), field="date")
        if run is not None and run.state is EodState.RUNNING:
            return run
        known = {step.name for step in book.find(EodStep, "date", day)}
        for position, name in enumerate(self.steps, 1):
            if name not in known:
                book.add(EodStep(day, name, position, StepState.WAITING, 0, 0, 0, {}, None, None, book.now))
        book.emit("eod.started", f"eod:{day.isoformat()}", date=day.isoformat())
        if run is not None:
            return book.put(run.replace(state=EodState.RUNNING, ended_at=None, updated_at=book.now))
        return book.add(EodRun(day, EodState.RUNNING, book.now, book.actor, None, book.now))


class NoteEodStep(Command[EodStep], kind="eod.note_step"):
    """Note how far a step is. Rejects ``eod_step.not_found``."""

    date: Day
    name: Name
    total: Count
    done: Count

    def reads(self) -> Iterable[Read]:
        return ((EodStep, (self.date, self.name)),)

    def decide(self, book: Book) -> EodStep:
        step = book.get(EodStep, (self.date, self.name))
        if step.state is StepState.DONE:
            return step
        return book.put(
            step.replace(
                state=StepState.RUNNING,
                total=max(step.total, self.total),
                done=min(max(step.done, self.done), max(step.total, self.total)),
                started_at=step.started_at or book.now,
                ended_at=None,
                updated_at=book.now,
            )
        )


class FailedItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item that failed, and the code of the refusal."""

    item: Annotated[str, Meta(max_length=200)]
    code: Annotated[str, Meta(max_length=100)]


class EndEodStep(Command[EodStep], kind="eod.end_step"):
    """Note that a step has ended, with the items that failed; those that failed before and do not now are resolved."""

    date: Day
    name: Name
    figures: dict[str, int]
    failed: Annotated[list[FailedItem], Meta(max_length=FAILURES_MAX)]

    def decide(self, book: Book) -> EodStep:
        step = book.get(EodStep, (self.date, self.name))
        if step.state is StepState.DONE:
            return step
        now, codes = book.now, {failure.item: failure.code for failure in self.failed}
        known = {failure.item: failure for failure in book.find(EodFailure, "step", (self.date, self.name))}
        for item, failure in known.items():
            if item not in codes and failure.resolved_at is None:
                book.put(failure.replace(resolved_at=now))
        for item, code in codes.items():
            failure = known.get(item)
            if failure is None:
                book.add(EodFailure(self.date, self.name, item, code, 1, now, now, None))
            else:
                book.put(failure.replace(code=code, tries=failure.tries + 1, last_at=now, resolved_at=None))
        figures = {name: step.figures.get(name, 0) + count for name, count in self.figures.items()}
        total = max(step.total, len(codes))
        return book.put(
            step.replace(
                state=StepState.INCOMPLETE if codes else StepState.DONE,
                total=total,
                done=total - len(codes),
                failed=len(codes),
                figures={**step.figures, **figures},
                started_at=step.started_at or now,
                ended_at=now,
                updated_at=now,
            )
        )


class EndEndOfDay(Command[EodRun], kind="eod.end"):
    """Note that the end of a day is over: done where all steps are that hold anything up, else incomplete."""

    date: Day
    free: Annotated[tuple[Name, ...], doc("Steps that hold nothing up.")] = ()

    def decide(self, book: Book) -> EodRun:
        run = book.get(EodRun, self.date)
        if run.state is EodState.DONE:
            return run
        steps = book.find(EodStep, "date", self.date)
        done = all(step.state is StepState.DONE or step.name in self.free for step in steps)
        state = EodState.DONE if done else EodState.INCOMPLETE
        book.emit(f"eod.{state.value}", f"eod:{self.date.isoformat()}", date=self.date.isoformat())
        return book.put(run.replace(state=state, ended_at=book.now, updated_at=book.now))
