"""Users, keys, sessions and books as a room."""

from canglian.web.principal import Permission
from canglian.web.room import NavItem, Room, Workspace
from canglian.web.system.api import router
from canglian.web.system.console import HANDLERS

ROOM = Room(
    "house",
    api=(router,),
    console=HANDLERS,
    nav=(
        NavItem(Workspace.TODAY, "", "Today", "/console", "home"),
        NavItem(Workspace.OPERATIONS, "Users and keys", "Users", "/console/users", "users", Permission.ADMINISTER),
        NavItem(Workspace.OPERATIONS, "Users and keys", "API keys", "/console/keys", "key", Permission.ADMINISTER),
    ),
    templates=("canglian.web.system",),
)
