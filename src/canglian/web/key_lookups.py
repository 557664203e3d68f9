"""How many numbers and names of people an API key may ask about: counted by key, a minute and a day, known or not.

A look-up is counted before it is looked for. What registers somebody, or moves money, is counted where it asks only:
as a dry run, or where its answer says that a number is somebody's or nobody's (``tells_of_people``). A key that has
used its questions up may do neither. Users sign in by name and are not counted. All counts are in the memory of this
process.
"""

from dataclasses import dataclass

from canglian.kernel.errors import Busy, declare
from canglian.kernel.settings import Settings
from canglian.web.principal import Principal
from canglian.web.rates import Buckets
from canglian.web.services import Services

declare(
    {"lookup.key_often": "This API key has asked for too many numbers of people; try again in {retry_after} seconds."}
)

_MINUTE_SECONDS, _DAY_SECONDS = 60, 86_400


class KeyLookups:
    """The counts of a server."""

    def __init__(self, settings: Settings) -> None:
        minute, day = settings.key_lookups_per_minute, settings.key_lookups_per_day
        self._spans = Buckets(minute / _MINUTE_SECONDS, minute), Buckets(day / _DAY_SECONDS, day)

    def refuse_spent(self, key: str) -> None:
        """Busy ``lookup.key_often`` where a key has no question left."""
        wait = max(span.lacks(key) for span in self._spans)
        if wait:
            raise Busy("lookup.key_often", retry_after=wait)

    def count(self, key: str) -> None:
        """Count a question."""
        for span in self._spans:
            span.take(key)


@dataclass(frozen=True)
class Questions:
    """The questions of whoever asks; a user's are not counted."""

    services: Services
    principal: Principal

    def refuse_spent(self) -> None:
        """Busy ``lookup.key_often`` where the key has no question left."""
        if self._is_counted:
            self._lookups.refuse_spent(self.principal.id)

    def count(self) -> None:
        """Count a question that was asked."""
        if self._is_counted:
            self._lookups.count(self.principal.id)

    def take(self) -> None:
        """Count a question before it is answered. Busy ``lookup.key_often``."""
        self.refuse_spent()
        self.count()

    @property
    def _is_counted(self) -> bool:
        return self.principal.kind == "key"

    @property
    def _lookups(self) -> KeyLookups:
        memory = self.services.memory
        lookups = memory.get("key_lookups")
        if lookups is None:
            lookups = memory["key_lookups"] = KeyLookups(self.services.settings)
        return lookups
