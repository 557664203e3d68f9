"""Misbehaviour to order: how often a world is slow, fails, stays silent, loses answers, and so on."""

import random
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.errors import Malformed, declare

declare(
    {
        "sandbox.fault_unknown": "There is no fault {name} here; there are {known}.",
        "sandbox.fault_invalid": "A fault is written NAME=RATE with a rate from 0 to 1, such as slow=0.2.",
    }
)

Rate = Annotated[float, Meta(ge=0, le=1)]


class Faults(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How often each thing goes wrong, from 0 to 1; ``times`` ends all of it after so many faults.

    ``slow`` answers after ``slow_seconds``; ``error`` answers 503 and does nothing; ``silent`` does nothing and never
    answers; ``lost`` does it and breaks the connection; ``duplicate`` does again what it did before, or does it twice;
    ``forged`` answers with a wrong signature; ``out_of_order`` reports the later outcome first.
    """

    slow: Rate = 0.0
    error: Rate = 0.0
    silent: Rate = 0.0
    lost: Rate = 0.0
    duplicate: Rate = 0.0
    forged: Rate = 0.0
    out_of_order: Rate = 0.0
    slow_seconds: Annotated[float, Meta(ge=0, le=600)] = 2.0
    times: Annotated[int, Meta(ge=0)] | None = None


RATES = ("slow", "error", "silent", "lost", "duplicate", "forged", "out_of_order")


def read(texts: Iterable[str], slow_seconds: float | None = None) -> Faults:
    """``["slow=0.2"]`` as faults. Rejects ``sandbox.fault_unknown`` and ``sandbox.fault_invalid``."""
    given: dict[str, float] = {}
    for text in texts:
        name, _, rate = text.partition("=")
        if name not in RATES:
            raise Malformed("sandbox.fault_unknown", name=name, known=", ".join(RATES))
        try:
            given[name] = float(rate)
        except ValueError:
            raise Malformed("sandbox.fault_invalid") from None
    if slow_seconds is not None:
        given["slow_seconds"] = slow_seconds
    try:
        return msgspec.convert(given, Faults)
    except msgspec.ValidationError:
        raise Malformed("sandbox.fault_invalid") from None


class Mischief:
    """Decides what goes wrong; the same seed goes wrong in the same way."""

    def __init__(self, faults: Faults, seed: int = 0) -> None:
        self.faults = faults
        self._chance = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def strikes(self, name: str) -> bool:
        """Whether a thing goes wrong this time."""
        rate = getattr(self.faults, name)
        if rate <= 0 or self.faults.times == 0 or self._chance.random() >= rate:
            return False
        if self.faults.times is not None:
            self.faults.times -= 1
        return True
