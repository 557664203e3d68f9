"""What the lint says of a rule set: codes with the place that each is about."""

import enum
from typing import Annotated

import msgspec

from canglian.kernel.fields import doc


class Severity(enum.StrEnum):
    """An error keeps a version from being tested; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong, and where."""

    code: Annotated[str, doc("What is wrong, as a code of its own.")]
    severity: Annotated[Severity, doc("`error` keeps a version from being tested.")]
    fields: Annotated[dict[str, str | int], doc("What the code is filled with.")]
    node: Annotated[str, doc("The node, by its name.")] = ""
    row: Annotated[int | None, doc("The row or line, from 1.")] = None
    column: Annotated[str, doc("The column.")] = ""


class HitRow(msgspec.Struct, frozen=True):
    """A row that decided."""

    node: Annotated[str, doc("The table.")]
    row: Annotated[int, doc("The row, from 1.")]
    id: Annotated[str, doc("The row's id.")]
