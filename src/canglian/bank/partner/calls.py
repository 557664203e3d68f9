"""Who signed a request: the keys of apps as a process remembers them, and what it counts of their calls.

A key is looked up once and remembered for two seconds, so that a call costs no query. What is counted goes to the book
every few seconds; the quota of a day counts what is not there yet, too.
"""

import base64
import hashlib
import ipaddress
import re
import time
from collections import OrderedDict, defaultdict
from datetime import date

from canglian.bank.partner import queries
from canglian.bank.partner.commands import Calls, CountCalls
from canglian.bank.partner.model import AppState, PartnerApp, PartnerKey, PartnerState
from canglian.bank.partner.queries import Signer
from canglian.kernel.errors import Busy, CanglianError, Forbidden, Unauthenticated
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.principal import APP, Principal, Role
from canglian.web.rates import Bucket
from canglian.web.services import Services
from canglian.web.signed_calls import Caller
from canglian.web.signing import Asked, Nonces, verified_request
from canglian.web.signing_keys import HMAC, SigningKey, VerifyingKey
from canglian.web.system.commands.keys import API_VERSION

FRESH_SECONDS = 2.0
REMEMBERED_MAX = 10_000
_KEY_ID = re.compile(r';keyid="(\d{1,9})\.(pky_[0-9a-z]{26})"')
_REFUSED = 400


class _Known:
    """A key as remembered: who it is of, who that makes its bearer, its bucket, and the calls of the day so far."""

    __slots__ = ("bucket", "caller", "calls", "day", "fresh_until", "networks", "signer", "verifying")

    def __init__(self, book: int, signer: Signer, bucket: Bucket, calls: int, day: date, services: Services) -> None:
        app = signer.app
        actor = f"app:{app.id}"
        principal = Principal(
            APP,
            app.id,
            app.name,
            book,
            Role.VISITOR,
            actor,
            actor,
            scopes=frozenset(scope.value for scope in app.scopes),
        )
        self.signer = signer
        self.bucket = bucket
        self.calls = calls
        self.day = day
        self.networks = [ipaddress.ip_network(network) for network in app.networks]
        self.caller = Caller(principal, bucket, API_VERSION, answer_key(services, book))
        self.fresh_until = time.monotonic() + FRESH_SECONDS
        self.verifying = _verifying(services, book, signer.key)


def key_id(book: int, key: str) -> str:
    """What a request names as ``keyid``: keys of all books share one way in."""
    return f"{book}.{key}"


class PartnerCalls:
    """The signed calls of a process (``web.signed_calls.SignedCalls``)."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._keys: OrderedDict[tuple[int, str], _Known] = OrderedDict()
        self._buckets: OrderedDict[tuple[int, str], Bucket] = OrderedDict()
        self._nonces = Nonces()
        self._counted: dict[tuple[int, str, date], list[int]] = defaultdict(lambda: [0, 0])

    async def verify(self, asked: Asked, address: str) -> Caller:
        """The app that signed.

        Raises Unauthenticated ``signature.*``; Forbidden ``partner_app.suspended`` or ``.address``; Busy
        ``rate.exceeded`` or ``partner_app.quota``. What it is refused for is told only to whoever signed well.
        """
        if "signature" not in asked.headers:
            raise Unauthenticated("signature.missing")
        named = _KEY_ID.search(asked.headers.get("signature-input", ""))
        if named is None:
            raise Unauthenticated("signature.malformed")
        known = await self._known(int(named[1]), named[2])
        verified_request({known.verifying.id: known.verifying}, asked, time.time(), self._nonces)
        try:
            self._admit(known, address)
        except CanglianError:
            self.count(known.caller, _REFUSED)
            raise
        return known.caller

    def count(self, caller: Caller, status: int) -> None:
        """A call was answered: it counts for the day."""
        counted = self._counted[caller.principal.book, caller.principal.id, today()]
        counted[0] += 1
        counted[1] += status >= _REFUSED

    async def flush(self, book: int) -> None:
        """Put what was counted into a book. What is not taken is kept for the next time."""
        taken = {key: tuple(counted) for key, counted in self._counted.items() if key[0] == book and counted[0]}
        if not taken:
            return
        lines = [Calls(app, day, calls, refused) for (_, app, day), (calls, refused) in taken.items()]
        await self._services.engine.execute(book, CountCalls(counted=lines), actor="job:count-partner-calls")
        for key, (calls, refused) in taken.items():
            counted = self._counted[key]
            counted[0] -= calls
            counted[1] -= refused
            if not counted[0]:
                del self._counted[key]
        for (of_book, _), known in self._keys.items():
            if of_book == book:
                known.fresh_until = 0.0  # what was made today is read again

    def _admit(self, known: _Known, address: str) -> None:
        signer = known.signer
        if signer.partner.state is not PartnerState.ACTIVE or signer.app.state is not AppState.ACTIVE:
            raise Forbidden("partner_app.suspended")
        if known.networks and not any(ipaddress.ip_address(address) in network for network in known.networks):
            raise Forbidden("partner_app.address", address=address)
        wait = known.bucket.take(time.monotonic())
        if wait:
            raise Busy("rate.exceeded", retry_after=wait)
        quota, day = signer.app.calls_per_day, today()
        if quota is not None:
            counted = self._counted[known.caller.principal.book, signer.app.id, day]
            made = (known.calls if known.day == day else 0) + counted[0] - counted[1]
            if made >= quota:
                raise Busy("partner_app.quota", quota=quota, retry_after=_until_midnight())

    async def _known(self, book: int, key: str) -> _Known:
        known = self._keys.get((book, key))
        if known is not None and known.fresh_until > time.monotonic():
            return known
        services = self._services
        signer = await queries.signer(services.reader, book, key)
        if signer is None or (signer.key.ends_at is not None and signer.key.ends_at <= utc_now()):
            self._keys.pop((book, key), None)
            raise Unauthenticated("signature.key_unknown")
        bucket = self._bucket(book, signer.app)
        day, calls = today(), 0
        if signer.app.calls_per_day is not None:
            usage = await queries.usage(services.reader, book, signer.app.id, day)
            calls = sum(each.calls - each.refused for each in usage)
        known = self._keys[book, key] = _Known(book, signer, bucket, calls, day, services)
        self._keys.move_to_end((book, key))
        if len(self._keys) > REMEMBERED_MAX:
            self._keys.popitem(last=False)
        return known

    def _bucket(self, book: int, app: PartnerApp) -> Bucket:
        """What all keys of an app share."""
        rate = app.rate_per_second
        found = self._buckets.pop((book, app.id), None)
        if found is None or found.per_second != rate:
            found = Bucket(rate, 2 * rate)
        self._buckets[book, app.id] = found  # the last one is the freshest
        if len(self._buckets) > REMEMBERED_MAX:
            self._buckets.popitem(last=False)
        return found


def answer_key(services: Services, book: int) -> SigningKey:
    """The key that signs what apps are answered in a book. It follows from the installation's key."""
    number = services.keyring.keyed_number(str(book), "partner.answers")
    return SigningKey(f"bank-{book}", "ed25519", hashlib.sha256(number.to_bytes(16)).digest())


def shared_secret(services: Services, book: int, key: str) -> SigningKey:
    """The secret that an app shares with the bank, by the id of its key. It follows from the installation's key."""
    number = services.keyring.keyed_number(key_id(book, key), "partner.secret")
    return SigningKey(key_id(book, key), HMAC, hashlib.sha256(number.to_bytes(16)).digest())


def _verifying(services: Services, book: int, key: PartnerKey) -> VerifyingKey:
    if key.public_key is None:
        return shared_secret(services, book, key.id).public
    return VerifyingKey(key_id(book, key.id), key.algorithm, base64.b64decode(key.public_key))


def calls_of(services: Services) -> PartnerCalls:
    """The calls that a server has verified and counts, for as long as it lives."""
    found = services.memory.get("partner_calls")
    if found is None:
        found = services.memory["partner_calls"] = PartnerCalls(services)
    return found


def today() -> date:
    """The day in Shanghai, by which quotas count."""
    return utc_now().astimezone(SHANGHAI).date()


def _until_midnight() -> int:
    now = utc_now().astimezone(SHANGHAI)
    return 86_400 - (now.hour * 3600 + now.minute * 60 + now.second)
