"""External services: called over HTTP, with signatures both ways.

    event of a room ─▶ outbox ─▶ adapter of the room ─▶ Client.call ─▶ the service
                                        ◀──────────────── its answer, as a command with a key of the event

Which services are connected is configuration. A room declares its ``Adapter`` objects; the server lets the outbox give
each the events that it asked for. What the service answers, the adapter submits as a command whose key names the event,
so that an event that is heard twice, or answered twice, changes things once.
"""

from canglian.web.outside.adapter import Adapter, Errand, Outside
from canglian.web.outside.callbacks import callbacks
from canglian.web.outside.client import Answer, Client
from canglian.web.outside.connections import SERVICES, Connection, connection, connections, is_connected
from canglian.web.outside.wiring import Wiring

__all__ = [
    "SERVICES",
    "Adapter",
    "Answer",
    "Client",
    "Connection",
    "Errand",
    "Outside",
    "Wiring",
    "callbacks",
    "connection",
    "connections",
    "is_connected",
]
