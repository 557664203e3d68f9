"""Clients that take their time: a request has to arrive within bounds, and an answer has to be read.

The server looks at its connections once a second, so that a request costs next to nothing. Waiting for headers, for the
next piece of a body or for a reader is bounded in time; how many connections one address has is bounded in number.
Loopback and trusted proxies stand for many clients: there the proxy counts.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from canglian.kernel.settings import Settings
from canglian.web.forwarding import Forwarding, is_loopback, source_of

BODY_BYTES_PER_SECOND = 1024
"""What a body has to arrive with, when its time is up otherwise."""

UNREAD_SECONDS = 60
"""For how long a client may leave an answer unread, with all that it is sent at a time."""

LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

NOTHING, HEADERS, BODY = range(3)


class Limits:
    """What the connections of a server keep to."""

    def __init__(self, settings: Settings) -> None:
        self._header_seconds = settings.header_seconds
        self._body_seconds = settings.body_seconds
        self._most = settings.connections_max
        self._forwarding = Forwarding(settings)
        self._open: Counter[str] = Counter()

    def enter(self, client: Any) -> str | None:
        """Count a connection; None where its address has too many. What is returned is given to ``leave``."""
        source = "" if client is None or is_loopback(client[0]) or self._forwarding.is_proxy(client[0]) else None
        source = source_of(client) if source is None else source
        if source and self._open[source] >= self._most:
            return None
        self._open[source] += 1
        return source

    def leave(self, source: str) -> None:
        """A connection has ended."""
        self._open[source] -= 1
        if not self._open[source]:
            del self._open[source]

    def sweep(self, connections: Iterable[Any], now: float) -> None:
        """End the connections that keep the server waiting."""
        for connection in list(connections):
            if connection.transport.is_closing():
                continue
            if connection.flow.write_paused:
                connection.unread_since = connection.unread_since or now
                if now - connection.unread_since > UNREAD_SECONDS:
                    connection.transport.abort()
                continue
            connection.unread_since = 0.0
            if connection.flow.read_paused:
                connection.since = now  # it is the server that takes its time
            elif self._is_late(connection, now):
                _end(connection)

    def _is_late(self, connection: Any, now: float) -> bool:
        waited = now - connection.since
        if connection.reading == BODY:
            return waited > self._body_seconds + connection.received / BODY_BYTES_PER_SECOND
        begun = connection.reading == HEADERS or connection.cycle is None
        return begun and waited > self._header_seconds


def _end(connection: Any) -> None:
    cycle = connection.cycle
    if connection.reading == HEADERS and (cycle is None or cycle.response_complete):
        connection.transport.write(LATE)
    elif connection.reading == BODY and not cycle.response_started:
        connection.transport.write(LATE)
        cycle.disconnected = True
        cycle.message_event.set()
    connection.transport.close()
