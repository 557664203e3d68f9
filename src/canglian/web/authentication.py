"""The principal of a request: an API key sent as a bearer token, or the cookie of a session.

Keys are looked up once and remembered for ``FRESH_SECONDS``, so that a request costs no query; a revoked key is shut
out at once in the process that revoked it, and after that time in every other one.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from typing import Any

from litestar.types import Scope

from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import Busy, Unauthenticated
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.forwarding import source_of
from canglian.web.principal import Principal, Role
from canglian.web.rates import Bucket
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.commands import SeeSession
from canglian.web.system.model import ApiKey, LoginSession, User
from canglian.web.system.secrets import digest

FRESH_SECONDS = 2.0
REMEMBERED_MAX = 10_000
SUSPECTS_MAX = 4
"""How many keys are looked up at a time for addresses that have sent too many wrong ones."""

SEEN_SECONDS = 60
"""How often the use of a session is noted."""


class _Known:
    """A key as remembered: its row, who it makes its bearer, its bucket."""

    __slots__ = ("bucket", "fresh_until", "principal", "row")

    def __init__(self, row: ApiKey, principal: Principal, bucket: Bucket) -> None:
        self.row = row
        self.principal = principal
        self.bucket = bucket
        self.fresh_until = time.monotonic() + FRESH_SECONDS


class Authenticator:
    """Turns credentials into a principal."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._keys: OrderedDict[str, _Known] = OrderedDict()
        self._failures: OrderedDict[str, Bucket] = OrderedDict()
        self._suspects = asyncio.Semaphore(SUSPECTS_MAX)
        self.cookie = "__Host-canglian" if services.settings.has_secure_cookies else "canglian"

    def forget_key(self, prefix: str) -> None:
        """A key was changed: look it up again when it is next used."""
        for text in [text for text, known in self._keys.items() if known.row.id == prefix]:
            del self._keys[text]

    async def bearer(self, header: str, scope: Scope) -> Principal:
        """The principal of ``Authorization: Bearer ck_…``.

        Raises Unauthenticated ``key.*``, Busy ``rate.exceeded`` or ``rate.failures``.
        """
        known = self._keys.get(header)
        now = time.monotonic()
        if known is None or known.fresh_until < now:
            known = await self._look_up(header, scope)
        row = known.row
        if row.expires_at is not None and row.expires_at <= utc_now():
            raise Unauthenticated("key.expired", expired_at=row.expires_at.isoformat())
        wait = known.bucket.take(now)
        scope["state"]["rate"] = known.bucket
        scope["state"]["version"] = row.version
        if wait:
            raise Busy("rate.exceeded", retry_after=wait)
        return known.principal

    def strangers(self, scope: Any) -> Bucket:
        """What an address may still do wrong: the limit of who has no key, or not yet been found to have one."""
        settings = self._services.settings
        known = self._failures.get(source_of(scope.get("client")))
        return known or Bucket(settings.failures_per_second, settings.failures_burst)

    async def _look_up(self, header: str, scope: Any) -> _Known:
        kind, _, text = header.partition(" ")
        text = text.strip()
        bucket = scope["state"]["rate"] = self.strangers(scope)
        wait = bucket.lacks(time.monotonic())
        row = None
        if kind.lower() == "bearer" and text.startswith("ck_"):
            # What others did wrong at this address refuses no key that verifies; it only has to wait its turn.
            async with self._suspects if wait and header not in self._keys else contextlib.nullcontext():
                row = await queries.key(self._services.reader, text.split("_", 2)[1])
        if row is None or not same_secret(digest(text), row.digest):
            if wait:
                raise Busy("rate.failures", retry_after=wait)
            self.fail(scope)
            raise Unauthenticated("key.invalid")
        if row.revoked_at is not None:
            self._keys.pop(header, None)
            raise Unauthenticated("key.revoked")
        return self._remember(header, row)

    def _remember(self, header: str, row: ApiKey) -> _Known:
        settings = self._services.settings
        per_second = row.rate_per_second or settings.rate_per_second
        burst = row.rate_burst or max(settings.rate_burst, per_second)
        old = self._keys.get(header)
        bucket = old.bucket if old is not None else Bucket(per_second, burst)
        role = Role(row.role)
        principal = Principal("key", row.id, row.name, row.of_book, role, f"key:{row.id}", f"client:{row.client}")
        self._keys[header] = known = _Known(row, principal, bucket)
        self._keys.move_to_end(header)
        if len(self._keys) > REMEMBERED_MAX:
            self._keys.popitem(last=False)
        return known

    def check_strangers(self, scope: Any) -> None:
        """Busy ``rate.failures`` where an address has done too much wrong already."""
        wait = self.strangers(scope).lacks(time.monotonic())
        if wait:
            raise Busy("rate.failures", retry_after=wait)

    def fail(self, scope: Any) -> None:
        """An address sent a wrong key or signature: it is counted in the bucket that the request carries."""
        bucket: Bucket = scope["state"]["rate"]
        self._failures[source_of(scope.get("client"))] = bucket
        bucket.take(time.monotonic())
        if len(self._failures) > REMEMBERED_MAX:
            self._failures.popitem(last=False)

    async def session(self, token: str) -> tuple[LoginSession, User]:
        """The session of a cookie and its user. Raises Unauthenticated ``session.ended``."""
        found = await queries.session(self._services.reader, digest(token))
        if found is None:
            raise Unauthenticated("session.ended")
        session, user = found
        now = utc_now()
        idle = (now - session.seen_at).total_seconds()
        over = session.ended_at is not None or session.expires_at <= now or user.disabled
        if over or idle > self._services.settings.session_idle_minutes * 60:
            raise Unauthenticated("session.ended")
        if idle > SEEN_SECONDS:
            await self._services.engine.execute(SYSTEM_BOOK, SeeSession(session=session.id), actor=f"user:{user.login}")
        return session, user


def principal_of(session: LoginSession, user: User) -> Principal | None:
    """Who a confirmed session makes its user in the book that it looks at; None without a role there."""
    if not session.confirmed:
        return None
    role = user.roles.get(str(session.of_book)) or ("admin" if user.administrator else None)
    if role is None:
        return None
    actor = f"user:{user.login}"
    return Principal("user", str(user.id), user.name, session.of_book, Role(role), actor, actor, session.id)
