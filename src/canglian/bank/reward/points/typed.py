"""A scheme as people type it: points for each yuan, one exchange for money and one for a coupon."""

from typing import Annotated, Any

from msgspec import Meta

from canglian.bank.purpose.rules import Category, Payees
from canglian.bank.reward.campaigns.commands.values import Asset as Pays
from canglian.bank.reward.campaigns.commands.values import WalletId
from canglian.bank.reward.points.commands.values import AloneMax, Owner, Refunds, SchemeCode, SchemeName
from canglian.bank.reward.points.model import (
    POINTS_MAX,
    AfterRefund,
    Deduction,
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    Expiry,
    ExpiryKind,
    Rounding,
    RuleKind,
)
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, Unit, doc
from canglian.web.actions import Typed

_Points = Annotated[int, Meta(ge=1, le=POINTS_MAX)]
_Fen = Annotated[int, Meta(ge=1, le=10**9)]


class PointSchemeTyped(Typed, frozen=True, kw_only=True):
    """A scheme of points. What is left empty is not part of it."""

    code: SchemeCode
    name: SchemeName
    owner: Owner
    per_yuan: Annotated[
        _Points | None, doc("How many points for each yuan paid."), Field(label="Points for each yuan paid")
    ] = None
    per_purchase: Annotated[
        _Points | None, doc("How many points for each purchase."), Field(label="Points for each purchase")
    ] = None
    at_least: Annotated[
        _Fen | None,
        doc("From which amount of a purchase on."),
        Field(label="For purchases from", help="In yuan; empty for any purchase.", unit=Unit.MONEY),
    ] = None
    categories: Annotated[
        tuple[Category, ...],
        Meta(max_length=500),
        doc("Categories of merchants where points are earned, of ISO 18245; none for all."),
        Field(label="Categories of merchants", help="Four digits, ISO 18245: 5812 5814; empty for all."),
    ] = ()
    rule_per_day: Annotated[
        _Points | None,
        doc("What each of these rules gives a person on a day at most."),
        Field(label="Each rule gives a person on a day", help="At most; empty for no bound of its own."),
    ] = None
    rule_per_person: Annotated[
        _Points | None,
        doc("What each of these rules gives a person in all at most."),
        Field(label="Each rule gives a person in all", help="At most, however many days; empty for no bound."),
    ] = None
    rule_total: Annotated[
        _Points | None,
        doc("What each of these rules gives to all together at most."),
        Field(label="Each rule gives to all together", help="At most; then nobody earns by it. Empty for no bound."),
    ] = None
    rounding: Annotated[Rounding, doc("What a fraction of a point becomes."), Field(label="A fraction of a point")] = (
        Rounding.DOWN
    )
    per_day: Annotated[_Points | None, doc("The most on a day."), Field(label="At most on a day")] = None
    per_month: Annotated[_Points | None, doc("The most in a month."), Field(label="At most in a month")] = None
    expiry_kind: Annotated[ExpiryKind, doc("How long points live."), Field(label="Points expire")] = ExpiryKind.MONTHS
    months: Annotated[
        Annotated[int, Meta(ge=1, le=120)] | None,
        doc("After how many months."),
        Field(label="After how many months", help="Where they expire some months after they were earned."),
    ] = None
    years: Annotated[
        Annotated[int, Meta(ge=0, le=10)] | None,
        doc("At the end of the year so many years later."),
        Field(
            label="Years after the year of earning", help="Where they expire at the end of a year: 0 is the same year."
        ),
    ] = None
    after_refund: Refunds = AfterRefund.TAKE_BACK
    money_points: Annotated[
        _Points | None, doc("How many points are exchanged for money."), Field(label="Points exchanged for money")
    ] = None
    money_amount: Annotated[
        _Fen | None,
        doc("How much money these give."),
        Field(label="Money for these points", help="In yuan.", unit=Unit.MONEY),
    ] = None
    coupon_points: Annotated[
        _Points | None, doc("How many points are exchanged for a coupon."), Field(label="Points exchanged for a coupon")
    ] = None
    coupon_offer: Annotated[
        Annotated[str, Meta(pattern=r"^cof_[0-9a-z]{26}\Z")] | None,
        doc("The campaign's offer whose coupon it is."),
        Field(label="Coupon for these points"),
    ] = None
    deduct_points: Annotated[
        _Points | None, doc("How many points take money off payments."), Field(label="Points taken off payments")
    ] = None
    deduct_amount: Annotated[
        _Fen | None,
        doc("How much these take off."),
        Field(label="Money off for these points", help="In yuan; no more than they are counted at.", unit=Unit.MONEY),
    ] = None
    deduct_share_bps: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None,
        doc("What share of an order's goods points take off at most."),
        Field(label="At most of an order (%)", help="Empty for all of it.", unit=Unit.SHARE_BPS),
    ] = None
    price: Annotated[
        Annotated[int, Meta(ge=0, le=10**9)],
        doc("What 100 points cost."),
        Field(label="Price of 100 points", help="In yuan; the liability is counted by it.", unit=Unit.MONEY),
    ] = 100
    alone_max: AloneMax = 0
    pays: Pays = "CNY"
    wallet: Annotated[
        WalletId | None,
        doc("The wallet that sets money aside."),
        Field(label="Wallet that sets money aside", help="Empty for the bank's own costs."),
    ] = None

    def command_fields(self) -> dict[str, Any]:
        same = ("code", "name", "owner", "per_day", "per_month", "after_refund", "price", "alone_max", "pays", "wallet")
        return {
            **{name: getattr(self, name) for name in same},
            "rules": self._rules(),
            "expiry": Expiry(kind=self.expiry_kind, months=self.months, years=self.years or 0),
            "exchanges": self._exchanges(),
            "deduction": self._deduction(),
        }

    def _deduction(self) -> Deduction | None:
        """Rejects ``point_scheme.exchange`` where one half of it is missing."""
        if self.deduct_points is None or self.deduct_amount is None:
            if self.deduct_points is not None or self.deduct_amount is not None:
                raise Rejection("point_scheme.exchange", field="deduct_points")
            return None
        share = self.deduct_share_bps or 10_000
        return Deduction(points=self.deduct_points, amount=self.deduct_amount, share_bps=share)

    def _rules(self) -> tuple[EarningRule, ...]:
        kinds = ((RuleKind.PER_AMOUNT, self.per_yuan), (RuleKind.PER_PURCHASE, self.per_purchase))
        return tuple(
            EarningRule(
                kind=kind,
                points=points,
                at_least=self.at_least or 0,
                payees=Payees(categories=self.categories),
                rounding=self.rounding,
                per_day=self.rule_per_day,
                per_person=self.rule_per_person,
                total=self.rule_total,
            )
            for kind, points in kinds
            if points is not None
        )

    def _exchanges(self) -> tuple[ExchangeRule, ...]:
        """Rejects ``point_scheme.exchange`` where one half of an exchange is missing."""
        if (self.money_points is None) is not (self.money_amount is None):
            raise Rejection("point_scheme.exchange", field="money_points")
        if (self.coupon_points is None) is not (self.coupon_offer is None):
            raise Rejection("point_scheme.exchange", field="coupon_points")
        found: list[ExchangeRule] = []
        if self.money_points is not None:
            found.append(
                ExchangeRule(kind=ExchangeKind.MONEY, name="零钱", points=self.money_points, amount=self.money_amount)
            )
        if self.coupon_points is not None:
            found.append(
                ExchangeRule(
                    kind=ExchangeKind.COUPON, name="优惠券", points=self.coupon_points, offer=self.coupon_offer
                )
            )
        return tuple(found)
