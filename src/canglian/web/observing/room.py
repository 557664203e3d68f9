"""Observing as a room."""

from canglian.web.observing.api import router
from canglian.web.room import Room

ROOM = Room("observing", api=(router,))
