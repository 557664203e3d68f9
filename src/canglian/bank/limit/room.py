"""Limits as a room."""

import canglian.bank.limit.error_text  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers the texts of refusals
from canglian.bank.limit.actions import OVERRIDES
from canglian.bank.limit.api import ROUTERS, examples
from canglian.bank.limit.console import HANDLERS
from canglian.bank.limit.console.additions import SECTIONS
from canglian.bank.limit.console.picks import PICKS
from canglian.web.additions import PageLink
from canglian.web.room import NavItem, Room, Workspace

ROOM = Room(
    "limit",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=examples.LINKS,
    api=(*ROUTERS, OVERRIDES.router()),
    console=HANDLERS,
    sections=SECTIONS,
    picks=PICKS,
    page_links={"party": (PageLink("Limits", "/console/limits?of={}", "gauge"),)},
    nav=(
        NavItem(Workspace.CUSTOMERS, "", "Limits", "/console/limits", "gauge"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Limit rules", "/console/limit-rules", "table"),
    ),
    templates=("canglian.bank.limit",),
    objects={"limit_rules": "/console/limit-rules?version={}"},
)
