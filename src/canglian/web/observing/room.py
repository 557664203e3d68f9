"""Observing as a room."""

from canglian.web.observing.api import router
from canglian.web.observing.connections import HANDLERS as CONNECTIONS
from canglian.web.observing.console import FINDS, HANDLERS
from canglian.web.observing.outbox import router as outbox
from canglian.web.observing.outbox_pages import HANDLERS as OUTBOX
from canglian.web.observing.outbox_pages import WAITING
from canglian.web.principal import Permission
from canglian.web.room import NavItem, Room, Workspace

ROOM = Room(
    "observing",
    api=(router, outbox),
    console=(*HANDLERS, *OUTBOX, *CONNECTIONS),
    nav=(
        NavItem(Workspace.OPERATIONS, "Audit", "Command log", "/console/commands", "list-details", Permission.AUDIT),
        NavItem(Workspace.OPERATIONS, "Audit", "Audit chain", "/console/chain", "link", Permission.AUDIT),
        NavItem(Workspace.OPERATIONS, "Connections", "Events", "/console/events", "bell"),
        NavItem(
            Workspace.OPERATIONS, "Connections", "Outbox", "/console/outbox", "send", covers=("/console/dead-letters",)
        ),
        NavItem(Workspace.OPERATIONS, "Connections", "External services", "/console/connections", "plug-connected"),
    ),
    finds=FINDS,
    waiting=WAITING,
    templates=("canglian.web.observing",),
    objects={"receiver": "/console/outbox/{}", "dead_letter": "/console/dead-letters/{}"},
)
