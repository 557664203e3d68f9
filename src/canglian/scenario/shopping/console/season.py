"""One season as a calendar: the themes of each day of a month, and the campaigns with their budgets."""

from calendar import Calendar
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.queries.observing import book_figures
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.scenario.shopping.actions import ADD_THEME, COPY
from canglian.scenario.shopping.commands.copying import CopiedSeason
from canglian.scenario.shopping.console.lists import SEASONS
from canglian.scenario.shopping.console.paging import part
from canglian.scenario.shopping.model import Season, Theme
from canglian.scenario.shopping.queries import seasons
from canglian.scenario.shopping.queries.seasons import Placed
from canglian.scenario.shopping.rules import last_date, local_date
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

TONES = 6
"""How many colours themes have; the next ones begin anew."""


class Band(msgspec.Struct, frozen=True):
    """A theme on a day: its name stands where it begins, in each week and month anew."""

    theme: Theme
    tone: int
    named: bool
    first: bool
    last: bool


class Day(msgspec.Struct, frozen=True):
    """A day of the grid with the themes that are on. ``outside`` are days of the months beside it.

    A theme has the same place on each day of a week; where another one has ended or not begun, there is None.
    """

    day: date
    outside: bool
    is_today: bool
    bands: Sequence[Band | None]
    campaigns: int


def month_asked(text: str | None, season: Season, today: date) -> date:
    """The first day of the month that was asked for, else of today's, if the season is on then, else its first one."""
    try:
        asked = date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        asked = None
    fallback = min(max(today, season.starts_on), season.ends_on)
    return min(max(asked or fallback, season.starts_on.replace(day=1)), season.ends_on).replace(day=1)


def tones_of(themes: Sequence[Theme]) -> dict[str, int]:
    """The colour of each theme, by its id."""
    return {theme.id: turn % TONES for turn, theme in enumerate(themes)}


def weeks_of(month: date, themes: Sequence[Theme], placed: Sequence[Placed], today: date) -> list[list[Day]]:
    """The weeks of a month, Monday first, each day with its themes and how many campaigns are claimed on it."""
    tones = tones_of(themes)
    spans = [(local_date(found.campaign.starts_at), last_date(found.campaign.ends_at)) for found in placed]

    def day_of(day: date, week: Sequence[Theme]) -> Day:
        begins = day.isoweekday() == 1 or day.day == 1
        bands = [
            Band(
                theme,
                tones[theme.id],
                begins or day == theme.starts_on,
                day == theme.starts_on,
                day == theme.ends_on,
            )
            if theme.starts_on <= day <= theme.ends_on
            else None
            for theme in week
        ]
        while bands and bands[-1] is None:
            bands.pop()
        claimed = sum(first <= day <= last for first, last in spans)
        return Day(day, day.month != month.month, day == today, bands, claimed)

    def week_of(days: Sequence[date]) -> list[Day]:
        on = [theme for theme in themes if theme.starts_on <= days[-1] and theme.ends_on >= days[0]]
        return [day_of(day, on) for day in days]

    return [week_of(week) for week in Calendar().monthdatescalendar(month.year, month.month)]


@get("/seasons/{season:str}", guards=[needs(Permission.READ)])
async def season_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season: FromPath[str],
) -> Response[Any]:
    """One season."""
    return await _show(pages, services, principal, season)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    season = await seasons.season(reader, book, identity)
    themes = await seasons.themes_of(reader, book, identity)
    placed = await seasons.placed_in(reader, book, season=identity)
    today = (await book_figures(reader, book)).today
    month = month_asked(pages.request.query_params.get("month"), season, today)
    before, after = month - timedelta(days=1), (month + timedelta(days=32)).replace(day=1)
    return await pages.render(
        "shopping/season.html",
        status=status,
        season=season,
        themes=themes,
        tones=tones_of(themes),
        today=today,
        names={theme.id: theme.name for theme in themes},
        part=part(placed, pages.request.query_params, "campaigns"),
        weeks=weeks_of(month, themes, placed, today),
        month=f"{month:%Y-%m}",
        before=f"{before:%Y-%m}" if before >= season.starts_on else "",
        after=f"{after:%Y-%m}" if after <= season.ends_on else "",
        forms=action_forms(pages, [ADD_THEME, COPY], season, submission=submission),
        history=await history(reader, book, f"season:{identity}"),
        scales=await chart.scales(reader, book),
        may_act=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/seasons/{season:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_season(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season: FromPath[str],
) -> Response[Any]:
    """Add a theme, or copy the season for a later year."""
    await seasons.season(services.reader, principal.book, season)
    show = partial(_show, pages, services, principal, season)

    def to(result: Theme | CopiedSeason) -> str:
        return f"{SEASONS}/{result.season.id if isinstance(result, CopiedSeason) else season}"

    return await submit_action(pages, [ADD_THEME, COPY], show, to, target={"season": season})


handlers = (season_page, act_on_season)
