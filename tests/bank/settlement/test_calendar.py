"""The business calendar: holidays, weekend days that are worked, years that are not announced yet."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.settlement import CalendarYear
from canglian.bank.settlement.calendar import YearOf, business_day_after, day_in, require_business_day
from canglian.bank.settlement.commands import CalendarEntry, ChangeCalendarDay, DayKind, SetCalendarYear
from canglian.bank.settlement.gazetted import year_as_announced, years
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from tests.ledger.branch import Branch


@pytest.fixture
async def branch() -> AsyncIterator[Branch]:
    running = Branch()
    await running.open()
    yield running
    await running.engine.stop()


class _Require(Command[None], kind="test.require_business_day"):
    """Ask a decision for a value date."""

    day: date

    def decide(self, book: Book) -> None:
        require_business_day(book, self.day)


def announced(year: int) -> SetCalendarYear:
    command = year_as_announced(year)
    assert command is not None
    return command


def stored(*numbers: int) -> YearOf:
    """Years as they were announced."""

    def named(entries: list[CalendarEntry]) -> dict[str, str]:
        return {entry.day.isoformat(): entry.name for entry in entries}

    def made(year: int) -> CalendarYear:
        command = announced(year)
        return CalendarYear(year, named(command.holidays), named(command.workdays), command.source, NOW, "test")

    return {year: made(year) for year in numbers}.get


NOW: Any = None
ALL = stored(*years())


@given(st.dates(date(2005, 1, 1), date(2026, 12, 31)))
def test_a_day_is_what_was_announced(day: date) -> None:
    found = day_in(ALL, day)
    assert found.confirmed
    assert found.is_business_day == chinese_calendar.is_workday(day)


def test_spring_festival_of_2026_and_the_weekends_around_it() -> None:
    year = stored(2026)
    assert [day_in(year, date(2026, 2, day)).is_business_day for day in range(13, 25)] == [
        *(True, True),  # Friday, and Saturday the 14th in exchange
        *[False] * 9,
        True,
    ]
    assert business_day_after(year, date(2026, 2, 14)).day == date(2026, 2, 24)
    assert business_day_after(year, date(2026, 2, 24), -1).day == date(2026, 2, 14)
    assert day_in(year, date(2026, 2, 17)).name == "春节"


@given(st.dates(date(2006, 1, 1), date(2026, 10, 1)), st.integers(1, 30))
def test_so_many_business_days_on_and_back_again_end_on_a_business_day(day: date, count: int) -> None:
    on = business_day_after(ALL, day, count).day
    passed = [each for n in range(1, (on - day).days + 1) if day_in(ALL, each := day + timedelta(n)).is_business_day]
    assert (len(passed), passed[-1]) == (count, on)
    back = business_day_after(ALL, on, -count).day
    assert back <= day


async def test_a_value_date_is_a_business_day_of_a_year_that_was_announced(branch: Branch) -> None:
    await branch.do(announced(2026))
    await branch.do(_Require(day=date(2026, 2, 14)))
    code, fields = await branch.refused(_Require(day=date(2026, 2, 17)))
    assert (code, fields["next_day"]) == ("calendar.no_business_day", "2026-02-24")
    code, fields = await branch.refused(_Require(day=date(2027, 1, 4)))
    assert (code, fields["day"]) == ("calendar.unconfirmed", "2027-01-04")


async def test_a_day_is_changed_and_changed_back(branch: Branch) -> None:
    first = await branch.do(announced(2026))

    def change(day: date, kind: DayKind, name: str = "测试") -> ChangeCalendarDay:
        return ChangeCalendarDay(year=2026, day=day, day_kind=kind, name=name)

    off = await branch.do(change(date(2026, 3, 3), DayKind.HOLIDAY))
    assert off.holidays["2026-03-03"] == "测试"
    assert (await branch.refused(change(date(2026, 3, 3), DayKind.HOLIDAY)))[0] == "calendar.day_same"
    assert (await branch.refused(change(date(2026, 3, 3), DayKind.WORKDAY)))[0] == "calendar.no_weekend"
    assert (await branch.refused(change(date(2027, 3, 3), DayKind.HOLIDAY)))[0] == "calendar.other_year"
    worked = await branch.do(change(date(2026, 3, 7), DayKind.WORKDAY))
    assert "2026-03-07" in worked.workdays
    await branch.do(change(date(2026, 3, 7), DayKind.ORDINARY))
    again = await branch.do(change(date(2026, 3, 3), DayKind.ORDINARY))
    assert (again.holidays, again.workdays) == (first.holidays, first.workdays)


@pytest.mark.parametrize(
    ("holidays", "workdays", "code"),
    [
        (["2026-01-01", "2026-01-01"], [], "calendar.day_twice"),
        (["2026-01-01"], ["2026-01-01"], "calendar.day_twice"),
        (["2025-12-31"], [], "calendar.other_year"),
        ([], ["2026-01-05"], "calendar.no_weekend"),
    ],
)
async def test_a_year_that_contradicts_itself_changes_nothing(
    branch: Branch, holidays: list[str], workdays: list[str], code: str
) -> None:
    def entries(days: list[str]) -> list[CalendarEntry]:
        return [CalendarEntry(day=date.fromisoformat(day), name="测试") for day in days]

    command = SetCalendarYear(year=2026, holidays=entries(holidays), workdays=entries(workdays), source="测试")
    assert (await branch.refused(command))[0] == code
    assert (
        await branch.refused(ChangeCalendarDay(year=2026, day=date(2026, 1, 1), day_kind=DayKind.HOLIDAY, name="x"))
    )[0] == "calendar_year.not_found"
