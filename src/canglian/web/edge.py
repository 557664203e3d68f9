"""The edge: the outermost layer of the server, plain ASGI, around the whole application.

It numbers every request, authenticates it, measures, and puts the common headers on every answer. A room may give
it fast routes: exact paths that are answered here from raw JSON, without further layers, because they are asked
thousands of times a second. They follow the same rules and are described in the same OpenAPI document.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from canglian.kernel.errors import CanglianError, Unauthenticated
from canglian.web import problem
from canglian.web.authentication import Authenticator, principal_of
from canglian.web.forwarding import Forwarding, source_of
from canglian.web.incoming import has_body, read_body, read_cookie, whole_body
from canglian.web.principal import Principal
from canglian.web.protocol import send_whole
from canglian.web.reading import expect_json
from canglian.web.services import Services
from canglian.web.showing import Showing
from canglian.web.signed_calls import SIGNATURE_INPUT, SignedAnswer, SignedCalls, asked_of, given
from canglian.web.words import LANGUAGE, preferred

REQUESTS = Counter(
    "canglian_http_requests", "HTTP requests, by method, route and status.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "canglian_http_seconds",
    "From the first byte of a request to the last of its answer.",
    ["route"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)

API = "/v1/"
CONSOLE = "/console"
OPEN = ("/v1/openapi.json",)
"""What anybody may read below /v1."""

TOO_MANY = 429
HELD_SECONDS = (0.1, 0.4)
"""How long an answer that says "too many" is held back: clients that retry at once must not take the time of those that
were let in. No two in a row are held equally long, so that they do not all come back together."""
HELD_MAX = 10_000
"""How many such answers are held at a time; beyond them nobody is."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,80}")
_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]

_STRICT = (b"strict-transport-security", b"max-age=31536000")

Headers = list[tuple[bytes, bytes]]
Fast = Callable[["FastRequest"], Awaitable[tuple[int, bytes, bool]]]
"""Answers a fast route: status, JSON body, and whether it repeats an earlier answer."""


class FastRequest:
    """What a fast route gets to see."""

    __slots__ = ("body", "key", "principal", "query", "request_id", "services")

    def __init__(
        self, services: Services, principal: Principal, body: bytes, key: str | None, query: bytes, request_id: str
    ) -> None:
        self.services = services
        self.principal = principal
        self.body = body
        self.key = key
        self.query = query
        self.request_id = request_id


class Edge:
    """The ASGI application that the server runs."""

    def __init__(
        self,
        app: ASGIApp,
        services: Services,
        authenticator: Authenticator,
        fast: dict[tuple[str, str], Fast],
        signed: SignedCalls | None = None,
    ) -> None:
        self._app = app
        self._signed = signed
        self._showing = Showing(app)
        self._services = services
        self._authenticator = authenticator
        self._fast = fast
        self._prefix = secrets.token_hex(4)
        self._count = 0
        self._counters: dict[tuple[str, str, int], Any] = {}
        self._holding = Holding()
        self._forwarding = Forwarding(services.settings)
        self._security = [*_SECURITY, _STRICT] if services.settings.over_https else _SECURITY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        if self._forwarding.hops:
            self._forwarding.apply(scope)
        path = scope["path"]
        headers = dict(scope["headers"])
        request_id = self._number(headers)
        state: Any = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["services"] = self._services
        answer = _Answer(send, state, request_id, self._holding, self._security)
        try:
            fast = self._fast.get((scope["method"], path))
            if fast is not None:
                await self._fast_route(fast, scope, receive, answer, headers, request_id)
            elif self._signed is not None and SIGNATURE_INPUT in headers and path.startswith(API):
                structlog.contextvars.bind_contextvars(request_id=request_id)
                await self._signed_call(self._signed, scope, receive, answer, headers)
            else:
                structlog.contextvars.bind_contextvars(request_id=request_id)
                await self._identify(scope, path, headers)
                await self._showing(scope, whole_body(receive) if has_body(headers) else receive, answer)
        except Exception as error:
            if answer.status:
                raise
            await self._refuse(error, scope, answer, headers, request_id)
        finally:
            self._measure(scope, path, answer.status, started, is_fast=fast is not None)

    async def _identify(self, scope: Any, path: str, headers: dict[bytes, bytes]) -> None:
        scope["user"], scope["auth"] = None, None
        if path.startswith(API):
            header = headers.get(b"authorization")
            if header is None or path in OPEN:
                scope["state"]["rate"] = self._authenticator.strangers(scope)
            if path in OPEN:
                return
            if header is None:
                raise Unauthenticated("auth.required")
            scope["user"] = await self._authenticator.bearer(header.decode("latin-1"), scope)
        elif path.startswith(CONSOLE):
            token = read_cookie(headers.get(b"cookie", b""), self._authenticator.cookie)
            if token is None:
                return
            try:
                session, user = await self._authenticator.session(token)
            except Unauthenticated:
                return
            scope["auth"] = (session, user)
            scope["user"] = principal_of(session, user)

    async def _signed_call(
        self, signed: SignedCalls, scope: Any, receive: Receive, answer: "_Answer", headers: dict[bytes, bytes]
    ) -> None:
        state = scope["state"]
        state["rate"] = self._authenticator.strangers(scope)
        self._authenticator.check_strangers(scope)
        body = await read_body(receive, headers, self._services.settings.body_bytes_max)
        asked = asked_of(scope, headers, body)
        try:
            caller = await signed.verify(asked, source_of(scope.get("client")))
        except Unauthenticated:
            self._authenticator.fail(scope)
            raise
        state["rate"], state["version"], state["body"] = caller.bucket, caller.version, body
        scope["user"], scope["auth"] = caller.principal, None
        sending = SignedAnswer(answer, caller.answers, asked)
        await self._showing(scope, given(body), sending)
        signed.count(caller, sending.status)

    async def _fast_route(
        self, fast: Fast, scope: Any, receive: Receive, answer: "_Answer", headers: dict[bytes, bytes], request_id: str
    ) -> None:
        header = headers.get(b"authorization")
        if header is None:
            scope["state"]["rate"] = self._authenticator.strangers(scope)
            raise Unauthenticated("auth.required")
        principal = await self._authenticator.bearer(header.decode("latin-1"), scope)
        content_type = headers.get(b"content-type")
        if content_type != b"application/json" and content_type is not None:
            expect_json(content_type.decode("latin-1"))
        body = await read_body(receive, headers, self._services.settings.body_bytes_max)
        scope["state"]["body"] = body
        key = headers.get(b"idempotency-key")
        request = FastRequest(
            self._services,
            principal,
            body,
            None if key is None else key.decode("latin-1"),
            scope["query_string"],
            request_id,
        )
        status, content, replayed = await fast(request)
        more = [(b"idempotent-replayed", b"true")] if replayed else []
        await answer.whole(status, content, b"application/json", more)

    async def _refuse(
        self, error: Exception, scope: Any, answer: "_Answer", headers: dict[bytes, bytes], request_id: str
    ) -> None:
        known = problem.from_anything(error, path=scope["path"], method=scope["method"], request_id=request_id)
        await refuse(known, scope, answer, request_id, headers.get(b"accept-language", b"").decode("latin-1"))

    def _number(self, headers: dict[bytes, bytes]) -> str:
        given = headers.get(b"request-id") or headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(text := given.decode("latin-1")):
            return text
        self._count += 1
        return f"req_{self._prefix}{self._count:08x}"

    def _measure(self, scope: Any, path: str, status: int, started: float, *, is_fast: bool) -> None:
        route = path if is_fast else scope.get("path_template") or "other"
        key = (scope["method"], route, status)
        pair = self._counters.get(key)
        if pair is None:
            pair = self._counters[key] = (REQUESTS.labels(scope["method"], route, str(status)), SECONDS.labels(route))
        pair[0].inc()
        pair[1].observe(time.perf_counter() - started)


async def refuse(error: CanglianError, scope: Any, send: Any, request_id: str, accepted: str) -> None:
    """Send an error as problem details."""
    details = problem.problem_of(
        error,
        path=scope["path"],
        language=preferred(accepted, LANGUAGE),
        request_id=request_id,
        body=scope["state"].get("body", b""),
    )
    more = [(name.encode(), value.encode()) for name, value in problem.headers_of(error).items()]
    await send.whole(details.status, problem.encode(details), problem.JSON.encode(), more)


class Holding:
    """Holds answers back for a while; it is never the answers to work that was done."""

    def __init__(self) -> None:
        self._held = 0
        self._turn = 0

    async def back(self) -> None:
        """Wait, unless too many wait already."""
        if self._held >= HELD_MAX:
            return
        self._held += 1
        self._turn = (self._turn + 37) % 100
        least, most = HELD_SECONDS
        try:
            await asyncio.sleep(least + (most - least) * self._turn / 100)
        finally:
            self._held -= 1


class _Answer:
    """``send`` with the headers that every answer has."""

    __slots__ = ("_holding", "_request_id", "_security", "_send", "_state", "status")

    def __init__(self, send: Send, state: Any, request_id: str, holding: Holding, security: Headers) -> None:
        self._holding = holding
        self._send = send
        self._state = state
        self._request_id = request_id
        self._security = security
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status == TOO_MANY:
                await self._holding.back()
            headers = [(name, value) for name, value in message.get("headers", [])]
            there = {name for name, _ in headers}
            headers += [pair for pair in self._common() if pair[0] not in there]
            message["headers"] = headers
        await self._send(message)

    async def whole(self, status: int, body: bytes, media_type: bytes, more: list[tuple[bytes, bytes]]) -> None:
        """Send a whole answer."""
        self.status = status
        if status == TOO_MANY:
            await self._holding.back()
        headers = [
            (b"content-type", media_type),
            (b"content-length", str(len(body)).encode()),
            *more,
            *self._common(),
        ]
        if send_whole(self._send, status, headers, body):
            return
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _common(self) -> list[tuple[bytes, bytes]]:
        common = [(b"request-id", self._request_id.encode()), *self._security]
        bucket = self._state.get("rate")
        if bucket is not None:
            common += [
                (b"ratelimit-limit", str(bucket.burst).encode()),
                (b"ratelimit-remaining", str(bucket.left).encode()),
                (b"ratelimit-reset", str(bucket.reset_seconds).encode()),
            ]
            version = self._state.get("version")
            if version is not None:
                common.append((b"canglian-version", version.encode()))
        return common
