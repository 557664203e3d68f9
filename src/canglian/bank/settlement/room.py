"""Settlement as a room."""

from canglian.bank.settlement import examples
from canglian.bank.settlement.actions import CALENDAR
from canglian.bank.settlement.api import ROUTER
from canglian.bank.settlement.closing import builtin  # noqa: F401  # pyright: ignore[reportUnusedImport] - the steps
from canglian.bank.settlement.closing import console as closing
from canglian.bank.settlement.closing.actions import END_OF_DAY
from canglian.bank.settlement.closing.running import keep_running
from canglian.bank.settlement.console import HANDLERS
from canglian.bank.settlement.demo import fill
from canglian.bank.settlement.settling import console as settling
from canglian.bank.settlement.settling.actions import SETTLEMENTS, TERMS
from canglian.web.room import Job, NavItem, Room

EOD_SECONDS = 5.0

ROOM = Room(
    "settlement",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=examples.LINKS,
    demo=fill,
    api=(CALENDAR.router(), ROUTER, SETTLEMENTS.router(), TERMS.router(), END_OF_DAY.router()),
    console=(*HANDLERS, *settling.HANDLERS, *closing.HANDLERS),
    nav=(
        NavItem("Merchants", "Settlement day", "/console/settlement-day", "calendar-dollar"),
        NavItem("Merchants", "Settlements", "/console/settlements", "receipt"),
        NavItem("Settings", "End of day", "/console/end-of-day", "moon"),
        NavItem("Settings", "Business calendar", "/console/calendar", "calendar"),
    ),
    jobs=(Job("end-of-day", EOD_SECONDS, keep_running),),
    templates=("canglian.bank.settlement",),
    finds=settling.FINDS,
    waiting=(*settling.WAITING, *closing.WAITING),
    objects={
        "calendar": "/console/calendar/{}",
        "settlement": "/console/settlements/{}",
        "eod": "/console/end-of-day/{}",
    },
)
