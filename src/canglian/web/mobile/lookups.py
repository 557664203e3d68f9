"""How many numbers of other people somebody may ask about: counted by person, device and address, known or not.

What is asked is counted before it is looked for, so the count says nothing of the answer. A device on which somebody
has signed in carries a signed cookie and is counted by whose mobile that was, for all devices of one mobile together;
one without is counted by its address, which many may share. Mobiles, most of which are somebody's, have a lower count
of their own. All counts are in the memory of this process.
"""

from datetime import datetime

from litestar import Response

from canglian.kernel.crypto import Keyring, same_secret
from canglian.kernel.errors import Busy, declare
from canglian.kernel.settings import Settings
from canglian.kernel.values import utc_now
from canglian.web.forwarding import source_of
from canglian.web.mobile.pages import MobilePages
from canglian.web.mobile.person import Person
from canglian.web.rates import Buckets
from canglian.web.services import Services

declare({"lookup.often": "Too many numbers were asked for; try again in {retry_after} seconds."})

DEVICE_DAYS = 180
DAY_SECONDS = 86_400
_HOUR_SECONDS = 3600
_DEVICE = "person device"


class _Counts:
    """Counts of one kind of number."""

    def __init__(self, per_second: float, burst: int, many: int) -> None:
        self._people = Buckets(per_second, burst)
        self._devices = Buckets(per_second, burst)
        self._addresses = Buckets(per_second * many, burst * many)

    def take(self, person: Person, device: str | None, address: str) -> int:
        """Count one look-up; 0, or the whole seconds to wait."""
        wait = self._people.take(f"{person.book}:{person.mobile_index}")
        return wait or (self._addresses.take(address) if device is None else self._devices.take(device))


class Lookups:
    """The counts of a server."""

    def __init__(self, settings: Settings) -> None:
        many, mobiles = settings.lookups_per_address, settings.mobile_lookups_per_day
        self._numbers = _Counts(settings.lookups_per_hour / _HOUR_SECONDS, settings.lookups_burst, many)
        self._mobiles = _Counts(mobiles / DAY_SECONDS, mobiles, many)

    def take(self, person: Person, device: str | None, address: str, *, is_mobile: bool = False) -> None:
        """Count one look-up. Busy ``lookup.often``."""
        wait = self._numbers.take(person, device, address)
        if is_mobile:
            wait = wait or self._mobiles.take(person, device, address)
        if wait:
            raise Busy("lookup.often", retry_after=wait)


def count_lookup(pages: MobilePages, person: Person, *, is_mobile: bool = False) -> None:
    """Count that a person asks about somebody's number, or mobile. Busy ``lookup.often``."""
    memory = pages.services.memory
    lookups = memory.get("lookups")
    if lookups is None:
        lookups = memory["lookups"] = Lookups(pages.services.settings)
    lookups.take(person, device_of(pages), source_of(pages.request.client), is_mobile=is_mobile)


def device_of(pages: MobilePages) -> str | None:
    """The device that a request comes from, if somebody has signed in on it before."""
    return known_device(pages.services.keyring, pages.request.cookies.get(_cookie(pages.services)))


def remember_device(pages: MobilePages, response: Response[bytes], mobile_index: str) -> None:
    """Let a device carry that somebody has signed in on it."""
    cookie = device_cookie(pages.services.keyring, mobile_index)
    pages.set_cookie(response, _cookie(pages.services), cookie, DEVICE_DAYS * DAY_SECONDS)


def device_cookie(keyring: Keyring, mobile_index: str, now: datetime | None = None) -> str:
    """Whose mobile signed in, as a keyed hash that stands nowhere else, the day, and a signature over both."""
    device = f"{owner_of(keyring, mobile_index)}.{(now or utc_now()).date().toordinal()}"
    return f"{device}.{_signature(keyring, device)}"


def owner_of(keyring: Keyring, mobile_index: str) -> str:
    """What ``known_device`` answers for the devices on which a mobile has signed in."""
    return keyring.blind_index(mobile_index, _DEVICE)


def known_device(keyring: Keyring, cookie: str | None, now: datetime | None = None) -> str | None:
    """Whose device a cookie makes it; None for one that is too old, or not ours."""
    device, _, signature = (cookie or "").rpartition(".")
    if not same_secret(signature, _signature(keyring, device)):
        return None
    owner, _, day = device.partition(".")
    age = (now or utc_now()).date().toordinal() - int(day)
    return owner if 0 <= age <= DEVICE_DAYS else None


def _cookie(services: Services) -> str:
    return "__Host-canglian-person-device" if services.settings.has_secure_cookies else "canglian_person_device"


def _signature(keyring: Keyring, device: str) -> str:
    return f"{keyring.keyed_number(device, _DEVICE):032x}"
