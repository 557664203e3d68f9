"""A reference model of limits: it remembers every movement and looks at all of them each time. Slow and plain.

Whether a movement may pass is answered from the list of what was counted and not given back, by the rules and overrides
of the day; nothing is added up beforehand.
"""

from dataclasses import dataclass, field
from datetime import date

from canglian.bank.limit import Holder, LimitRule, Measure, Movement
from canglian.bank.limit.matching import matches


@dataclass
class Counted:
    """A movement that was let through: on which day, by which rules it was counted, and what of it still counts."""

    movement: Movement
    on: date
    counters: set[tuple[str, Measure, str]]
    left: int
    times: int = 1
    refundable: bool = True


@dataclass
class Override:
    """Another limit for a rule and a holder."""

    holder: str
    rule: str
    limit: int
    since: date
    until: date


@dataclass
class Model:
    """All versions, all overrides, all movements."""

    today: date
    versions: list[tuple[date, list[LimitRule]]]
    days: dict[date, list[list[LimitRule]]] = field(default_factory=dict)
    overrides: list[Override] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        """Remember by which rules this day is counted; a version added for today counts beside the one before it."""
        self.days[self.today] = [self.rules]

    @property
    def rules(self) -> list[LimitRule]:
        """The rules in force."""
        come = [(day, place) for place, (day, _) in enumerate(self.versions) if day <= self.today]
        return self.versions[max(come)[1]][1]

    def add(self, effective_from: date, rules: list[LimitRule]) -> None:
        """A version of the rules."""
        self.versions.append((effective_from, rules))
        if effective_from <= self.today:
            self.days[self.today].append(rules)

    def next_day(self, day: date) -> None:
        """The business date moves."""
        self.today = day
        self._begin()

    def limit(self, rule: LimitRule, movement: Movement) -> int:
        """The limit that holds for somebody."""
        for holder in (movement.subject, movement.party):
            for override in self.overrides:
                if (
                    override.holder == holder
                    and override.rule == rule.code
                    and override.since <= self.today <= override.until
                ):
                    return override.limit
        return rule.limit

    def used(self, rule: LimitRule, movement: Movement) -> int:
        """What counts in the period that is under way, movement by movement."""
        counter = counter_of(rule, movement)
        return sum(
            counted.times if rule.measure.counts else counted.left
            for counted in self.counted
            if counter in counted.counters and rule.measure.period(counted.on) == rule.measure.period(self.today)
        )

    def refuses(self, movement: Movement) -> set[str]:
        """The rules that a movement would pass."""
        return {
            rule.code for rule in self.rules if matches(rule, movement.combination) and self._passes(rule, movement)
        }

    def _passes(self, rule: LimitRule, movement: Movement) -> bool:
        limit = self.limit(rule, movement)
        if rule.measure is Measure.SINGLE:
            return movement.amount > limit
        if rule.measure is Measure.BALANCE:
            return (movement.balance_after or 0) > limit
        return self.used(rule, movement) + (1 if rule.measure.counts else movement.amount) > limit

    def count(self, movement: Movement) -> None:
        """Let a movement through."""
        self.counted.append(Counted(movement, self.today, counters(self.rules, movement), movement.amount))

    def give_back(self, counted: Counted, amount: int, *, whole: bool) -> None:
        """A reversal or a refund. What a version of that day might not have counted stays counted for its rules."""
        certain = [counters(rules, counted.movement) for rules in self.days[counted.on]]
        kept = counted.counters - set.intersection(*certain)
        if kept:
            self.counted.append(Counted(counted.movement, counted.on, kept, amount, int(whole), refundable=False))
        counted.left -= amount
        counted.times -= int(whole)


Counter = tuple[str, Measure, str]
"""What adds up: by its name, its measure, and whose it is."""


def counter_of(rule: LimitRule, movement: Movement) -> Counter:
    """Where a rule adds a movement up. Who has no party is counted alone."""
    by_party = rule.per is Holder.PARTY and movement.party is not None
    return rule.counter or rule.code, rule.measure, (movement.party or "") if by_party else movement.subject


def counters(rules: list[LimitRule], movement: Movement) -> set[Counter]:
    """Everything that a movement adds to."""
    met = [rule for rule in rules if rule.measure.adds_up and matches(rule, movement.combination)]
    return {counter_of(rule, movement) for rule in met}
