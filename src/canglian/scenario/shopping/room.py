"""Shopping seasons as a room."""

from canglian.scenario.shopping import commands as _commands  # noqa: F401  # pyright: ignore[reportUnusedImport]
from canglian.scenario.shopping import examples, running
from canglian.scenario.shopping.actions import RESOURCES
from canglian.scenario.shopping.console import HANDLERS
from canglian.scenario.shopping.console.additions import FINDS, PICKS, WAITING
from canglian.scenario.shopping.demo import fill, live_day
from canglian.scenario.shopping.demo.year import live_year
from canglian.scenario.shopping.mobile import HANDLERS as MOBILE
from canglian.web.additions import PageLink
from canglian.web.links import by_id
from canglian.web.principal import Permission
from canglian.web.room import Job, NavItem, Room, Workspace

ROOM = Room(
    "shopping",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill,
    demo_day=live_day,
    demo_year=live_year,
    demo_notes=(
        "season   /console/seasons, /m/season",
        "bureau   visitor is a login of 区商务局 and sees where its money went, and nothing else",
    ),
    api=tuple(resource.router() for resource in RESOURCES),
    console=HANDLERS,
    mobile=MOBILE,
    nav=(
        NavItem(
            Workspace.SCENES,
            "Shopping season",
            "Shopping seasons",
            "/console/seasons",
            "calendar",
            covers=("/console/season-themes", "/console/season-campaigns"),
        ),
        NavItem(Workspace.SCENES, "Shopping season", "Bureaus", "/console/season-bureaus", "building-bank"),
        NavItem(Workspace.SCENES, "Shopping season", "Notes for risk", "/console/season-notes", "alert-triangle"),
        NavItem(
            Workspace.SCENES,
            "Shopping season",
            "My budgets",
            "/console/my-bureaus",
            "coin",
            permission=Permission.VISIT,
            for_visitors=True,
        ),
    ),
    jobs=(Job("shopping", running.EVERY_SECONDS, running.run),),
    templates=("canglian.scenario.shopping",),
    finds=FINDS,
    picks=PICKS,
    waiting=WAITING,
    page_links={
        "campaign": (PageLink("Put it into a theme of a season", "/console/seasons", "calendar", Permission.POST),)
    },
    objects={
        "season": "/console/seasons/{}",
        "season_theme": "/console/season-themes/{}",
        "season_campaign": "/console/season-campaigns/{}",
        "season_note": "/console/season-notes/{}",
        "season_bureau": "/console/season-bureaus/{}",
    },
)
