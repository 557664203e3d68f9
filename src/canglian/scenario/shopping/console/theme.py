"""One theme: its dates and places, its campaigns with their money, putting one more in, and changing the theme."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.ledger.queries import chart
from canglian.scenario.shopping.actions import ADD_CAMPAIGN, CHANGE_THEME
from canglian.scenario.shopping.console.paging import part
from canglian.scenario.shopping.model import SeasonCampaign, Theme
from canglian.scenario.shopping.queries import seasons
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

THEMES = "/console/season-themes"
PLACES = "/console/season-campaigns"
_ON_THEME = (ADD_CAMPAIGN, CHANGE_THEME)


@get("/season-themes/{season_theme:str}", guards=[needs(Permission.READ)])
async def theme_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_theme: FromPath[str],
) -> Response[Any]:
    """One theme."""
    return await _show(pages, services, principal, season_theme)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    theme = await seasons.theme(reader, book, identity)
    season = await seasons.season(reader, book, theme.season)
    malls = {mall.code: mall.name for mall in season.malls}
    choices = {"campaign": await seasons.placeable(reader, book, theme)}
    await pages.picks.show("malls", "mall", " ".join(theme.malls), many=True)
    initial = {
        "name": theme.name,
        "summary": theme.summary,
        "starts_on": theme.starts_on.isoformat(),
        "ends_on": theme.ends_on.isoformat(),
        "districts": " ".join(theme.districts),
        "malls": " ".join(theme.malls),
    }
    return await pages.render(
        "shopping/theme.html",
        status=status,
        theme=theme,
        season=season,
        malls=[malls.get(code, code) for code in theme.malls],
        part=part(await seasons.placed_in(reader, book, theme=identity), pages.request.query_params, "campaigns"),
        forms=action_forms(pages, _ON_THEME, theme, choices=choices, initial=initial, submission=submission),
        scales=await chart.scales(reader, book),
        may_act=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


def _to(result: SeasonCampaign | Theme) -> str:
    return f"{THEMES if isinstance(result, Theme) else PLACES}/{result.id}"


@post("/season-themes/{season_theme:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_theme(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_theme: FromPath[str],
) -> Response[Any]:
    """Put a campaign into the theme, or change the theme."""
    await seasons.theme(services.reader, principal.book, season_theme)
    show = partial(_show, pages, services, principal, season_theme)
    return await submit_action(pages, _ON_THEME, show, _to, target={"theme": season_theme})


handlers = (theme_page, act_on_theme)
