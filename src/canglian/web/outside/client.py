"""Calls to services outside: signed, bounded in time and number, and believed only when the answer is signed too.

A call that may be repeated (it reads, or carries an idempotency key) is tried a few times in quick succession; what is
still away then is for the outbox to try again later. No text of an answer ever gets into an error or a log line: it may
hold personal data.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import msgspec
from prometheus_client import Histogram

from canglian.kernel import retry_after
from canglian.kernel.errors import CanglianError, Rejection, Unavailable, declare
from canglian.kernel.untrusted import read_json
from canglian.kernel.values import utc_now
from canglian.web.outside.connections import Connection
from canglian.web.signing import Answered, Asked, signed_request, verified_answer

declare(
    {
        "outside.away": "The service {service} did not respond; it will be retried.",
        "outside.answer_unsigned": "The response from service {service} has an invalid signature ({problem}).",
        "outside.answer_unreadable": "The response from service {service} cannot be read.",
        "outside.denied": "The service {service} denied access ({status}); check the address and keys.",
        "outside.refused": "The service {service} refused the request with the status {status}.",
    }
)

FINAL = frozenset({400, 409, 410, 413, 422})
"""What says that the same request will be refused again. Other refusals (a key, an address) are mended by people."""

TRIES = 3
PAUSE_SECONDS = 0.2
ANSWER_BYTES_MAX = 4 * 2**20
USER_AGENT = "Canglian/1"

CALLS = Histogram("canglian_outside_calls", "Seconds of a call to a service outside.", ["service", "outcome"])


class Answer(msgspec.Struct, frozen=True):
    """What a service answered: its status and its JSON, or the bytes of a file of text."""

    status: int
    data: Any

    def read(self, kind: Any, service: str) -> Any:
        """The JSON as a struct; Unavailable ``outside.answer_unreadable``."""
        try:
            return msgspec.convert(self.data, kind)
        except msgspec.ValidationError:
            raise Unavailable("outside.answer_unreadable", service=service) from None


class Client:
    """Calls the services that are connected."""

    def __init__(self, connections: Mapping[str, Connection], *, timeout_seconds: float) -> None:
        self._connections = connections
        self._timeout = timeout_seconds
        self._http = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=timeout_seconds,
            verify=ssl.create_default_context(),
            headers={"user-agent": USER_AGENT, "accept": "application/json"},
        )

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def reaches(self, service: str) -> bool:
        """Whether a service is connected."""
        return service in self._connections

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        query: str = "",
        most: int = ANSWER_BYTES_MAX,
    ) -> Answer:
        """What a service answers, in ``most`` bytes. ``key`` is the idempotency key, by which it does once what is
        asked twice.

        Raises Unavailable ``outside.not_connected``, ``outside.away``, ``outside.denied``, ``outside.answer_unsigned``
        or ``outside.answer_unreadable``: asking again later may help. Raises Rejection ``outside.refused`` for a status
        that says that it will not. What says when to come again is not asked before: the error has it as ``wait_ms``.
        """
        connection = self._connections.get(service)
        if connection is None:
            raise Unavailable("outside.not_connected", service=service)
        content = b"" if body is None else msgspec.json.encode(body)
        headers = {"content-type": "application/json"} if content else {}
        headers |= {} if key is None else {"idempotency-key": key}
        for left in range(TRIES if method == "GET" or key is not None else 1, 0, -1):
            try:
                return await self._once(connection, method, path, query, headers, content, most)
            except Unavailable as away:
                pause = PAUSE_SECONDS * (TRIES - left + 1)
                if left == 1 or (away.wait_ms or 0) > pause * 1000:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _once(
        self,
        connection: Connection,
        method: str,
        path: str,
        query: str,
        headers: dict[str, str],
        content: bytes,
        most: int,
    ) -> Answer:
        service, start = connection.service, time.perf_counter()
        outcome = "answered"
        try:
            async with asyncio.timeout(self._timeout):
                status, received, raw, sent = await self._exchange(
                    connection, method, path, query, headers, content, most
                )
            _verify(connection, status, received, raw, sent)
            if _is_away(status):
                wait_ms = retry_after.milliseconds(received.get("retry-after"), utc_now())
                raise Unavailable("outside.away", wait_ms, service=service)
            if status in FINAL:
                raise Rejection("outside.refused", service=service, status=status)
            if status >= 300:
                raise Unavailable("outside.denied", service=service, status=status)
            return Answer(status, _content(service, received, raw))
        except (TimeoutError, httpx.HTTPError, OSError):
            outcome = "away"
            raise Unavailable("outside.away", service=service) from None
        except CanglianError as error:
            outcome = error.code.partition(".")[2]
            raise
        finally:
            CALLS.labels(service, outcome).observe(time.perf_counter() - start)

    async def _exchange(
        self,
        connection: Connection,
        method: str,
        path: str,
        query: str,
        headers: dict[str, str],
        content: bytes,
        most: int,
    ) -> tuple[int, dict[str, str], bytes, dict[str, str]]:
        url = f"{connection.url}{path}" + (f"?{query}" if query else "")
        request = self._http.build_request(method, url, content=content, headers=headers)
        parts = urlsplit(str(request.url))
        asked = Asked(method, request.headers["host"], parts.path, parts.query, headers, content)
        signatures = signed_request(connection.key, asked, time.time())
        request.headers.update(signatures)
        response = await self._http.send(request, stream=True)
        try:
            raw = bytearray()
            async for part in response.aiter_bytes():
                raw += part
                if len(raw) > most:
                    raise Unavailable("outside.answer_unreadable", service=connection.service)
        finally:
            await response.aclose()
        received = {name.lower(): value for name, value in response.headers.items()}
        return response.status_code, received, bytes(raw), {**headers, **signatures}


def _verify(connection: Connection, status: int, received: dict[str, str], raw: bytes, sent: dict[str, str]) -> None:
    try:
        verified_answer(connection.peer, Answered(status, received, sent, raw), time.time())
    except CanglianError as error:
        if _is_away(status):  # whatever stands before it, and is not believed when it says when to come again
            raise Unavailable("outside.away", service=connection.service) from None
        raise Unavailable(
            "outside.answer_unsigned", service=connection.service, problem=error.code.partition(".")[2]
        ) from None


def _is_away(status: int) -> bool:
    """Whether asking again later may help."""
    return status >= 500 or status in (408, 425, 429)


def _content(service: str, received: Mapping[str, str], raw: bytes) -> Any:
    if not raw:
        return None
    if received.get("content-type", "").startswith("text/"):
        return raw
    try:
        return read_json(raw)
    except msgspec.DecodeError:
        raise Unavailable("outside.answer_unreadable", service=service) from None
