"""The rules of purpose-bound money: pure functions of integers, dates and values, without a book.

``refusal`` says why money may not be paid, as a stable code, or None where it may. What blocks is asked before what
allows: a payee that both name is refused.
"""

import enum
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta, structs

from canglian.kernel.fields import doc
from canglian.kernel.values import Name

FAR: date = date(9999, 12, 31)
MINUTES = 24 * 60

Text = Annotated[str, Meta(pattern=r"^[\w.:-]+\Z", min_length=1, max_length=64)]
Category = Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")]
RegionPart = Annotated[str, Meta(pattern=r"^[1-9][0-9]{1,5}\Z")]


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value of the rules."""


class Payee(Value, frozen=True, kw_only=True):
    """Whom money is to be paid to, and for what: what the rules know of it."""

    id: Annotated[Text, doc("The payee's id.")]
    category: Annotated[Category, doc("Its category of ISO 18245.")]
    region: Annotated[str, Meta(pattern=r"^[1-9][0-9]{5}\Z"), doc("The division of GB/T 2260 in which it is.")]
    lists: Annotated[tuple[Text, ...], doc("The lists that it is on.")] = ()
    goods: Annotated[tuple[Text, ...], doc("The kinds of goods that are paid for.")] = ()


class Payees(Value, frozen=True, kw_only=True):
    """Payees by what they are. A region is named by its beginning: 3301 is all of Hangzhou."""

    ids: Annotated[tuple[Text, ...], Meta(max_length=1000), doc("Payees by their ids.")] = ()
    lists: Annotated[tuple[Text, ...], Meta(max_length=100), doc("Those on one of these lists.")] = ()
    categories: Annotated[tuple[Category, ...], Meta(max_length=500), doc("Those of one of these categories.")] = ()
    regions: Annotated[tuple[RegionPart, ...], Meta(max_length=500), doc("Those in one of these regions.")] = ()
    goods: Annotated[tuple[Text, ...], Meta(max_length=500), doc("Goods of one of these kinds.")] = ()


class ReleaseRule(enum.StrEnum):
    """Each use by itself; from a date on; after an event; after signatures of several people."""

    EACH_USE = "each_use"
    ON_DATE = "on_date"
    ON_EVENT = "on_event"
    BY_SIGNATURES = "by_signatures"


class OnExpiry(enum.StrEnum):
    """What is left goes back to the payer, or to its holders as ordinary money."""

    RETURN = "return"
    RELEASE = "release"


class Rules(Value, frozen=True, kw_only=True):
    """What money of a contract may do. An empty list allows everything, and blocks nothing.

    ``days`` are those of the week, Monday is 1; ``from_minute`` and ``until_minute`` minutes of the day in Shanghai,
    the last one not included.
    """

    allowed: Annotated[Payees, doc("Whom it may pay; what is named has to fit in each respect.")] = Payees()
    blocked: Annotated[Payees, doc("Whom it may not pay; fitting in one respect is enough.")] = Payees()
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], doc("On which days; empty for every day.")] = ()
    from_minute: Annotated[int, Meta(ge=0, le=MINUTES), doc("From which minute of the day on.")] = 0
    until_minute: Annotated[int, Meta(ge=0, le=MINUTES), doc("Before which minute of the day.")] = MINUTES
    amount_max: Annotated[Annotated[int, Meta(ge=1, le=10**15)] | None, doc("The most of one use, in fen.")] = None
    uses_max: Annotated[Annotated[int, Meta(ge=1, le=10**6)] | None, doc("How many uses a grant has.")] = None
    release: Annotated[ReleaseRule, doc("What sets it free.")] = ReleaseRule.EACH_USE
    release_on: Annotated[date | None, doc("The date that sets it free.")] = None
    signatures: Annotated[int, Meta(ge=1, le=9), doc("How many people sign its release.")] = 1
    on_expiry: Annotated[OnExpiry, doc("Where what is left goes.")] = OnExpiry.RETURN
    named: Annotated[bool, doc("Whether each contract names its own payees.")] = False
    transferable: Annotated[bool, doc("Whether a holder may pass on what is left to another one.")] = False
    payout: Annotated[bool, doc("Whether grants go to their holders as ordinary money once they are released.")] = False
    refund_days: Annotated[
        Annotated[int, Meta(ge=0, le=366)] | None,
        doc("In how many days the payer of a prepaid card may take all of it back; null for none."),
    ] = None


class Use(Value, frozen=True, kw_only=True):
    """One payment that is asked for, and how the grant stands."""

    payee: Annotated[Payee, doc("Whom it is paid to.")]
    amount: Annotated[int, Meta(ge=1, le=10**15), doc("How much, in fen.")]
    on: Annotated[date, doc("The business date.")]
    minute: Annotated[int, Meta(ge=0, lt=MINUTES), doc("The minute of the day in Shanghai.")] = 12 * 60
    remaining: Annotated[int, Meta(ge=0, le=10**15), doc("What remains of the grant.")]
    uses: Annotated[int, Meta(ge=0, le=10**6), doc("How often it was used.")] = 0
    signatures: Annotated[int, Meta(ge=0, le=9), doc("How many have signed the release.")] = 0
    valid_from: Annotated[date, doc("The contract's first day.")] = date(2000, 1, 1)
    valid_until: Annotated[date, doc("The contract's last day.")] = FAR


class Case(Value, frozen=True, kw_only=True):
    """A case that a template has to decide so: ``expected`` is a code, or null where it is allowed."""

    name: Annotated[Name, doc("What it shows.")]
    use: Annotated[Use, doc("What is asked for.")]
    expected: Annotated[
        Annotated[str, Meta(pattern=r"^purpose\.[a-z_]+\Z")] | None, doc("The code of its refusal, or null.")
    ] = None


def refusal(rules: Rules, use: Use) -> str | None:
    """Why this use is refused, or None."""
    return _time(rules, use) or refused_payee(rules, use.payee) or _amount(rules, use)


def _time(rules: Rules, use: Use) -> str | None:
    if use.on > use.valid_until:
        return "purpose.expired"
    if use.on < use.valid_from:
        return "purpose.not_yet_valid"
    if not is_released(rules, use.on, use.signatures):
        return "purpose.not_released"
    if rules.days and use.on.isoweekday() not in rules.days:
        return "purpose.day_not_allowed"
    if not rules.from_minute <= use.minute < rules.until_minute:
        return "purpose.hour_not_allowed"
    return None


def is_released(rules: Rules, on: date, signatures: int) -> bool:
    """Whether money has been set free: on each use, by its date, by an event that one confirms, or by signatures."""
    if rules.release is ReleaseRule.EACH_USE:
        return True
    if rules.release is ReleaseRule.ON_DATE:
        return rules.release_on is not None and on >= rules.release_on
    return signatures >= signatures_needed(rules)


def signatures_needed(rules: Rules) -> int:
    """How many people have to sign; an event is confirmed by one."""
    return rules.signatures if rules.release is ReleaseRule.BY_SIGNATURES else 1


def refused_payee(rules: Rules, payee: Payee) -> str | None:
    """Why money may not be paid to this payee, or None."""
    blocked, allowed = rules.blocked, rules.allowed
    if payee.id in blocked.ids or payee.category in blocked.categories or _in_region(payee, blocked.regions):
        return "purpose.payee_blocked"
    if set(payee.lists) & set(blocked.lists):
        return "purpose.payee_blocked"
    if set(payee.goods) & set(blocked.goods):
        return "purpose.goods_blocked"
    return not_allowed(allowed, payee)


def not_allowed(allowed: Payees, payee: Payee) -> str | None:
    """Why a payee is none of those that are allowed, or None; where none are named everybody is."""
    if allowed.ids and payee.id not in allowed.ids:
        return "purpose.payee_not_allowed"
    if allowed.lists and not set(payee.lists) & set(allowed.lists):
        return "purpose.list_not_allowed"
    if allowed.categories and payee.category not in allowed.categories:
        return "purpose.category_not_allowed"
    if allowed.regions and not _in_region(payee, allowed.regions):
        return "purpose.region_not_allowed"
    if allowed.goods and not (payee.goods and set(payee.goods) <= set(allowed.goods)):
        return "purpose.goods_not_allowed"
    return None


def _in_region(payee: Payee, regions: Iterable[str]) -> bool:
    return any(payee.region.startswith(region) for region in regions)


def _amount(rules: Rules, use: Use) -> str | None:
    if rules.uses_max is not None and use.uses >= rules.uses_max:
        return "purpose.uses_exhausted"
    if rules.amount_max is not None and use.amount > rules.amount_max:
        return "purpose.amount_above_use"
    if use.amount > use.remaining:
        return "purpose.insufficient"
    return None


def may_pay(rules: Rules, payee: Payee) -> bool:
    """Whether this payee may be paid at all, whatever for and whenever."""
    goods = structs.replace(rules.allowed, goods=())
    return refused_payee(structs.replace(rules, allowed=goods), payee) is None


def most(rules: Rules, use: Use) -> int:
    """How much of a use may be paid: nothing where it is refused for another reason than its amount."""
    if refusal(rules, structs.replace(use, amount=min(1, use.remaining))) is not None:
        return 0
    return use.remaining if rules.amount_max is None else min(use.remaining, rules.amount_max)


def restrictions(rules: Rules) -> int:
    """How restricted money is: in how many respects it is bound."""
    allowed, blocked = rules.allowed, rules.blocked
    named = [getattr(side, name) for side in (allowed, blocked) for name in Payees.__struct_fields__]
    narrowed: list[Any] = [rules.days, (rules.from_minute, rules.until_minute) != (0, MINUTES)]
    return sum(map(bool, [*named, *narrowed, rules.amount_max, rules.uses_max]))


def spending_order(rules: Rules, valid_until: date, identity: str) -> tuple[int, date, str]:
    """The key by which grants are sorted to be spent: the most restricted first, then what expires earliest."""
    return -restrictions(rules), valid_until, identity


def contradiction(rules: Rules) -> str | None:
    """What makes rules that nothing can follow; None for good ones."""
    if rules.from_minute >= rules.until_minute:
        return "hours"
    if (rules.release is ReleaseRule.ON_DATE) != (rules.release_on is not None):
        return "release_on"
    return None


def failed_case(rules: Rules, cases: Iterable[Case]) -> tuple[Case, str | None] | None:
    """The first case that the rules decide otherwise than expected, and what they say."""
    for case in cases:
        outcome = refusal(rules, case.use)
        if outcome != case.expected:
            return case, outcome
    return None
