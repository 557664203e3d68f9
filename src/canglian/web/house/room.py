"""The house as a room."""

from canglian.web.house.api import router
from canglian.web.room import Room

ROOM = Room("house", api=(router,))
