"""Rules in plain words, as operators and holders read them: what it buys, where, when, how much, what becomes of it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import msgspec

from canglian.bank.purpose.rules import MINUTES, OnExpiry, Payees, ReleaseRule, Rules
from canglian.web.console.formats import money
from canglian.web.console.plain import worded

Say = Callable[[str], str]


class Sentence(msgspec.Struct, frozen=True):
    """One respect in which money is bound, and how."""

    title: str
    text: str


def rules_in_words(rules: Rules, say: Say, shops: Mapping[str, str] | None = None) -> list[Sentence]:
    """What money of these rules may do. ``shops`` has the names of payees."""
    named = shops or {}
    bounds = [
        *_payees(rules.allowed, say, named, blocked=False),
        *_payees(rules.blocked, say, named, blocked=True),
        (say("On which days"), _days(rules.days, say)),
        (say("At which hours"), _hours(rules, say)),
        (say("At most at once"), money(rules.amount_max) if rules.amount_max is not None else ""),
        (say("How often"), say("%(count)s times") % {"count": rules.uses_max} if rules.uses_max else ""),
        (say("Released"), _release(rules, say)),
        (say("What is left at the end"), _expiry(rules, say)),
        (say("Merchants"), say("Each contract names its own") if rules.named else ""),
        (say("Passing on"), say("A holder may pass on what is left") if rules.transferable else ""),
        (say("Payout"), say("To its holders as ordinary money, once released") if rules.payout else ""),
        (say("Giving back"), _refund(rules, say)),
    ]
    return [Sentence(title, text) for title, text in bounds if text]


def buys(rules: Rules, say: Say) -> str:
    """What it can buy, in one sentence."""
    kinds = [worded("category", code, say) for code in rules.allowed.categories]
    goods = [worded("goods", kind, say) for kind in rules.allowed.goods]
    named = _listed([*kinds, *goods], say)
    barred = [worded("category", code, say) for code in rules.blocked.categories]
    barred += [worded("goods", kind, say) for kind in rules.blocked.goods]
    if named or not barred:
        return named or say("Anything at shops that take it")
    return say("Anything but %(what)s") % {"what": _listed(barred, say)}


def _payees(payees: Payees, say: Say, shops: Mapping[str, str], *, blocked: bool) -> Iterable[tuple[str, str]]:
    titles = (
        (
            say("Not at these merchants"),
            say("Not at merchants on these lists"),
            say("Not for"),
            say("Not in"),
            say("Not these goods"),
        )
        if blocked
        else (
            say("Only at these merchants"),
            say("Only at merchants on these lists"),
            say("Only for"),
            say("Only in"),
            say("Only these goods"),
        )
    )
    texts = (
        [shops.get(identity, identity) for identity in payees.ids],
        list(payees.lists),
        [worded("category", code, say) for code in payees.categories],
        [region_name(code, say) for code in payees.regions],
        [worded("goods", kind, say) for kind in payees.goods],
    )
    return [(title, _listed(each, say)) for title, each in zip(titles, texts, strict=True)]


def region_name(code: str, say: Say) -> str:
    """A division by the name of its province; what is below stands as its number where no word is known."""
    known = worded("region", code, say)
    if known != code:
        return known
    province = worded("region", code[:2], say)
    return f"{province} {code}" if province != code[:2] else code


def _listed(words: list[str], say: Say) -> str:
    return say(", ").join(words)


def _days(days: tuple[int, ...], say: Say) -> str:
    return _listed([say(f"weekday.{day}") for day in days], say)


def _hours(rules: Rules, say: Say) -> str:
    if (rules.from_minute, rules.until_minute) == (0, MINUTES):
        return ""
    return f"{_clock(rules.from_minute)}–{_clock(rules.until_minute)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _release(rules: Rules, say: Say) -> str:
    if rules.release is ReleaseRule.ON_DATE and isinstance(rules.release_on, date):
        return say("On %(day)s") % {"day": rules.release_on.isoformat()}
    if rules.release is ReleaseRule.BY_SIGNATURES:
        return say("After %(count)s people have signed") % {"count": rules.signatures}
    return say("After its event has come") if rules.release is ReleaseRule.ON_EVENT else ""


def _expiry(rules: Rules, say: Say) -> str:
    if rules.on_expiry is OnExpiry.RELEASE:
        return say("It becomes the holders' ordinary money")
    return say("It goes back to who gave it")


def _refund(rules: Rules, say: Say) -> str:
    if rules.refund_days is None:
        return ""
    return say("In full within %(count)s days") % {"count": rules.refund_days}
