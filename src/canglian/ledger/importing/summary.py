"""What came of an import."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Protocol

import msgspec

Progress = Callable[[int, int], None]
"""Told the lines done and the lines in all."""


class FileLines(Protocol):
    """How many lines a file has, and what they are beside records."""

    @property
    def file_lines(self) -> int: ...
    @property
    def header_lines(self) -> int: ...
    @property
    def blank_lines(self) -> int: ...
    @property
    def further_lines(self) -> int: ...


def beside(found: FileLines) -> str:
    """What else a file has, so that it adds up to the lines that an editor counts."""
    counts = (("header", found.header_lines), ("blank", found.blank_lines), ("further", found.further_lines))
    parts = [f"{name} {count:,}" for name, count in counts if count]
    return ", ".join([*parts, f"{found.file_lines:,} in all"])


class BalanceDifference(msgspec.Struct, frozen=True):
    """An account whose balance is not the source's; ``difference`` is booked less source, in minor units."""

    account: int
    reference: str
    booked: int
    source: int
    difference: int


class BalanceCheck(msgspec.Struct, frozen=True):
    """The balances in the book against the last ones in the source: how many are the same, how many lie within
    ``tolerance`` (minor units), and those that lie farthest away."""

    accounts: int
    exact: int
    within: int
    tolerance: int
    worst: list[BalanceDifference]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import.

    ``posted`` and ``refused`` count lines that the book took or refused, ``malformed`` those that never reached it,
    ``repeated`` those that an earlier file or run had brought already (they count as posted or refused too), as lines
    are known by their ``identity``.
    ``lines`` are those posted, refused and malformed. A file of ``file_lines`` has them, the ``header_lines``,
    ``blank_lines``, and ``further_lines`` on which a record goes on. ``checked`` lines carry a running balance that can
    be compared, ``chained`` of them follow exactly from the line before.
    """

    file: str
    digest: str
    identity: str
    file_lines: int
    header_lines: int
    blank_lines: int
    further_lines: int
    lines: int
    posted: int
    refused: int
    malformed: int
    repeated: int
    accounts_opened: int
    openings: int
    first_date: date | None
    last_date: date | None
    checked: int
    chained: int
    balances: BalanceCheck | None
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every line was booked."""
        return self.refused == 0 and self.malformed == 0

    @property
    def chained_share(self) -> Decimal | None:
        """How many per cent of the checked lines chain exactly, to two decimals; None where nothing was checked."""
        if not self.checked:
            return None
        return (Decimal(100 * self.chained) / self.checked).quantize(Decimal("0.01"))
