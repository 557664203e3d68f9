"""How answers leave: uvicorn's HTTP protocol on a transport that gathers head and body into one packet.

An answer that is there as a whole, with headers of our own, goes there in one piece; see ``send_whole``.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

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
    """uvicorn's protocol on such a transport."""

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        super().connection_made(GatheringTransport(transport, self.loop))  # pyright: ignore[reportArgumentType]


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
