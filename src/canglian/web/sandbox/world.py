"""What all worlds share: an ASGI application that believes signatures only, does once what it is asked twice, keeps
what it did, and misbehaves on demand.

A request that is signed and new is done by ``do``, which gives the answer and the facts that came of it. Answer and
facts are one line of the journal, so a world that is killed has either done a thing and knows its answer, or neither.
"""

import asyncio
import functools
import hashlib
import inspect
import ipaddress
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, cast

import jinja2
import msgspec

from canglian.kernel.errors import Busy, CanglianError, render
from canglian.kernel.untrusted import read_json
from canglian.web.sandbox.faults import Faults, Mischief
from canglian.web.sandbox.journal import Journal
from canglian.web.sandbox.keys import Pair
from canglian.web.signing import Answered, Asked, Nonces, signed_answer, verified_request
from canglian.web.signing_keys import SigningKey, VerifyingKey

BODY_BYTES_MAX = 2**20
SILENT_SECONDS = 120
JSON = "application/json"
HTML = "text/html; charset=utf-8"

Fact = dict[str, Any]


class Reply(msgspec.Struct, frozen=True):
    """An answer, and the facts that came of the request. ``data`` is JSON, or a text of another type."""

    status: int
    data: Any = None
    facts: tuple[Fact, ...] = ()
    media_type: str = JSON

    @property
    def body(self) -> bytes:
        """As it goes over the wire."""
        if isinstance(self.data, str) and self.media_type != JSON:
            return self.data.encode()
        return b"" if self.data is None else msgspec.json.encode(self.data)


def refusal(status: int, code: str, detail: str) -> Reply:
    """A problem as an answer."""
    return Reply(status, {"code": code, "detail": detail})


class World:
    """An external service."""

    name: ClassVar[str]
    title: ClassVar[str]
    front: ClassVar[str] = "/"
    """Where a person looks at what it does, which ``front_title`` names; else at what it is."""
    front_title: ClassVar[str] = ""
    public: ClassVar[Mapping[str, str] | None] = None
    """Of a world that nobody signs to: the settings that connect a bank to it, beside its address."""

    def __init__(
        self,
        folder: Path,
        pair: Pair,
        faults: Faults | None = None,
        *,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.mischief = Mischief(faults or Faults(), seed)
        self.clock = clock
        self._pair = pair
        self._known: dict[str, VerifyingKey] = {pair.bank.id: pair.bank.public}
        self._nonces = Nonces()
        self._answers: dict[str, tuple[str, int, Any]] = {}
        self._journal = Journal(folder / f"{self.name}.jsonl")
        for line in self._journal.lines():
            self._take(line)

    # -- what a world is ---------------------------------------------------------------------------------------

    def do(self, asked: Asked, data: Any) -> Reply:
        """Handle a signed request."""
        raise NotImplementedError

    def apply(self, fact: Fact) -> None:
        """Take in a fact, now or after a restart."""

    def open(self, asked: Asked) -> Reply | None:
        """A page that anybody on this machine may see, or None."""
        return None

    async def begin(self) -> None:
        """Begin with what the world does by itself."""

    async def end(self) -> None:
        """End it."""
        self._journal.close()

    def page(self, template: str, **values: Any) -> Reply:
        """A page of this world: a template of its own in ``pages`` beside its module, or one of all worlds."""
        rendered = _templates(type(self)).get_template(template).render(world=self, **values)
        return Reply(200, rendered, media_type=HTML)

    def signing_key(self, *, forged: bool = False) -> SigningKey:
        """What this world signs with, or a key that is not its own."""
        key = self._pair.world
        return SigningKey(key.id, key.algorithm, b"\x00" * len(key.secret)) if forged else key

    def keep(self, facts: tuple[Fact, ...], **more: Any) -> None:
        """Write a line and take it in."""
        line = {**more, "facts": facts}
        self._journal.add(line)
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        if "nonce" in line:
            self._remember(line)
        if "key" in line:
            self._answers[line["key"]] = (line["digest"], line["status"], line["data"])
        for fact in line["facts"]:
            self.apply(fact)

    def _remember(self, line: dict[str, Any]) -> None:
        """A nonce from before a restart; one of this life is there already."""
        at = float(line["at"])
        if at > self.clock() - 3600:
            try:
                self._nonces.take(self._pair.bank.id, line["nonce"], at)
            except CanglianError:
                return

    # -- HTTP --------------------------------------------------------------------------------------------------

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """The ASGI application."""
        if scope["type"] != "http":
            return
        asked = await _read(scope, receive)
        if asked is None:
            await _send(send, refusal(413, "too_large", "The body is too large."), {})
            return
        reply = self._control(asked) or self.open(asked)
        if reply is not None:
            await _send(send, reply, {})
            return
        await self._signed(asked, send)

    async def _signed(self, asked: Asked, send: Any) -> None:
        now = self.clock()
        try:
            verified_request(self._known, asked, now, self._nonces)
        except CanglianError as error:
            status = 429 if isinstance(error, Busy) else 401
            await self._answer(send, asked, refusal(status, error.code, render(error.code, error.fields)))
            return
        if self.mischief.strikes("slow"):
            await asyncio.sleep(self.mischief.faults.slow_seconds)
        if self.mischief.strikes("silent"):
            await asyncio.sleep(SILENT_SECONDS)
            return
        if self.mischief.strikes("error"):
            await self._answer(send, asked, refusal(503, "unavailable", "Out of order."))
            return
        reply = self._once(asked, now)
        if self.mischief.strikes("lost"):
            await send({"type": "http.response.start", "status": reply.status, "headers": [(b"content-length", b"9")]})
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            return  # the server breaks a connection whose answer is not whole
        await self._answer(send, asked, reply, forged=self.mischief.strikes("forged"))

    def _once(self, asked: Asked, now: float) -> Reply:
        """Do it, unless it was done."""
        key = asked.headers.get("idempotency-key")
        digest = hashlib.sha256(f"{asked.method} {asked.path}?{asked.query}\n".encode() + asked.body).hexdigest()
        known = None if key is None else self._answers.get(key)
        if known is not None and not (known[0] == digest and self.mischief.strikes("duplicate")):
            if known[0] != digest:
                return refusal(422, "key_reused", "This key came with another request before.")
            return Reply(known[1], known[2])
        try:
            data = read_json(asked.body) if asked.body else None
        except msgspec.DecodeError:
            return refusal(400, "malformed", "The body is not JSON.")
        reply = self.do(asked, data)
        if key is not None and reply.status < 500:
            nonce = _nonce(asked)
            answered = {"key": key, "digest": digest, "status": reply.status, "data": reply.data}
            self.keep(reply.facts, at=now, nonce=nonce, **answered)
        elif reply.facts:
            self.keep(reply.facts, at=now, nonce=_nonce(asked))
        return reply

    async def _answer(self, send: Any, asked: Asked, reply: Reply, *, forged: bool = False) -> None:
        headers = {"content-type": reply.media_type}
        answered = Answered(reply.status, headers, asked.headers, reply.body)
        await _send(send, reply, signed_answer(self.signing_key(forged=forged), answered, self.clock()))

    def _control(self, asked: Asked) -> Reply | None:
        """``/`` says what this is; ``/faults`` shows and sets what goes wrong. Only names of this machine are served,
        so that no page of the web reaches it by a name of its own."""
        if asked.path not in ("/", "/faults"):
            return None
        if not is_local(asked.authority):
            return refusal(403, "not_local", "Only this machine may ask that.")
        if asked.path == "/":
            return self.page("world.html", faults=msgspec.to_builtins(self.mischief.faults))
        if asked.method == "PUT":
            try:
                self.mischief.faults = read_json(asked.body, Faults)
            except msgspec.DecodeError as problem:
                return refusal(422, "fault_invalid", str(problem))
        return Reply(200, msgspec.structs.asdict(self.mischief.faults))


def is_local(authority: str) -> bool:
    """Whether a Host header names this machine."""
    host = authority.rsplit(":", 1)[0] if not authority.endswith("]") else authority
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _nonce(asked: Asked) -> str:
    return asked.headers["signature-input"].partition('nonce="')[2].partition('"')[0]


async def _read(scope: Mapping[str, Any], receive: Any) -> Asked | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_BYTES_MAX:
            return None
    path = cast("bytes", scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    return Asked(scope["method"], headers.get("host", ""), path, scope["query_string"].decode("latin-1"), headers, body)


async def _send(send: Any, reply: Reply, more: Mapping[str, str]) -> None:
    body = reply.body
    headers = {"content-type": reply.media_type, "content-length": str(len(body)), "cache-control": "no-store", **more}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


@functools.cache
def _templates(world: type[World]) -> jinja2.Environment:
    folders = [Path(inspect.getfile(kind)).parent / "pages" for kind in (world, World)]
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
