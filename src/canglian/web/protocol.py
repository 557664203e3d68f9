"""How answers leave: uvicorn's HTTP protocol on a transport that gathers head and body into one packet.

An answer that is there as a whole, with headers of our own, goes there in one piece; see ``send_whole``.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from canglian.web.slow import BODY, HEADERS, NOTHING, Limits

GATHER_BYTES = 65_536
"""From how much on it is sent at once, so that a long body meets the connection's own flow control."""


class GatheringTransport:
    """A transport that sends what is written within one turn of the loop together: one system call an answer."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send soon."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > GATHER_BYTES:
            self._flush()

    def close(self) -> None:
        """Send what is there, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            self._size = 0
            self._transport.write(data)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol on such a transport. It notes since when a request is being read, and how much of it came."""

    def __init__(self, *given: Any, limits: Limits, **more: Any) -> None:
        super().__init__(*given, **more)
        self.limits = limits
        self.source: str | None = None
        self.reading = NOTHING
        self.since = self.loop.time()
        self.received = 0
        self.unread_since = 0.0

    def connection_made(self, transport: Any) -> None:
        """Begin, unless the address has too many connections."""
        super().connection_made(GatheringTransport(transport, self.loop))  # pyright: ignore[reportArgumentType]
        self.source = self.limits.enter(self.client)
        if self.source is None:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if self.source is not None:
            self.limits.leave(self.source)
            self.source = None
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a request is there."""
        self.reading, self.since = HEADERS, self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its headers are there."""
        self.reading, self.received = BODY, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of its body is there."""
        self.received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is there."""
        self.reading = NOTHING
        super().on_message_complete()


def send_whole(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
    """Send an answer as it is, where ``send`` is that of an ordinary request on a connection that stays open.

    False, and nothing is sent, where there is anything to think about: a client that is gone or slow, a connection
    to be closed, headers of the server's own. The headers, ``content-length`` among them, are taken on trust.
    """
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle or not isinstance(cycle.transport, GatheringTransport):
        return False
    odd = cycle.disconnected or cycle.response_started or cycle.flow.write_paused
    if odd or not cycle.keep_alive or cycle.access_log or cycle.default_headers or cycle.scope["method"] == "HEAD":
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    lines = [b"%b: %b\r\n" % pair for pair in headers]
    cycle.transport.write(b"".join((STATUS_LINE[status], *lines, b"\r\n", body)))
    cycle.message_event.set()
    cycle.on_response()
    return True
