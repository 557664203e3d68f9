"""The first page: what waits for who looks, then the day in figures beside the days before."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from time import monotonic
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from canglian.kernel.amounts import major
from canglian.kernel.errors import CODES
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now
from canglian.web.additions import DayFigure, Sum
from canglian.web.console.charts import Chart, Series
from canglian.web.console.formats import when
from canglian.web.console.pages import Pages
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

DAYS_MAX = 31
"""The longest stretch of days."""

CHART_DAYS = 14
KNOWN_SECONDS = 300.0
"""How long the figures of past days are known; what is booked into the past shows after that."""

KNOWN_MAX = 20_000
_WEEK = 7
_NOTHING = Sum(0)


class Days(msgspec.Struct, frozen=True):
    """A stretch of business days, both ends included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def before(self, days: int) -> "Days":
        """As many days, so many days earlier."""
        return Days(self.first - timedelta(days=days), self.last - timedelta(days=days))

    def all(self) -> list[date]:
        """Each day."""
        return [self.first + timedelta(days=n) for n in range(self.count)]


class Compared(msgspec.Struct, frozen=True):
    """A figure of earlier days: its word, and by how much the figure has changed since, where that can be said."""

    title: str
    value: int
    change: str


class Shown(msgspec.Struct, frozen=True):
    """A figure with those of the days before and of the same days a week earlier."""

    figure: DayFigure
    path: str
    sum: Sum
    compared: Sequence[Compared]

    @property
    def value(self) -> int:
        """What is shown in large type."""
        return self.sum.amount if self.figure.is_money else self.sum.count


@get("/", guards=[needs(Permission.VISIT)])
async def home(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any] | Redirect:
    """What waits, and the day. ``first`` and ``last`` ask for other days than the book's.

    Who may not read goes on to the first page that is theirs.
    """
    if not principal.may(Permission.READ):
        return Redirect(pages.first_of(principal), status_code=303)
    today = (await book_figures(services.reader, principal.book)).today
    days = days_of(request.query_params, today)
    figures = pages.figures(principal)
    read = await asyncio.gather(*(_sums(services, principal.book, figure, days, today) for figure in figures))
    sums = {figure.title: found for figure, found in zip(figures, read, strict=True)}
    return await pages.render(
        "web/home.html",
        waiting=await pages.waiting(principal),
        links=pages.links("home"),
        days=days,
        today=today,
        days_max=DAYS_MAX,
        wrong=pages._(CODES["filter.reversed"]) if is_reversed(request.query_params) else "",
        shown=[_shown(pages, figure, days, sums[figure.title], is_over=days.last < today) for figure in figures],
        chart=_chart(pages, figures, days, sums),
        counted=pages._("Counted at %(time)s.").replace("%(time)s", when(utc_now())),
    )


def days_of(query: Mapping[str, Any], today: date) -> Days:
    """The days that were asked for; none of them is to come, and there are not too many."""
    last = min(_day(query.get("last")) or _day(query.get("first")) or today, today)
    first = min(_day(query.get("first")) or last, last)
    return Days(max(first, last - timedelta(days=DAYS_MAX - 1)), last)


def is_reversed(query: Mapping[str, Any]) -> bool:
    """Whether the last day that was asked for is before the first one."""
    first, last = _day(query.get("first")), _day(query.get("last"))
    return first is not None and last is not None and last < first


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.year > 1 else None


def weeks(days: Days) -> int:
    """How far back the same weekdays lie: a week, or as many as the days take."""
    return -(-days.count // _WEEK) * _WEEK


# -- counting ------------------------------------------------------------------------------------------------------


async def _sums(services: Services, book: int, figure: DayFigure, days: Days, today: date) -> dict[date, Sum]:
    """The figure of each day that the page shows. Past days are remembered for a while."""
    wanted = {*days.all(), *days.before(days.count).all(), *days.before(weeks(days)).all()}
    if figure.is_drawn:
        wanted |= set(_charted(days).all())
    known: dict[tuple[int, str, date], tuple[float, Sum]] = services.memory.setdefault("figures", {})
    now, sums = monotonic(), dict[date, Sum]()
    for day in wanted:
        at, found = known.get((book, figure.title, day), (-KNOWN_SECONDS, _NOTHING))
        if now - at < KNOWN_SECONDS:
            sums[day] = found
    missing = wanted - sums.keys()
    if missing:
        read = await figure.read(services.standby, book, min(missing), max(missing))
        sums |= {day: read.get(day, _NOTHING) for day in missing}
    if len(known) > KNOWN_MAX:
        known.clear()
    known.update({(book, figure.title, day): (now, sums[day]) for day in missing if day < today})
    return sums


def _total(sums: Mapping[date, Sum], days: Days) -> Sum:
    found = [sums[day] for day in days.all()]
    return Sum(sum(each.count for each in found), sum(each.amount for each in found))


def _shown(pages: Pages, figure: DayFigure, days: Days, sums: Mapping[date, Sum], *, is_over: bool) -> Shown:
    """A figure beside earlier ones; by how much it has changed is not said of a day that still goes on."""
    path = figure.path.format(first=days.first.isoformat(), last=days.last.isoformat())
    single = days.count == 1
    shown = Shown(figure, path, _total(sums, days), ())
    before = (
        (pages._("The day before") if single else pages._("The days before"), days.count),
        (pages._("Same day last week") if single else pages._("Same weekdays before"), weeks(days)),
    )
    compared = [
        Compared(title, earlier.value, change(shown.value, earlier.value) if is_over else "")
        for title, back in before
        for earlier in (Shown(figure, path, _total(sums, days.before(back)), ()),)
    ]
    return msgspec.structs.replace(shown, compared=compared)


def change(value: int, earlier: int) -> str:
    """By how many percent a figure has changed, with its sign; nothing where it began at nothing."""
    if not earlier:
        return ""
    tenths = (value - earlier) * 1000 // earlier
    return f"{'+' if tenths >= 0 else '-'}{major(abs(tenths), 1)} %"


def _charted(days: Days) -> Days:
    """The days of the chart: those that were asked for, or the last two weeks up to them."""
    return days if days.count > CHART_DAYS else Days(days.last - timedelta(days=CHART_DAYS - 1), days.last)


def _chart(
    pages: Pages, figures: Sequence[DayFigure], days: Days, sums: Mapping[str, Mapping[date, Sum]]
) -> Chart | None:
    """Figures of money by day."""
    drawn = [figure for figure in figures if figure.is_drawn]
    if not drawn:
        return None
    charted = _charted(days)
    series = [
        Series(pages._(figure.title), [sums[figure.title][day].amount for day in charted.all()]) for figure in drawn
    ]
    return Chart(
        pages._("Money by business day"),
        [f"{day:%m-%d}" for day in charted.all()],
        series,
        kind="bar",
        unit=pages._("yuan"),
        currency="¥",
        scale=2,
    )
