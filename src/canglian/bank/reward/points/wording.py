"""Rules of points in plain words, for operators and for people who earn them."""

from collections.abc import Callable

from canglian.bank.reward.points.model import (
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    Expiry,
    ExpiryKind,
    KnownEvent,
    PointScheme,
    RuleKind,
)
from canglian.bank.reward.points.rules import BPS
from canglian.web.console.formats import joined, money, number

Translate = Callable[[str], str]


def rule_in_words(rule: EarningRule, say: Translate) -> str:
    """For what how many points are earned."""
    points = number(rule.points)
    if rule.kind is RuleKind.EVENT:
        event = say(f"point_event.{rule.event}") if rule.event in set(KnownEvent) else rule.event
        text = say("%(points)s points for %(event)s") % {"points": points, "event": event}
        return " · ".join([text, *_bounds_of(rule, say)])
    if rule.kind is RuleKind.PER_PURCHASE:
        text = say("%(points)s points for each purchase") % {"points": points}
    else:
        text = say("%(points)s points for each %(amount)s paid") % {"points": points, "amount": money(rule.per_fen)}
    if rule.at_least:
        text += " · " + say("for purchases from %(amount)s on") % {"amount": money(rule.at_least)}
    if rule.payees.categories:
        names = [say(f"category.{category}") for category in rule.payees.categories]
        text += " · " + joined([name.removeprefix("category.") for name in names], say)
    if rule.kind is RuleKind.PER_AMOUNT:
        text += " · " + say(f"rounding.{rule.rounding.value}")
    return " · ".join([text, *_bounds_of(rule, say)])


def _bounds_of(rule: EarningRule, say: Translate) -> list[str]:
    """How many points a rule gives at most."""
    parts: list[str] = []
    if rule.per_day is not None:
        parts.append(say("at most %(points)s a day") % {"points": number(rule.per_day)})
    if rule.per_person is not None:
        parts.append(say("at most %(points)s a person") % {"points": number(rule.per_person)})
    if rule.total is not None:
        parts.append(say("%(points)s in all for everybody") % {"points": number(rule.total)})
    return parts


def bounds_in_words(scheme: PointScheme, say: Translate) -> str:
    """How many points a person earns by rules at most; nothing where there is no bound."""
    parts: list[str] = []
    if scheme.per_day is not None:
        parts.append(say("at most %(points)s a day") % {"points": number(scheme.per_day)})
    if scheme.per_month is not None:
        parts.append(say("at most %(points)s a month") % {"points": number(scheme.per_month)})
    return " · ".join(parts)


def expiry_in_words(expiry: Expiry, say: Translate) -> str:
    """How long points live."""
    if expiry.kind is ExpiryKind.MONTHS:
        return say("%(months)s months after they were earned") % {"months": expiry.months}
    if expiry.kind is ExpiryKind.NEVER:
        return say("They never expire.")
    if not expiry.years:
        return say("at the end of the year in which they were earned")
    return say("at the end of the year %(years)s years after they were earned") % {"years": expiry.years}


def deduction_in_words(scheme: PointScheme, say: Translate) -> str:
    """What points take off payments; nothing where they take off nothing."""
    deduction = scheme.deduction
    if deduction is None:
        return ""
    parts = [
        say("%(points)s points take off %(amount)s")
        % {"points": number(deduction.points), "amount": money(deduction.amount, scheme.pays)}
    ]
    if deduction.share_bps < BPS:
        parts.append(say("at most %(share)s of an order") % {"share": f"{deduction.share_bps / 100:g}%"})
    if deduction.at_least:
        parts.append(say("for orders from %(amount)s on") % {"amount": money(deduction.at_least, scheme.pays)})
    return " · ".join(parts)


def exchange_in_words(rule: ExchangeRule, pays: str, say: Translate) -> str:
    """What a piece of an exchange gives for how many points."""
    points = number(rule.points)
    if rule.kind is ExchangeKind.MONEY:
        return say("%(points)s points give %(amount)s") % {"points": points, "amount": money(rule.amount or 0, pays)}
    return say("%(points)s points give a coupon: %(name)s") % {"points": points, "name": rule.name}
