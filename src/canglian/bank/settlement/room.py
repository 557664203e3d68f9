"""Settlement as a room."""

from canglian.bank.settlement import examples
from canglian.bank.settlement.actions import CALENDAR
from canglian.bank.settlement.api import ROUTER
from canglian.bank.settlement.console import HANDLERS
from canglian.bank.settlement.demo import fill_calendar
from canglian.web.room import NavItem, Room

ROOM = Room(
    "settlement",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=examples.LINKS,
    demo=fill_calendar,
    api=(CALENDAR.router(), ROUTER),
    console=HANDLERS,
    nav=(NavItem("Settings", "Business calendar", "/console/calendar", "calendar"),),
    templates=("canglian.bank.settlement",),
    objects={"calendar": "/console/calendar/{}"},
)
