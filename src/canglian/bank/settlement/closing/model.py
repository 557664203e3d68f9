"""What is kept of the end of a day: the run, its steps, and the items that failed."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class EodState(enum.StrEnum):
    """Of a run: under way; ended with items that failed, so that the next day waits; done."""

    RUNNING = "running"
    INCOMPLETE = "incomplete"
    DONE = "done"


class StepState(enum.StrEnum):
    """Of a step: waits for those before it; under way; ended with items that failed; done."""

    WAITING = "waiting"
    RUNNING = "running"
    INCOMPLETE = "incomplete"
    DONE = "done"


class EodRun(Entity, frozen=True, table="eod_run", key=("date",)):
    """The end of a business date (日终)."""

    date: Annotated[date, doc("The business date that ends.")]
    state: Annotated[EodState, doc("`running`, `incomplete` or `done`.")]
    started_at: Annotated[datetime, doc("When it was started.")]
    started_by: Annotated[str, doc("Who started it.")]
    ended_at: Annotated[datetime | None, doc("When it ended, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class EodStep(Entity, frozen=True, table="eod_step", key=("date", "name"), indexes={"date": ("date",)}):
    """A step of the end of a business date, and how far it is."""

    date: Annotated[date, doc("The business date that ends.")]
    name: Annotated[str, doc("The step, such as `settlement`.")]
    position: Annotated[int, doc("Its place in the order of the steps.")]
    state: Annotated[StepState, doc("`waiting`, `running`, `incomplete` or `done`.")]
    total: Annotated[int, doc("How many items were due when it began.")]
    done: Annotated[int, doc("How many of them are done.")]
    failed: Annotated[int, doc("How many items failed.")]
    figures: Annotated[dict[str, int], doc("What it came to, by name; amounts in fen.")]
    started_at: Annotated[datetime | None, doc("When it began, or null.")]
    ended_at: Annotated[datetime | None, doc("When it ended, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class EodFailure(
    Entity, frozen=True, table="eod_failure", key=("date", "step", "item"), indexes={"step": ("date", "step")}
):
    """An item of a step that failed; it is open until a later turn has done it."""

    date: Annotated[date, doc("The business date that ends.")]
    step: Annotated[str, doc("The step.")]
    item: Annotated[str, doc("What failed, such as the number of an account.")]
    code: Annotated[str, doc("Why: the code of the refusal.")]
    tries: Annotated[int, doc("How often it was tried.")]
    first_at: Annotated[datetime, doc("When it failed first.")]
    last_at: Annotated[datetime, doc("When it failed last.")]
    resolved_at: Annotated[datetime | None, doc("When it was done after all, or null.")]
