"""Bounds of earning rules: what a rule still gives somebody, what it has given, and what a refund has given again.

Only rules with a bound are counted: one count for each person, and one for all together.
"""

from collections.abc import Iterable, Sequence

from canglian.bank.reward.points.model import EarningRule, PointLot, PointRuleCount, PointScheme
from canglian.bank.reward.points.rules import given_again
from canglian.kernel.book import FindKey
from canglian.ledger.book import Book

_ALL = ""
"""Whose count that of all together is."""


def finds(scheme: PointScheme, parties: Iterable[str]) -> list[FindKey]:
    """By which look-ups the counts of a scheme's rules are found, for some people and all together."""
    rules = _bounded(scheme)
    if not rules:
        return []
    return [_find(scheme, place, party) for place, _ in rules for party in (*parties, _ALL)]


def is_bounded(scheme: PointScheme) -> bool:
    """Whether a rule of it is counted."""
    return any(rule.is_bounded for rule in scheme.rules)


def within(book: Book, scheme: PointScheme, party: str, by_rules: Sequence[int]) -> list[int]:
    """What the bounds of each rule leave of what it gives somebody now."""
    left = list(by_rules)
    for place, rule in _bounded(scheme):
        own, together = _count(book, scheme, place, party), _count(book, scheme, place, _ALL)
        had = 0 if own is None else own.points
        today = own.day_points if own is not None and own.day == book.today else 0
        of_all = 0 if together is None else together.points
        bounds = ((rule.per_day, today), (rule.per_person, had), (rule.total, of_all))
        rooms = [most - used for most, used in bounds if most is not None]
        left[place - 1] = max(0, min([left[place - 1], *rooms]))
    return left


def take(book: Book, scheme: PointScheme, party: str, by_rules: Sequence[int]) -> None:
    """Count what rules give somebody now."""
    for place, _ in _bounded(scheme):
        points = by_rules[place - 1]
        if not points:
            continue
        for whose in (party, _ALL):
            found = _count(book, scheme, place, whose)
            if found is None:
                found = book.add(
                    PointRuleCount(
                        id=book.new_id("prc"),
                        scheme=scheme.id,
                        rule=place,
                        party=whose,
                        points=0,
                        day=None,
                        day_points=0,
                        updated_at=book.now,
                    )
                )
            today = found.day_points if found.day == book.today else 0
            book.put(
                found.replace(
                    points=found.points + points, day=book.today, day_points=today + points, updated_at=book.now
                )
            )


def give_again(book: Book, scheme: PointScheme, before: PointLot, cancelled: int) -> None:
    """What a refund cancels of a lot is given again by its rules, in all; what it gave on its day stays counted."""
    for (place, _), points in zip(_bounded(scheme), _of_bounded(scheme, before), strict=False):
        back = given_again(points, before.points, cancelled) - given_again(points, before.points, before.cancelled)
        for whose in (before.party, _ALL) if back else ():
            found = _count(book, scheme, place, whose)
            if found is not None:
                book.put(found.replace(points=max(0, found.points - back), updated_at=book.now))


def _of_bounded(scheme: PointScheme, lot: PointLot) -> list[int]:
    """How many of a lot each bounded rule gave; nothing for lots that no rules gave."""
    return [lot.by_rules[place - 1] for place, _ in _bounded(scheme)] if lot.by_rules else []


def _bounded(scheme: PointScheme) -> list[tuple[int, EarningRule]]:
    return [(place, rule) for place, rule in enumerate(scheme.rules, 1) if rule.is_bounded]


def _count(book: Book, scheme: PointScheme, place: int, party: str) -> PointRuleCount | None:
    found = book.find(PointRuleCount, "rule", (scheme.id, place, party))
    return found[0] if found else None


def _find(scheme: PointScheme, place: int, party: str) -> FindKey:
    return (PointRuleCount, "rule", (scheme.id, place, party))
