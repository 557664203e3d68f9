"""Putting years into the business calendar, and changing a day of them."""

import enum
from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.settlement.model import YEAR_FIRST, YEAR_LAST, CalendarYear
from canglian.kernel.book import Book
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field, doc
from canglian.kernel.values import Name

DAYS_MAX = 366

Year = Annotated[int, Meta(ge=YEAR_FIRST, le=YEAR_LAST, description="The year."), Field(label="Year")]


class DayKind(enum.StrEnum):
    """What a day is: a day off, a weekend day that is worked, or what its day of the week says."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"
    ORDINARY = "ordinary"


class CalendarEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day that is not what its day of the week says."""

    day: Annotated[date, doc("The day.")]
    name: Annotated[Name, doc("The holiday that it belongs to, such as 春节.")]


Entries = Annotated[list[CalendarEntry], Meta(max_length=DAYS_MAX)]


class SetCalendarYear(Command[CalendarYear], kind="calendar.set_year"):
    """Put a year into the calendar as it was announced, in the place of what was there.

    Rejects ``calendar.other_year``, ``calendar.day_twice`` and ``calendar.no_weekend``.
    """

    year: Year
    holidays: Annotated[Entries, doc("The days off.")]
    workdays: Annotated[Entries, doc("The weekend days that are worked in exchange.")]
    source: Annotated[Name, doc("Where it was announced, such as 国办发明电〔2025〕7号.")]

    def decide(self, book: Book) -> CalendarYear:
        seen = set[date]()
        for entry in (*self.holidays, *self.workdays):
            _require_in(book, self.year, entry.day)
            if entry.day in seen:
                book.reject("calendar.day_twice", day=entry.day.isoformat())
            seen.add(entry.day)
        for entry in self.workdays:
            _require_weekend(book, entry.day)
        return _stored(
            book,
            CalendarYear(self.year, _named(self.holidays), _named(self.workdays), self.source, book.now, book.actor),
        )


class ChangeCalendarDay(Command[CalendarYear], kind="calendar.change_day"):
    """Change one day of a year that is in the calendar.

    Rejects ``calendar_year.not_found``, ``calendar.other_year``, ``calendar.no_weekend``, ``calendar.day_same``.
    """

    year: Year
    day: Annotated[date, Field(label="Day"), doc("The day.")]
    day_kind: Annotated[DayKind, Field(label="What it is"), doc("`holiday`, `workday` or `ordinary`.")]
    name: Annotated[Name, doc("The holiday that it belongs to, such as 春节.")]

    def reads(self) -> Iterable[Read]:
        return ((CalendarYear, self.year),)

    def decide(self, book: Book) -> CalendarYear:
        year, written = book.get(CalendarYear, self.year), self.day.isoformat()
        _require_in(book, self.year, self.day)
        if self.day_kind is DayKind.WORKDAY:
            _require_weekend(book, self.day)
        holidays = {day: name for day, name in year.holidays.items() if day != written}
        workdays = {day: name for day, name in year.workdays.items() if day != written}
        if self.day_kind is not DayKind.ORDINARY:
            (holidays if self.day_kind is DayKind.HOLIDAY else workdays)[written] = self.name
        if (holidays, workdays) == (year.holidays, year.workdays):
            book.reject("calendar.day_same", day=written, field="day")
        return _stored(
            book, year.replace(holidays=holidays, workdays=workdays, updated_at=book.now, updated_by=book.actor)
        )


def _named(entries: list[CalendarEntry]) -> dict[str, str]:
    return {entry.day.isoformat(): entry.name for entry in entries}


def _require_in(book: Book, year: int, day: date) -> None:
    if day.year != year:
        book.reject("calendar.other_year", day=day.isoformat(), year=year, field="day")


def _require_weekend(book: Book, day: date) -> None:
    """What is a Monday to Friday is worked anyway."""
    if day.isoweekday() not in (6, 7):
        book.reject("calendar.no_weekend", day=day.isoformat(), field="day")


def _stored(book: Book, year: CalendarYear) -> CalendarYear:
    book.emit("calendar.year_set", f"calendar:{year.year}", year=year.year)
    return book.add(year) if book.maybe(CalendarYear, year.year) is None else book.put(year)
