"""The house as a room."""

from canglian.web.house.api import router
from canglian.web.house.console import HANDLERS
from canglian.web.principal import Permission
from canglian.web.room import NavItem, Room

ROOM = Room(
    "house",
    api=(router,),
    console=HANDLERS,
    nav=(
        NavItem("Settings", "Users", "/console/users", "users", Permission.ADMINISTER),
        NavItem("Settings", "API keys", "/console/keys", "key", Permission.ADMINISTER),
    ),
    templates=("canglian.web.house",),
)
