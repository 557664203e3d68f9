"""Rate limits: a token bucket for each key and each address, in the memory of this process."""

import math
import time

REMEMBERED_MAX = 20_000


class Bucket:
    """Holds up to ``burst`` tokens and gains ``per_second``; a request takes one."""

    __slots__ = ("_at", "_tokens", "burst", "per_second")

    def __init__(self, per_second: float, burst: int) -> None:
        self.per_second = per_second
        self.burst = burst
        self._tokens = float(burst)
        self._at = time.monotonic()

    def take(self, now: float) -> int:
        """Take a token; 0, or the whole seconds to wait where there is none."""
        self._gain(now)
        if self._tokens < 1:
            return self._wait()
        self._tokens -= 1
        return 0

    def lacks(self, now: float) -> int:
        """What ``take`` would say, taking nothing."""
        self._gain(now)
        return self._wait() if self._tokens < 1 else 0

    @property
    def left(self) -> int:
        """How many requests may come at once now."""
        return int(self._tokens)

    @property
    def reset_seconds(self) -> int:
        """When it is full again."""
        return math.ceil((self.burst - self._tokens) / self.per_second)

    def _gain(self, now: float) -> None:
        self._tokens = min(self.burst, self._tokens + max(0.0, now - self._at) * self.per_second)
        self._at = max(now, self._at)

    def _wait(self) -> int:
        return max(1, math.ceil((1 - self._tokens) / self.per_second))


class Buckets:
    """A bucket for each of many names, and only those that were asked for last."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._rate = per_second, burst
        self._buckets: dict[str, Bucket] = {}

    def take(self, name: str) -> int:
        """Take a token of a name's; 0, or the whole seconds to wait where there is none."""
        return self._of(name).take(time.monotonic())

    def lacks(self, name: str) -> int:
        """What ``take`` would say, taking nothing."""
        return self._of(name).lacks(time.monotonic())

    def _of(self, name: str) -> Bucket:
        bucket = self._buckets.pop(name, None) or Bucket(*self._rate)
        self._buckets[name] = bucket  # the last one is the freshest
        if len(self._buckets) > REMEMBERED_MAX:
            del self._buckets[next(iter(self._buckets))]
        return bucket
