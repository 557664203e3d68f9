"""What comes in, as the edge reads it: bodies that are whole or not there at all, and cookies."""

from typing import Any

from litestar.types import Receive

from canglian.web.problem import ClientGone, too_large


def has_body(headers: dict[bytes, bytes]) -> bool:
    """Whether a request has a body to wait for."""
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def whole_body(receive: Receive) -> Receive:
    """``receive``, which raises ClientGone where the client goes away before all of the body is there."""
    more = True

    async def body() -> Any:
        nonlocal more
        message: Any = await receive()
        if message["type"] == "http.request":
            more = message.get("more_body", False)
        elif more:
            raise ClientGone("request.aborted")
        return message

    return body


async def read_body(receive: Receive, headers: dict[bytes, bytes], most: int) -> bytes:
    """The whole body. Raises Malformed ``request.too_large`` and ClientGone ``request.aborted``."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > most:
        raise too_large(most)
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message: Any = await receive()
        if message["type"] != "http.request":
            raise ClientGone("request.aborted")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise too_large(most)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def read_cookie(header: bytes, name: str) -> str | None:
    """The value of a cookie in a header of them."""
    for part in header.decode("latin-1").split(";"):
        found, _, value = part.strip().partition("=")
        if found == name:
            return value
    return None
