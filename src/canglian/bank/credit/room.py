"""Credit as a room."""

from canglian.web.room import Room

ROOM = Room("credit")
