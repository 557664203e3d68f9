"""Sending a request again until it is answered, as a client does that has heard nothing."""

import asyncio
import time
from collections.abc import Iterable

import httpx
import msgspec

from canglian.app.bench.crash.requests import Acknowledgement, Asked, read_acknowledgement

TRY_SECONDS = 60
"""How long a request is sent again before it counts as never answered."""
PAUSE_SECONDS = 0.05
SENDERS = 16

_LATER = (429, 503)


class Answer(msgspec.Struct, frozen=True):
    """An acknowledgement, and whether the server said that it repeats an earlier one."""

    acknowledgement: Acknowledgement
    replayed: bool


async def send_again(port: int, headers: dict[str, str], requests: Iterable[Asked]) -> dict[str, Answer]:
    """The answers by key; a request that was refused, or never answered, has none."""
    answers: dict[str, Answer] = {}
    left = iter(requests)

    async def sender(client: httpx.AsyncClient) -> None:
        for asked in left:
            answer = await _answer(client, asked)
            if answer is not None:
                answers[asked.key] = answer

    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=TRY_SECONDS, trust_env=False
    ) as client:
        await asyncio.gather(*(sender(client) for _ in range(SENDERS)))
    return answers


async def _answer(client: httpx.AsyncClient, asked: Asked) -> Answer | None:
    path, body = asked.sent()
    headers = {"idempotency-key": asked.key, "content-type": "application/json"}
    deadline = time.monotonic() + TRY_SECONDS
    while time.monotonic() < deadline:
        try:
            response = await client.post(path, content=body, headers=headers)
        except httpx.TransportError:
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        if response.status_code == 201:
            return Answer(read_acknowledgement(response.content), response.headers.get("idempotent-replayed") == "true")
        if response.status_code not in _LATER:
            return None
        await asyncio.sleep(PAUSE_SECONDS)
    return None
