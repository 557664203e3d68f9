"""Settlement as a room."""

from litestar import Router

from canglian.bank.settlement import demo, examples
from canglian.bank.settlement.actions import CALENDAR
from canglian.bank.settlement.api import ROUTER
from canglian.bank.settlement.closing import builtin  # noqa: F401  # pyright: ignore[reportUnusedImport] - the steps
from canglian.bank.settlement.closing import console as closing
from canglian.bank.settlement.closing.actions import END_OF_DAY
from canglian.bank.settlement.closing.running import keep_running
from canglian.bank.settlement.console import HANDLERS
from canglian.bank.settlement.reconciling import (
    closing_step,  # noqa: F401  # pyright: ignore[reportUnusedImport] - its step of the end of day
)
from canglian.bank.settlement.reconciling import console as reconciling
from canglian.bank.settlement.reconciling.actions import DIFFERENCES
from canglian.bank.settlement.reconciling.api import DAYS
from canglian.bank.settlement.settling import console as settling
from canglian.bank.settlement.settling import mobile
from canglian.bank.settlement.settling.actions import SETTLEMENTS, TERMS
from canglian.web.additions import Remedy
from canglian.web.room import Job, NavItem, Room, Workspace

EOD_SECONDS = 5.0

ROOM = Room(
    "settlement",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=examples.LINKS,
    demo=demo.fill,
    demo_day=demo.live_day,
    demo_night=demo.end_day,
    demo_span=demo.span,
    api=(
        CALENDAR.router(),
        ROUTER,
        SETTLEMENTS.router(),
        TERMS.router(),
        END_OF_DAY.router(),
        Router("/reconciliation-days", route_handlers=DAYS, tags=["reconciliation"]),
        DIFFERENCES.router(),
    ),
    console=(*HANDLERS, *settling.HANDLERS, *closing.HANDLERS, *reconciling.HANDLERS),
    mobile=mobile.HANDLERS,
    nav=(
        NavItem(Workspace.ACCOUNTS, "Merchants", "Settlement day", "/console/settlement-day", "calendar-dollar"),
        NavItem(
            Workspace.ACCOUNTS,
            "Merchants",
            "Settlements",
            "/console/settlements",
            "receipt",
            covers=("/console/settlement-terms",),
        ),
        NavItem(
            Workspace.OPERATIONS,
            "End of day",
            "Reconciliation",
            "/console/reconciliation",
            "list-details",
            covers=("/console/reconciliation-days", "/console/reconciliation-differences"),
        ),
        NavItem(Workspace.OPERATIONS, "End of day", "End of day", "/console/end-of-day", "moon"),
        NavItem(Workspace.OPERATIONS, "End of day", "Business calendar", "/console/calendar", "calendar"),
    ),
    jobs=(Job("end-of-day", EOD_SECONDS, keep_running),),
    templates=("canglian.bank.settlement",),
    finds=(*settling.FINDS, *reconciling.FINDS),
    waiting=(*settling.WAITING, *reconciling.WAITING, *closing.WAITING),
    remedies={"settlement.held": Remedy("Settlement terms", "/console/settlement-terms/{merchant}")},
    things={"stl": "/console/settlements/{}"},
    objects={
        "calendar": "/console/calendar/{}",
        "settlement": "/console/settlements/{}",
        "eod": "/console/end-of-day/{}",
        "reconciliation_difference": "/console/reconciliation-differences/{}",
    },
)
