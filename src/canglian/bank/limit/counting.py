"""Counting a movement against its limits, inside the decision that moves the money.

The hot path: one look into the matcher of the rules in force, one or two tallies, one write.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from canglian.bank.limit.matching import COUNT, SINGLE, SUM, Combination, Met
from canglian.bank.limit.measures import Direction, periods
from canglian.bank.limit.model import RULES, Granted, LimitRule, LimitRules, LimitTally
from canglian.bank.limit.rules import rules_in_force
from canglian.bank.party import Level
from canglian.kernel.book import Book
from canglian.kernel.command import Read
from canglian.kernel.versions import in_force

Broken = tuple[Met[LimitRule], int, int]
"""A rule that a movement would pass, the limit that holds for it, and what was used of it."""


class Movement(msgspec.Struct, frozen=True, gc=False):
    """Money that moves, as the rules see it.

    ``subject`` is whose money moves (``deposit:dep_…``, ``wallet:wal_…``), ``party`` its holder, None for an anonymous
    wallet; ``level`` is the holder's. ``product`` is a dotted code (``deposit.class2``, ``wallet.ecny4``), ``channel``
    the way it was asked for, ``counterparty`` one of ``Counterparty``. ``balance_after`` is what the subject would
    hold; it is needed where a rule caps the balance.
    """

    subject: str
    party: str | None
    product: str
    level: Level
    channel: str
    direction: Direction
    counterparty: str
    asset: str
    amount: int
    balance_after: int | None = None

    @property
    def combination(self) -> Combination:
        """What decides which rules it meets."""
        return self.product, self.level, self.channel, self.direction, self.counterparty, self.asset


def reads(subject: str, party: str | None) -> list[Read]:
    """What counting a movement of a subject will read, for the ``reads`` of a command."""
    read: list[Read] = [(LimitTally, subject)]
    if party is not None:
        read.append((LimitTally, party))
    return read


def count(book: Book, movement: Movement) -> None:
    """Count a movement against every rule that it meets, in the same commit as the money.

    Rejects ``limit.exceeded`` with the rule that leaves least: its code and name, ``measure``, ``limit``, ``used``,
    ``left`` and ``renews_at`` (None for a single movement and for a balance). Call it before the money is moved.
    """
    today = book.today
    met = rules_in_force(book).matcher.met(movement.combination, today)
    if not met:
        return
    own, partys = _tallies(book, movement)
    if broken := _broken(movement, met, own, partys, today):
        _refuse(book, movement, broken)
    _add(book, movement, met, own, partys)


def give_back(book: Book, movement: Movement, on: date, *, whole: bool = True) -> None:
    """Give back what was counted for a movement on a business date, in the periods that it lies in and still go on.

    ``movement`` is the one that was counted, as it was then; of a partial refund it has the amount that goes back, and
    ``whole`` is false: the number of movements stays. What some version of that day did not count is not given back.
    """
    if on > book.today:
        raise AssertionError("nothing was counted on a day that has not come")
    counted = _counted_on(book, movement, on)
    if not counted:
        return
    own, partys = _tallies(book, movement)
    for tally, keys in zip((own, partys), _by_holder(movement, counted), strict=True):
        if tally is None or not keys:
            continue
        used = dict(tally.used)
        for key, is_sum in keys.items():
            if key in used:
                used[key] = max(0, used[key] - (movement.amount if is_sum else int(whole)))
        if used != tally.used:
            book.put(LimitTally(tally.holder, used, tally.overrides))


def limit_of(met: Met[LimitRule], own: LimitTally | None, partys: LimitTally | None, today: date) -> int:
    """The limit that holds: an override of the subject, else one of its party, else the rule's own."""
    granted = granted_for(met.rule.code, own, partys, today)
    return met.limit if granted is None else granted.limit


def granted_for(rule: str, own: LimitTally | None, partys: LimitTally | None, today: date) -> Granted | None:
    """The override that holds for a rule: the subject's before its party's, the one granted last before others."""
    for tally in (own, partys):
        if tally is not None:
            for override in reversed(tally.overrides):
                if override.rule == rule and override.holds(today):
                    return override
    return None


def _tallies(book: Book, movement: Movement) -> tuple[LimitTally | None, LimitTally | None]:
    """The tally of the subject and that of the party. Who has no party is counted alone."""
    subject, party = movement.subject, movement.party
    known = book.tables[LimitTally]
    if party is None:
        own = book.maybe(LimitTally, subject)
        return own, own
    if subject not in known or party not in known:
        book.require(reads(subject, party))
    return known[subject], known[party]


def _broken(
    movement: Movement,
    met: tuple[Met[LimitRule], ...],
    own: LimitTally | None,
    partys: LimitTally | None,
    today: date,
) -> list[Broken]:
    broken: list[Broken] = []
    overridden = (own is not None and own.overrides) or (partys is not None and partys.overrides)
    for hit in met:
        kind, limit, key, by_party, _ = hit
        if overridden:
            limit = limit_of(hit, own, partys, today)
        if key:
            tally = partys if by_party else own
            used = tally.used.get(key, 0) if tally is not None else 0
            if used + (movement.amount if kind == SUM else 1) > limit:
                broken.append((hit, limit, used))
        elif kind == SINGLE:
            if movement.amount > limit:
                broken.append((hit, limit, 0))
        elif movement.balance_after is None:
            raise AssertionError(f"{hit.rule.code} caps the balance, which the movement does not say")
        elif movement.balance_after > limit:
            broken.append((hit, limit, movement.balance_after - movement.amount))
    return broken


def _add(
    book: Book,
    movement: Movement,
    met: tuple[Met[LimitRule], ...],
    own: LimitTally | None,
    partys: LimitTally | None,
) -> None:
    mine, theirs = _by_holder(movement, met)
    if mine:
        _write(book, movement.subject, own, mine, movement.amount)
    if theirs and movement.party is not None:
        _write(book, movement.party, partys, theirs, movement.amount)


def _by_holder(movement: Movement, met: Iterable[Met[LimitRule]]) -> tuple[dict[str, bool], dict[str, bool]]:
    """The counters of the subject and of its party, and whether each adds up money: every counter once, whatever the
    number of rules that look at it. Who has no party is counted alone."""
    mine: dict[str, bool] = {}
    theirs = mine if movement.party is None else {}
    for kind, _, key, by_party, _ in met:
        if key:
            (theirs if by_party else mine)[key] = kind == SUM
    return mine, {} if theirs is mine else theirs


def _write(book: Book, holder: str, tally: LimitTally | None, keys: dict[str, bool], amount: int) -> None:
    if tally is None:
        book.add(LimitTally(holder, {key: amount if is_sum else 1 for key, is_sum in keys.items()}, []))
        return
    before = tally.used
    used = before.copy()
    began = False
    for key, is_sum in keys.items():
        more = amount if is_sum else 1
        if key in used:
            used[key] += more
        else:
            used[key] = more
            began = True
    if began and before:
        current = periods(book.today)
        used = {key: so_far for key, so_far in used.items() if key.rpartition(":")[2] in current}
    book.put(LimitTally(holder, used, tally.overrides))


def _refuse(book: Book, movement: Movement, broken: list[Broken]) -> None:
    met, limit, used = min(broken, key=lambda breach: _strictness(breach, book.today))
    rule = met.rule
    renews = rule.measure.renews_at(book.today)
    fields: dict[str, Any] = {
        "rule": rule.code,
        "name": rule.name,
        "measure": rule.measure.value,
        "limit": limit,
        "used": used,
        "left": max(0, limit - used),
        "renews_at": None if renews is None else renews.isoformat(),
    }
    if met.kind != COUNT:
        fields["asset"] = movement.asset
    book.reject("limit.exceeded", **fields)


def _strictness(breach: Broken, today: date) -> tuple[int, int, int]:
    """What leaves least comes first, then what takes longest to begin anew."""
    met, limit, used = breach
    left = max(0, limit - used)
    renews = met.rule.measure.renews_on(today)
    return (0 if met.kind == COUNT else 1, left, -(renews.toordinal() if renews else 0))


def _counted_on(book: Book, movement: Movement, on: date) -> list[Met[LimitRule]]:
    """The rules by which a movement of that day was counted for certain.

    A version may have been added during the day for the day itself, before or after the movement. What is counted by
    each of the versions that were in force on the day is what is given back.
    """
    rules_in_force(book)
    has_party = movement.party is not None
    counted: list[Met[LimitRule]] = []
    keys: set[tuple[str, bool]] | None = None
    for version in versions_on(book.find(LimitRules, "rules", RULES), on):
        counted = [hit for hit in version.matcher.met_on(movement.combination, on) if hit.key]
        met = {(hit.key, hit.by_party and has_party) for hit in counted}
        keys = met if keys is None else keys & met
    return [hit for hit in counted if keys and (hit.key, hit.by_party and has_party) in keys]


def versions_on(versions: list[LimitRules], on: date) -> list[LimitRules]:
    """The versions that were in force at some time of a day."""
    at_first = in_force([version for version in versions if version.added_on < on], on)
    added = [version for version in versions if version.added_on == on and version.effective_from <= on]
    return ([] if at_first is None else [at_first]) + added
