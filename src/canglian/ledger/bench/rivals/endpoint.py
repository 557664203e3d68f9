"""The HTTP side of a rival: plain ASGI, JSON by ``msgspec``, one token."""

from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for."""

    debit: int
    credit: int
    amount: Annotated[int, Meta(gt=0, le=10**15)]
    code: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z", max_length=48)]


class Moved(msgspec.Struct, frozen=True):
    """What became of it: the transfer's number, new or found by its key; None where it was refused."""

    transfer: int | None
    replayed: bool = False


class Posting(Protocol):
    """What a rival does: post one transfer, once for each key."""

    async def post(self, key: str, move: Any) -> Moved:
        """Post it, or find it."""
        ...


_write = msgspec.json.Encoder().encode


class Endpoint:
    """One POST with a ``body`` of one type as an ASGI application; that of transfers, unless another one is given."""

    def __init__(self, rival: Posting, token: str, body: type[msgspec.Struct] = Move) -> None:
        self._rival = rival
        self._read = msgspec.json.Decoder(body).decode
        self._authorization = f"Bearer {token}".encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        if headers.get(b"authorization") != self._authorization:
            await _answer(send, 401, b"{}")
            return
        message = await receive()
        body = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        try:
            move = self._read(body)
        except msgspec.DecodeError:
            await _answer(send, 400, b"{}")
            return
        moved = await self._rival.post(headers[b"idempotency-key"].decode("latin-1"), move)
        await _answer(send, 422 if moved.transfer is None else 201, _write(moved))


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
