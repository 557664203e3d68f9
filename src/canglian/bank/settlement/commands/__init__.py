"""The use cases of settlement, one subject a file."""

import canglian.bank.settlement.reconciling.commands  # noqa: F401  # pyright: ignore[reportUnusedImport] - part of them
from canglian.bank.settlement.commands.calendar import CalendarEntry, ChangeCalendarDay, DayKind, SetCalendarYear

__all__ = ["CalendarEntry", "ChangeCalendarDay", "DayKind", "SetCalendarYear"]
