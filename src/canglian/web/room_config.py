"""Where a room is, and what is known of it before it is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class RoomConfig:
    """A room by the dotted name of its package, whose module ``room`` has its ``ROOM``.

    ``commands`` is the module of the package that imports all its commands, so that they can be decided and replayed.
    ``nouns`` are those that it brings to the command line, each with its summary; they stand in ``NOUNS`` of the
    package's module ``cli``, which is imported when one of their verbs runs.
    ``quick`` are verbs that need nothing of their noun, by both names; each is the module and name of a function in the
    package, run without importing the noun.
    ``benchmarks`` are those of ``canglian bench``, each with its summary; each is the module of its name in the
    package's ``bench``, imported when it runs (see ``canglian.ledger.bench``).
    ``sandboxes`` are the worlds of ``canglian sandbox`` that play its services outside, by their names in the settings;
    each is ``WORLD`` in the module of its name in the package's ``sandbox`` (see ``web.sandbox``).
    ``next_business_day`` is the module and name of a function in the package that gives the business day after a day,
    from a book and the day: the business date goes no further without approval (see ``canglian.ledger.book``).
    """

    package: str
    commands: str = "commands"
    nouns: Mapping[str, str] = field(default_factory=dict[str, str])
    quick: Mapping[str, str] = field(default_factory=dict[str, str])
    benchmarks: Mapping[str, str] = field(default_factory=dict[str, str])
    sandboxes: Sequence[str] = ()
    next_business_day: str = ""
