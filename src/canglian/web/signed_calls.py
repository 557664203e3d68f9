"""Requests to the API that are signed instead of sent with a key, and answers that are signed in their turn.

One room says whose signature it is (``Room.signed``); the edge asks it, and gives the answer its signature.
"""

import time
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from litestar.types import Message, Receive, Send

from canglian.web.principal import Principal
from canglian.web.rates import Bucket
from canglian.web.signing import Answered, Asked, signed_answer
from canglian.web.signing_keys import SigningKey

SIGNATURE_INPUT = b"signature-input"


class Caller(msgspec.Struct, frozen=True):
    """Who signed a request: what it may do and how often, and the key that signs what it is answered."""

    principal: Principal
    bucket: Bucket
    version: str
    answers: SigningKey


class SignedCalls(Protocol):
    """Whose signature a request carries, and what came of the call."""

    async def verify(self, asked: Asked, address: str) -> Caller:
        """The app that signed. Raises Unauthenticated ``signature.*``, and what else it is refused for."""
        ...

    def count(self, caller: Caller, status: int) -> None:
        """A call was answered."""
        ...


def asked_of(scope: Any, headers: Mapping[bytes, bytes], body: bytes) -> Asked:
    """A request as its signature covers it."""
    raw: Any = scope.get("raw_path") or scope["path"].encode()
    return Asked(
        method=scope["method"],
        authority=headers.get(b"host", b"").decode("latin-1"),
        path=raw.decode("latin-1").partition("?")[0],
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()},
        body=body,
    )


def given(body: bytes) -> Receive:
    """A body that was read already, for whoever reads it next."""
    is_read = False

    async def receive() -> Any:
        nonlocal is_read
        if is_read:
            return {"type": "http.disconnect"}
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


class SignedAnswer:
    """``send`` that keeps an answer until it is whole, and signs it."""

    def __init__(self, send: Send, key: SigningKey, asked: Asked) -> None:
        self._send = send
        self._key = key
        self._asked = asked
        self._parts: list[bytes] = []
        self._start: Any = None
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            self.status = message["status"]
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._parts.append(message.get("body", b""))
        if message.get("more_body", False):
            return
        body = b"".join(self._parts)
        headers = [(name, value) for name, value in self._start.get("headers", []) if name != b"content-length"]
        seen = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        answered = Answered(self.status, seen, self._asked.headers, body)
        signed = signed_answer(self._key, answered, time.time())
        headers += [(name.encode(), value.encode("latin-1")) for name, value in signed.items()]
        headers.append((b"content-length", str(len(body)).encode()))
        self._start["headers"] = headers
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})
