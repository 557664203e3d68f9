"""Which rules a movement meets, found by one look into a dictionary.

A version of the rules has a ``Matcher``. It works out the rules for a combination of product, level, channel,
direction, counterparty and asset when the first such movement comes, and keeps them until the business date moves.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from canglian.bank.limit.measures import Direction, Holder, Measure

COMBINATIONS_MAX: Final = 10_000
"""There are a few dozen in a bank; a channel that somebody invents does not fill the memory."""

SINGLE, BALANCE, SUM, COUNT = range(4)

Combination = tuple[str, Any, str, Any, str, str]
"""Product, level, channel, direction, counterparty, asset."""


class Rule(Protocol):
    """What is asked of a rule here."""

    @property
    def code(self) -> str: ...
    @property
    def products(self) -> list[str]: ...
    @property
    def levels(self) -> list[Any]: ...
    @property
    def channels(self) -> list[str]: ...
    @property
    def direction(self) -> Any: ...
    @property
    def counterparties(self) -> list[Any]: ...
    @property
    def exempt(self) -> list[Any]: ...
    @property
    def asset(self) -> str: ...
    @property
    def measure(self) -> Measure: ...
    @property
    def limit(self) -> int: ...
    @property
    def per(self) -> Holder: ...
    @property
    def counter(self) -> str | None: ...


R = TypeVar("R", bound=Rule)


class Met(NamedTuple, Generic[R]):
    """A rule that a movement meets. ``key`` is where in the tally it adds up, empty where it does not."""

    kind: int
    limit: int
    key: str
    by_party: bool
    rule: R


class Matcher(Generic[R]):
    """See the module docstring."""

    __slots__ = ("_known", "_rules", "day")

    def __init__(self, rules: Iterable[R]) -> None:
        self._rules = tuple(rules)
        self._known: dict[Combination, tuple[Met[R], ...]] = {}
        self.day: date | None = None

    def met(self, combination: Combination, day: date) -> tuple[Met[R], ...]:
        """The rules that a movement meets on a day, in their order."""
        if day != self.day:
            self._known.clear()
            self.day = day
        found = self._known.get(combination)
        if found is None:
            if len(self._known) >= COMBINATIONS_MAX:
                self._known.clear()
            found = self._known[combination] = self.met_on(combination, day)
        return found

    def met_on(self, combination: Combination, day: date) -> tuple[Met[R], ...]:
        """The same, for a day that is not today: nothing is kept."""
        return tuple(_met(rule, day) for rule in self._rules if matches(rule, combination))


def matches(rule: Rule, combination: Combination) -> bool:
    """Whether a rule is about a movement. A cap of the balance is about what comes in only."""
    product, level, channel, direction, counterparty, asset = combination
    return (
        rule.asset == asset
        and covers(rule.products, product)
        and rule.direction in (None, direction)
        and not (rule.measure is Measure.BALANCE and direction != Direction.IN)
        and (not rule.levels or level in rule.levels)
        and (not rule.channels or channel in rule.channels)
        and (not rule.counterparties or counterparty in rule.counterparties)
        and counterparty not in rule.exempt
    )


def covers(patterns: Iterable[str], product: str) -> bool:
    """Whether a product is one of these, or begins like one that ends in ``.*``."""
    return any(
        product == pattern or (pattern.endswith(".*") and product.startswith(pattern[:-1])) for pattern in patterns
    )


def counter_key(rule: Rule, day: date) -> str:
    """Where in a tally a rule adds up: counter, measure and period; empty where it does not add up."""
    period = rule.measure.period(day)
    return "" if period is None else f"{rule.counter or rule.code}:{rule.measure.value}:{period}"


def _met(rule: R, day: date) -> Met[R]:
    if rule.measure is Measure.SINGLE:
        kind = SINGLE
    elif rule.measure is Measure.BALANCE:
        kind = BALANCE
    else:
        kind = COUNT if rule.measure.counts else SUM
    return Met(kind, rule.limit, counter_key(rule, day), rule.per is Holder.PARTY, rule)
