"""The use cases of settlement, one subject a file."""

import canglian.bank.settlement.reconciling.commands  # noqa: F401  # pyright: ignore[reportUnusedImport] - part of them
from canglian.bank.settlement.closing.commands import EndEndOfDay, EndEodStep, NoteEodStep, StartEndOfDay
from canglian.bank.settlement.commands.calendar import CalendarEntry, ChangeCalendarDay, DayKind, SetCalendarYear
from canglian.bank.settlement.settling.commands import (
    CutOffDay,
    HoldSettlement,
    PayOutSettlement,
    ReleaseSettlement,
    SetSettlementTerms,
    SettleAccounts,
)

__all__ = [
    "CalendarEntry",
    "ChangeCalendarDay",
    "CutOffDay",
    "DayKind",
    "EndEndOfDay",
    "EndEodStep",
    "HoldSettlement",
    "NoteEodStep",
    "PayOutSettlement",
    "ReleaseSettlement",
    "SetCalendarYear",
    "SetSettlementTerms",
    "SettleAccounts",
    "StartEndOfDay",
]
