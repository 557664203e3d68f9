"""The use cases of settlement, one subject a file."""

from canglian.bank.settlement.commands.calendar import CalendarEntry, ChangeCalendarDay, DayKind, SetCalendarYear

__all__ = ["CalendarEntry", "ChangeCalendarDay", "DayKind", "SetCalendarYear"]
