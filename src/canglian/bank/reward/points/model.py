"""Schemes of points, who has joined them, lots of points with their expiry, and what points were exchanged for."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.rules import Payees
from canglian.kernel.entity import Entity
from canglian.kernel.fields import PlainText, doc

POINTS_MAX = 10**9
"""The most points of one award, one rule or one bound."""

PRICED = 100
"""The price of points is that of so many of them."""


class SchemeState(enum.StrEnum):
    """Drafted; active; closed: nothing is earned any more, and what there is can be exchanged until it expires."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class RuleKind(enum.StrEnum):
    """So many points for each so much paid; so many for each purchase; so many for an event that a program reports."""

    PER_AMOUNT = "per_amount"
    PER_PURCHASE = "per_purchase"
    EVENT = "event"


class Rounding(enum.StrEnum):
    """What a fraction of a point becomes: nothing, a point from one half on, or a point."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


class ExpiryKind(enum.StrEnum):
    """So many months after they were earned; at the end of a calendar year; never."""

    MONTHS = "months"
    YEAR_END = "year_end"
    NEVER = "never"


class AfterRefund(enum.StrEnum):
    """What a refund does to the points that its purchase earned.

    ``take_back``: they are taken from their lots, and what of them was spent is netted from what is earned next.
    ``net``: all of them are netted from what is earned next. ``keep``: they stay.
    """

    TAKE_BACK = "take_back"
    NET = "net"
    KEEP = "keep"


class ExchangeKind(enum.StrEnum):
    """Money in the holder's wallet, a coupon of a campaign's offer, or money off a payment."""

    MONEY = "money"
    COUPON = "coupon"
    PAYMENT = "payment"


class LotSource(enum.StrEnum):
    """What points were earned by: a purchase, an award, an event, a line of a file."""

    PURCHASE = "purchase"
    AWARD = "award"
    EVENT = "event"
    FILE = "file"


class ExchangeState(enum.StrEnum):
    """Done, or returned: the points are in their lots again."""

    DONE = "done"
    RETURNED = "returned"


class KnownEvent(enum.StrEnum):
    """Events that programs report and that have words of their own; others are shown as they are called."""

    INVITE = "invite"
    SIGN_IN = "sign_in"
    REVIEW = "review"
    VOLUNTEER = "volunteer"


Points = Annotated[int, Meta(ge=1, le=POINTS_MAX)]
EventName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,39}\Z")]


class EarningRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How points are earned. What all rules that fit a purchase give is added up."""

    kind: Annotated[RuleKind, doc("`per_amount`, `per_purchase` or `event`.")]
    points: Annotated[Points, doc("How many points.")]
    per_fen: Annotated[
        Annotated[int, Meta(ge=1, le=10**9)], doc("For each so much paid, in fen, where it is `per_amount`.")
    ] = 100
    at_least: Annotated[
        Annotated[int, Meta(ge=0, le=10**11)], doc("From which amount of a purchase on, in fen; 0 for any.")
    ] = 0
    payees: Annotated[Payees, doc("At which merchants, for which goods; each respect has to fit.")] = Payees()
    event: Annotated[EventName | None, doc("The event that a program reports, where it is `event`.")] = None
    rounding: Annotated[Rounding, doc("What a fraction of a point becomes: `down`, `half_up` or `up`.")] = Rounding.DOWN
    per_day: Annotated[
        Points | None, doc("How many it gives a person on a day at most; null for no bound of its own.")
    ] = None
    per_person: Annotated[Points | None, doc("How many it gives a person in all at most; null for no bound.")] = None
    total: Annotated[Points | None, doc("How many it gives to all together at most; null for no bound.")] = None

    @property
    def is_bounded(self) -> bool:
        """Whether what it has given is counted."""
        return self.per_day is not None or self.per_person is not None or self.total is not None


class Expiry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long points live."""

    kind: Annotated[ExpiryKind, doc("`months`, `year_end` or `never`.")] = ExpiryKind.NEVER
    months: Annotated[
        Annotated[int, Meta(ge=1, le=120)] | None, doc("How many months after they were earned, for `months`.")
    ] = None
    years: Annotated[
        Annotated[int, Meta(ge=0, le=10)],
        doc("How many years after the one in which they were earned, for `year_end`."),
    ] = 0


class ExchangeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What points are exchanged for, by pieces."""

    kind: Annotated[ExchangeKind, doc("`money` or `coupon`.")]
    name: Annotated[PlainText, doc("What people read.")]
    points: Annotated[Points, doc("How many points a piece takes.")]
    amount: Annotated[
        Annotated[int, Meta(ge=1, le=10**9)] | None, doc("What a piece gives, in fen, where it is `money`.")
    ] = None
    offer: Annotated[
        Annotated[str, Meta(pattern=r"^cof_[0-9a-z]{26}\Z")] | None,
        doc("The campaign's offer of which a piece gives a coupon, where it is `coupon`."),
    ] = None


class Deduction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What points take off payments (积分抵现)."""

    points: Annotated[Points, doc("How many points take off so much; a part of them takes off its share.")]
    amount: Annotated[Annotated[int, Meta(ge=1, le=10**9)], doc("What these take off, in fen.")]
    share_bps: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)],
        doc("What share of an order's goods points take off at most, in basis points."),
    ] = 10_000
    at_least: Annotated[
        Annotated[int, Meta(ge=0, le=10**11)], doc("From which price of an order on, in fen; 0 for any.")
    ] = 0
    payees: Annotated[Payees, doc("At which merchants, for which goods; each respect has to fit.")] = Payees()


class PointScheme(Entity, frozen=True, table="point_scheme", indexes={"state": ("state",), "asset": ("asset",)}):
    """A scheme of points (积分计划). Its points are an asset of the ledger, whole numbers.

    ``awarded``, ``spent``, ``expired`` and ``taken_back`` are accounts of its points: what was awarded less the others
    is what people have. ``funds`` is the account of the money that is set aside for exchanges.
    """

    id: Annotated[str, doc("The scheme's id.")]
    asset: Annotated[str, doc("Its points as an asset of the ledger: `PTS:street`.")]
    name: Annotated[str, doc("What people read.")]
    owner: Annotated[str, doc("Who answers for it.")]
    state: Annotated[SchemeState, doc("`draft`, `active` or `closed`.")]
    rules: Annotated[tuple[EarningRule, ...], doc("How points are earned.")]
    per_day: Annotated[int | None, doc("How many a person earns by rules on a day at most; null for no bound.")]
    per_month: Annotated[int | None, doc("How many a person earns by rules in a month at most; null for no bound.")]
    expiry: Annotated[Expiry, doc("How long they live.")]
    after_refund: Annotated[AfterRefund, doc("What a refund does to points: `take_back`, `net` or `keep`.")]
    exchanges: Annotated[tuple[ExchangeRule, ...], doc("What they are exchanged for.")]
    price: Annotated[int, doc("What 100 points cost, in fen, by which the liability is counted.")]
    alone_max: Annotated[int, doc("Up to how many points somebody awards without a second person.")]
    pays: Annotated[str, doc("In which unit of value money is given: `CNY` or `ECNY`.")]
    wallet: Annotated[str | None, doc("The wallet that sets money aside; null for the bank's own costs.")]
    awarded: Annotated[int, doc("The account of the ledger out of which points are awarded.")]
    spent: Annotated[int, doc("The account of what was exchanged.")]
    expired: Annotated[int, doc("The account of what has expired.")]
    taken_back: Annotated[int, doc("The account of what refunds took back and netted.")]
    funds: Annotated[int, doc("The account of the money that is set aside.")]
    reason: Annotated[str | None, doc("Why it was closed, or null.")]
    drafted_at: Annotated[datetime, doc("When it was drafted.")]
    drafted_by: Annotated[str, doc("Who drafted it.")]
    approved_by: Annotated[str | None, doc("Who approved it, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    deduction: Annotated[Deduction | None, doc("What they take off payments; null where they take off nothing.")]


class PointMember(Entity, frozen=True, table="point_member", indexes={"holder": ("scheme", "party")}):
    """Somebody's points of a scheme: the account of the ledger in which they are, and what is still to be netted.

    ``debt`` are points that a refund cancelled after they were spent: what is earned next pays for it first.
    """

    id: Annotated[str, doc("The member's id.")]
    scheme: Annotated[str, doc("The scheme's id.")]
    party: Annotated[str, doc("Whose they are: the customer's id.")]
    account: Annotated[int, doc("The account of the ledger with the points.")]
    debt: Annotated[int, doc("How many points are netted from what is earned next.")]
    day: Annotated[date | None, doc("The last day on which points were earned by rules, or null.")]
    day_earned: Annotated[int, doc("How many on that day.")]
    month_earned: Annotated[int, doc("How many in the month of that day.")]
    joined_at: Annotated[datetime, doc("When the first points were earned.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    deducts: Annotated[bool, doc("Whether their checkout takes points off by itself.")]


class PointRuleCount(Entity, frozen=True, table="point_rule_count", indexes={"rule": ("scheme", "rule", "party")}):
    """How many points a bounded rule of a scheme has given to somebody, or to all together.

    What refunds have cancelled is given again, but not on the same day.
    """

    id: Annotated[str, doc("The count's id.")]
    scheme: Annotated[str, doc("The scheme's id.")]
    rule: Annotated[int, doc("Which of the scheme's rules, from 1.")]
    party: Annotated[str, doc("To whom: the customer's id, or nothing for all together.")]
    points: Annotated[int, doc("How many points, less those that refunds have cancelled.")]
    day: Annotated[date | None, doc("The last day on which it gave any, or null.")]
    day_points: Annotated[int, doc("How many on that day.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class PointLot(
    Entity,
    frozen=True,
    table="point_lot",
    indexes={"living": ("living",), "payment": ("payment",), "number": ("scheme", "number")},
):
    """Points that were earned together and expire together (一笔积分).

    ``points`` is at every commit what ``remaining``, ``spent``, ``expired``, ``taken`` (by refunds) and ``netted``
    (paid for a debt) come to. ``cancelled`` is how many of them refunds have cancelled, ``owed`` what of these was
    spent and became a debt. ``living`` is the member while anything remains.
    """

    id: Annotated[str, doc("The lot's id.")]
    scheme: Annotated[str, doc("The scheme's id.")]
    member: Annotated[str, doc("The member's id.")]
    party: Annotated[str, doc("Whose it is: the customer's id.")]
    living: Annotated[str | None, doc("The member's id while anything remains, or null.")]
    source: Annotated[LotSource, doc("What it was earned by: `purchase`, `award`, `event` or `file`.")]
    payment: Annotated[str | None, doc("The payment by which it was earned, or null.")]
    number: Annotated[str | None, doc("The number of the award, once in a scheme, or null.")]
    reason: Annotated[str | None, doc("Why it was awarded, or null.")]
    base: Annotated[int, doc("What was paid for it, in fen; 0 where it was awarded.")]
    points: Annotated[int, doc("How many were earned.")]
    remaining: Annotated[int, doc("How many are left.")]
    spent: Annotated[int, doc("How many were exchanged.")]
    expired: Annotated[int, doc("How many have expired.")]
    taken: Annotated[int, doc("How many refunds took out of it.")]
    netted: Annotated[int, doc("How many paid for a debt when they were earned.")]
    cancelled: Annotated[int, doc("How many of them refunds have cancelled.")]
    owed: Annotated[int, doc("How many of these were spent and became a debt.")]
    earned_on: Annotated[date, doc("The business date on which it was earned.")]
    valid_until: Annotated[date | None, doc("The last business date on which it is spent; null for ever.")]
    earned_at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    by_rules: Annotated[
        tuple[int, ...], doc("How many each rule of the scheme gave, in their order; empty where none is bounded.")
    ]


class LotPart(msgspec.Struct, frozen=True):
    """What was taken of a lot."""

    lot: Annotated[str, doc("The lot's id.")]
    points: Annotated[int, doc("How many points of it.")]


class PointExchange(
    Entity,
    frozen=True,
    table="point_exchange",
    indexes={"number": ("member", "number"), "payment": ("payment", "member")},
):
    """What somebody exchanged points for, with the lots that they came from.

    Of what they took off a payment, refunds give back parts: ``returned`` of the points, ``returned_amount`` of the
    money.
    """

    id: Annotated[str, doc("The exchange's id.")]
    scheme: Annotated[str, doc("The scheme's id.")]
    member: Annotated[str, doc("The member's id.")]
    party: Annotated[str, doc("Whose points: the customer's id.")]
    state: Annotated[ExchangeState, doc("`done` or `returned`.")]
    kind: Annotated[ExchangeKind, doc("`money`, `coupon` or `payment`.")]
    name: Annotated[str, doc("What it was exchanged for.")]
    pieces: Annotated[int, doc("How many pieces.")]
    points: Annotated[int, doc("How many points.")]
    lots: Annotated[tuple[LotPart, ...], doc("Out of which lots, the oldest expiry first.")]
    amount: Annotated[int, doc("How much money it gave, in fen.")]
    wallet: Annotated[str, doc("The wallet that it went to.")]
    coupons: Annotated[tuple[str, ...], doc("The coupons that it gave.")]
    transfer: Annotated[int | None, doc("The transfer of the ledger that paid the money, or null.")]
    number: Annotated[str | None, doc("The caller's own number of it, or null.")]
    channel: Annotated[str, doc("Where it was asked for.")]
    reason: Annotated[str | None, doc("Why it was returned, or null.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    payment: Annotated[str | None, doc("The payment that they took money off, or null.")]
    returned: Annotated[int, doc("How many points refunds of that payment gave back.")]
    returned_amount: Annotated[int, doc("How much of the money came back with them, in fen.")]
