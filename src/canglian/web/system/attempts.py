"""Who may try a password or code once more: wrong ones are counted where they come from, and alike for every login.

A login that nobody has is counted, locked and answered as one that somebody has. Wrong passwords lock a login for
the address that sent them, so nobody keeps a user out from elsewhere. A device on which the user has logged in before
has a count of its own, which no other client can use up. Wrong passwords from many addresses lock the login for devices
that are not known; wrong codes, which take the right password first, do so from the first few on. All counts are in the
memory of this process.
"""

import secrets
import time
from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

from canglian.kernel.crypto import Keyring, same_secret
from canglian.kernel.errors import Busy
from canglian.kernel.values import utc_now
from canglian.web.rates import Bucket
from canglian.web.services import Services
from canglian.web.system.model import User

REMEMBERED_MAX = 20_000
EVERYWHERE = 20
"""How many times as many wrong passwords as from one address lock a login for every unknown device."""

DEVICE_DAYS = 180
_DEVICE = "login device"


class Trying(msgspec.Struct, frozen=True):
    """Who tries a login: from which address, on which device, if that is one on which the user was let in before."""

    login: str
    source: str
    device: str | None = None

    @property
    def place(self) -> tuple[str, ...]:
        """What wrong passwords are counted by."""
        return ("device", self.device, self.login) if self.device else ("address", self.source, self.login)

    @property
    def codes(self) -> tuple[str, ...]:
        """What wrong codes are counted by."""
        return ("device codes", self.device, self.login) if self.device else ("codes", self.login)


class _Count:
    """How many were wrong since the last lock, and until when there is one."""

    __slots__ = ("failures", "since", "until")

    def __init__(self) -> None:
        self.failures = 0
        self.until = 0.0
        self.since: tuple[int, datetime | None] | None = None


class Attempts:
    """The counts of a server."""

    def __init__(self, most: int, seconds: float, per_second: float, burst: int) -> None:
        self._most = most
        self._seconds = seconds
        self._rate = per_second, burst
        self._counts: OrderedDict[tuple[str, ...], _Count] = OrderedDict()
        self._sources: OrderedDict[str, Bucket] = OrderedDict()

    def check(self, trying: Trying, user: User | None, *, codes: bool = False) -> None:
        """Busy ``login.locked`` or ``login.often``, before anything is looked at. Lifting a user's lock lifts these."""
        if trying.device is None and (wait := self._bucket(trying.source).lacks(time.monotonic())):
            raise Busy("login.often", retry_after=wait)
        names = [trying.codes if codes else trying.place]
        if trying.device is None:
            names.append(("everywhere", trying.login))
        left = max(self._left(name, user) for name in names)
        if trying.device is None and user is not None and user.locked_until is not None:
            left = max(left, (user.locked_until - utc_now()).total_seconds())
        if left > 0:
            until = utc_now() + timedelta(seconds=left)
            raise Busy("login.locked", retry_after=int(left) + 1, until=until.isoformat(timespec="seconds"))

    def fail(self, trying: Trying, user: User | None, *, codes: bool = False) -> None:
        """Count a wrong password or code."""
        self._fail(trying.codes if codes else trying.place, self._most, user)
        if trying.device is None:
            self._fail(("everywhere", trying.login), self._most * EVERYWHERE, user)
            self._bucket(trying.source).take(time.monotonic())

    def forget(self, trying: Trying) -> None:
        """Begin to count anew where somebody was let in."""
        self._counts.pop(trying.place, None)
        self._counts.pop(trying.codes, None)

    def _fail(self, name: tuple[str, ...], most: int, user: User | None) -> None:
        count = self._counts.pop(name, None) or _Count()
        self._counts[name] = count  # the last one is the freshest
        count.failures += 1
        if count.failures >= most:
            count.failures, count.until = 0, time.monotonic() + self._seconds
            count.since = None if user is None else (user.failures + 1, user.logged_in_at)
        if len(self._counts) > REMEMBERED_MAX:
            self._counts.popitem(last=False)

    def _left(self, name: tuple[str, ...], user: User | None) -> float:
        """For how many seconds there is still a lock; somebody may have lifted it."""
        count = self._counts.get(name)
        if count is None:
            return 0
        if user is not None and count.since is not None:
            failures, logged_in_at = count.since
            locked = user.locked_until is not None and user.locked_until > utc_now()
            if user.failures < failures and user.logged_in_at == logged_in_at and not locked:
                del self._counts[name]
                return 0
        return count.until - time.monotonic()

    def _bucket(self, source: str) -> Bucket:
        bucket = self._sources.pop(source, None) or Bucket(*self._rate)
        self._sources[source] = bucket
        if len(self._sources) > REMEMBERED_MAX:
            self._sources.popitem(last=False)
        return bucket


def attempts_of(services: Services) -> Attempts:
    """The counts of this server, which last as long as it lives."""
    settings = services.settings
    found = services.memory.get("attempts")
    if found is None:
        seconds = settings.lockout_minutes * 60
        found = Attempts(settings.login_attempts_max, seconds, settings.failures_per_second, settings.failures_burst)
        services.memory["attempts"] = found
    return found


def device_cookie(keyring: Keyring, user: User, now: datetime | None = None) -> str:
    """What a device carries on which a user was let in: the user, the day, chance, and a signature over them."""
    device = f"{user.id}.{(now or utc_now()).date().toordinal()}.{secrets.token_hex(8)}"
    return f"{device}.{_signature(keyring, device)}"


def known_device(keyring: Keyring, user: User | None, cookie: str | None, now: datetime | None = None) -> str | None:
    """The device of a cookie, if it is this user's and not too old."""
    device, _, signature = (cookie or "").rpartition(".")
    if user is None or not same_secret(signature, _signature(keyring, device)):
        return None
    number, day, _ = device.split(".")
    age = (now or utc_now()).date().toordinal() - int(day)
    return device if number == str(user.id) and 0 <= age <= DEVICE_DAYS else None


def _signature(keyring: Keyring, device: str) -> str:
    return f"{keyring.keyed_number(device, _DEVICE):032x}"
