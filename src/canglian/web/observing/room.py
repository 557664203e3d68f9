"""Observing as a room."""

from canglian.web.observing.api import router
from canglian.web.observing.connections import HANDLERS as CONNECTIONS
from canglian.web.observing.console import HANDLERS
from canglian.web.observing.outbox import router as outbox
from canglian.web.observing.outbox_pages import HANDLERS as OUTBOX
from canglian.web.observing.outbox_pages import WAITING
from canglian.web.principal import Permission
from canglian.web.room import NavItem, Room

ROOM = Room(
    "observing",
    api=(router, outbox),
    console=(*HANDLERS, *OUTBOX, *CONNECTIONS),
    nav=(
        NavItem("Audit", "Command log", "/console/commands", "list-details", Permission.AUDIT),
        NavItem("Audit", "Audit chain", "/console/chain", "link", Permission.AUDIT),
        NavItem("Audit", "Events", "/console/events", "bell"),
        NavItem("Audit", "Outbox", "/console/outbox", "send"),
        NavItem("Audit", "External services", "/console/connections", "plug-connected"),
    ),
    waiting=WAITING,
    templates=("canglian.web.observing",),
    objects={"receiver": "/console/outbox/{}", "dead_letter": "/console/dead-letters/{}"},
)
