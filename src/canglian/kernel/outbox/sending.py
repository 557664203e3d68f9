"""One message, one HTTP request: checked, signed, bounded in time, never redirected."""

import asyncio
import ssl
import time
from typing import Self

import httpx
import msgspec
import structlog
from prometheus_client import Counter

from canglian.kernel import retry_after
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import CanglianError, Unavailable
from canglian.kernel.outbox import signing
from canglian.kernel.outbox.adapters import Adapters
from canglian.kernel.outbox.addresses import target
from canglian.kernel.outbox.commands import Attempt
from canglian.kernel.outbox.judging import Refused
from canglian.kernel.outbox.model import SEALED_FOR, Receiver
from canglian.kernel.outbox.secrets import valid_secrets
from canglian.kernel.records import Event
from canglian.kernel.values import utc_now

PROBLEM_MAX = 300
GONE = 410
ANSWER_BYTES_MAX = 64 * 1024
DELIVERIES = Counter("canglian_outbox_deliveries", "Attempts to deliver an event, by outcome.", ["outcome"])
USER_AGENT = "Canglian-Webhooks/1"
ADAPTER_SECONDS = 45
"""How long an adapter may take for one event, its own retries included; less than a lease."""

log = structlog.get_logger()


class Sender:
    """Sends the events of a book to receivers: over HTTP, or by an adapter of this process."""

    def __init__(
        self, keyring: Keyring, *, timeout_seconds: float, allow_private: bool, adapters: Adapters | None = None
    ) -> None:
        self._adapters = adapters or {}
        self._keyring = keyring
        self._timeout = timeout_seconds
        self._allow_private = allow_private
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=timeout_seconds,
            verify=ssl.create_default_context(),
            headers={"user-agent": USER_AGENT},
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
        )

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def send(self, book: int, receiver: Receiver, event: Event, dead_letter: int | None = None) -> Attempt:
        """Send one event and return the attempt; a problem is part of it, never an exception."""
        at, start = utc_now(), time.perf_counter()
        status, problem, wait_ms = None, None, None
        try:
            if (adapter := receiver.adapter) is not None:
                problem, wait_ms = await self._carry(adapter, book, event)
            else:
                async with asyncio.timeout(self._timeout):
                    status, header = await self._post(book, receiver, event)
                wait_ms = retry_after.milliseconds(header, at)
                if not 200 <= status < 300:
                    problem = f"HTTP status {status}"
        except TimeoutError:
            problem = f"no answer within {self._timeout:g} s"
        except Refused as refused:
            problem = str(refused)
        except CanglianError as unreadable:
            problem = unreadable.code
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
            problem = _printable(f"{type(fault).__name__}: {fault}")
        DELIVERIES.labels("failed" if problem else "delivered").inc()
        milliseconds = round((time.perf_counter() - start) * 1000)
        return Attempt(
            event=event.number,
            at=at,
            duration_ms=milliseconds,
            status=status,
            problem=problem,
            dead_letter=dead_letter,
            retry_after_ms=wait_ms if problem else None,
            gone=status == GONE,
        )

    def reaches(self, receiver: Receiver) -> bool:
        """Whether this process can send to a receiver: an adapter may be another process's, or not connected."""
        return receiver.adapter is None or receiver.adapter in self._adapters

    async def _carry(self, adapter: str, book: int, event: Event) -> tuple[str | None, int | None]:
        """Let an adapter carry an event; the problem, if there was one, and for how long the service wants no more."""
        try:
            async with asyncio.timeout(ADAPTER_SECONDS):
                await self._adapters[adapter](book, event)
        except CanglianError as error:
            return error.code, error.wait_ms if isinstance(error, Unavailable) else None
        except TimeoutError:
            return f"no answer within {ADAPTER_SECONDS} s", None
        except Exception:
            log.exception("adapter failed", adapter=adapter, book=book, event=event.number)
            return "adapter.failed", None
        return None, None

    async def _post(self, book: int, receiver: Receiver, event: Event) -> tuple[int, str | None]:
        """The status that came back, and what it says of when to come again."""
        place = await target(receiver.url, allow_private=self._allow_private)
        body = signing.message(book, event)
        identity = signing.message_id(book, event.number)
        headers = signing.headers(self._secrets(receiver), identity, int(utc_now().timestamp()), body)
        request = self._client.build_request(
            "POST",
            place.url,
            content=body,
            headers={**headers, "host": place.host},
            extensions={"sni_hostname": place.name},
        )
        response = await self._client.send(request, stream=True)
        try:
            await _drain(response)
        finally:
            await response.aclose()
        return response.status_code, response.headers.get("retry-after")

    def _secrets(self, receiver: Receiver) -> list[str]:
        newest = [] if receiver.secret is None else [self._keyring.open(receiver.secret, SEALED_FOR)]
        return [*newest, *(secret for secret, _ in valid_secrets(self._keyring, receiver, utc_now()))]


async def _drain(response: httpx.Response) -> None:
    """Read a short answer to its end, so that the connection serves again; a long one is of no interest."""
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            return


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:PROBLEM_MAX]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How an installation sends. A lease must be longer than one attempt may take."""

    allow_private: bool = False
    timeout_seconds: float = 15.0
    lease_seconds: float = 60.0
    poll_seconds: float = 0.5
    concurrency: int = 20
    run_events: int = 100
    run_seconds: float = 5.0
