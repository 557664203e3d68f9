"""How many points something earns, until when they live, and what they cost: pure functions without a book."""

from collections.abc import Sequence
from datetime import date

from canglian.bank.purpose.rules import Payee, Rules, refused_payee
from canglian.bank.reward.points.model import (
    PRICED,
    Deduction,
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    Expiry,
    ExpiryKind,
    Rounding,
    RuleKind,
)

BPS = 10_000
DECEMBER = 12


def earned(rules: Sequence[EarningRule], payee: Payee, amount: int) -> tuple[int, ...]:
    """How many points a purchase earns by each rule: ``amount`` is what the payer gave of their own."""
    return tuple(_by_rule(rule, amount) if _fits(rule, payee, amount) else 0 for rule in rules)


def earned_by(rules: Sequence[EarningRule], event: str) -> tuple[int, ...]:
    """How many points an event earns by each rule."""
    return tuple(rule.points if rule.kind is RuleKind.EVENT and rule.event == event else 0 for rule in rules)


def cut(by_rules: Sequence[int], most: int) -> list[int]:
    """What rules give where all of them together give so much at most: the first rules first."""
    left, parts = most, list[int]()
    for points in by_rules:
        parts.append(min(points, max(0, left)))
        left -= parts[-1]
    return parts


def given_again(points: int, whole: int, cancelled: int) -> int:
    """How many of a rule's points of a lot are given again where so much of the lot is cancelled."""
    return points * cancelled // whole if whole else 0


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A fraction as a whole number."""
    if rounding is Rounding.DOWN:
        return numerator // denominator
    if rounding is Rounding.UP:
        return -(-numerator // denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def valid_until(expiry: Expiry, on: date) -> date | None:
    """The last day on which points that are earned on a day are spent; None for ever.

    The same day of the month so many months later, or the last day of that month where it has no such day.
    """
    if expiry.kind is ExpiryKind.NEVER:
        return None
    if expiry.kind is ExpiryKind.YEAR_END:
        return date(on.year + expiry.years, DECEMBER, 31)
    months = on.year * DECEMBER + on.month - 1 + (expiry.months or 0)
    year, month = divmod(months, DECEMBER)
    return date(year, month + 1, min(on.day, _days_in(year, month + 1)))


def liability(outstanding: int, price: int) -> int:
    """What points cost at a price for 100 of them, in fen; a part of a fen is one."""
    return -(-outstanding * price // PRICED)


def worth(deduction: Deduction, points: int) -> int:
    """What points take off, in fen."""
    return points * deduction.amount // deduction.points


def needed(deduction: Deduction, amount: int) -> int:
    """How many points take off an amount; a part of a point is one."""
    return -(-amount * deduction.points // deduction.amount)


def deducted_most(deduction: Deduction, price: int) -> int:
    """What points take off a price at most, in fen."""
    return price * deduction.share_bps // BPS


def kept(points: int, base: int, refunded: int) -> int:
    """How many points of a purchase stay when so much of it was refunded: never more than its share."""
    return points * max(0, base - refunded) // base if base else points


def fault_of(
    rules: Sequence[EarningRule],
    expiry: Expiry,
    exchanges: Sequence[ExchangeRule],
    deduction: Deduction | None = None,
    price: int = 0,
) -> str | None:
    """What is wrong with the figures of a scheme, or None. Points take off no more than they are counted at."""
    if deduction is not None and deduction.amount * PRICED > price * deduction.points:
        return "point_scheme.deduction"
    if any((rule.kind is RuleKind.EVENT) is not (rule.event is not None) for rule in rules):
        return "point_scheme.event"
    if (expiry.kind is ExpiryKind.MONTHS) is not (expiry.months is not None):
        return "point_scheme.expiry"
    if expiry.years and expiry.kind is not ExpiryKind.YEAR_END:
        return "point_scheme.expiry"
    if any(_never_gives(rule) for rule in rules):
        return "point_scheme.bounds"
    for exchange in exchanges:
        if exchange.kind is ExchangeKind.PAYMENT:
            return "point_scheme.exchange"
        money = exchange.kind is ExchangeKind.MONEY
        if money is not (exchange.amount is not None) or money is not (exchange.offer is None):
            return "point_scheme.exchange"
    return None


def _never_gives(rule: EarningRule) -> bool:
    """Whether a wider bound of a rule can never be reached, because a narrower one is above it."""
    bounds = [bound for bound in (rule.per_day, rule.per_person, rule.total) if bound is not None]
    return bounds != sorted(bounds)


def _fits(rule: EarningRule, payee: Payee, amount: int) -> bool:
    if rule.kind is RuleKind.EVENT or amount < max(1, rule.at_least):
        return False
    return refused_payee(Rules(allowed=rule.payees), payee) is None


def _by_rule(rule: EarningRule, amount: int) -> int:
    if rule.kind is RuleKind.PER_PURCHASE:
        return rule.points
    return rounded(amount * rule.points, rule.per_fen, rule.rounding)


def _days_in(year: int, month: int) -> int:
    following = date(year + month // DECEMBER, month % DECEMBER + 1, 1)
    return (following - date(year, month, 1)).days
