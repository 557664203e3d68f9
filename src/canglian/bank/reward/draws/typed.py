"""A draw as people type it."""

import re
from typing import Annotated, Any

from msgspec import Meta

from canglian.bank.purpose.rules import Category
from canglian.bank.reward.draws.commands import values
from canglian.bank.reward.draws.model import ConditionKind, DrawCondition, EntropyKind, Prize, PrizeKind
from canglian.kernel.amounts import minor
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.kernel.values import AMOUNT_MAX
from canglian.web.actions import Typed

_PRIZE = re.compile(r"(?P<goods>\*?)(?P<name>[^=*\s]{1,60})=(?P<value>[0-9.,]+)\*(?P<quantity>[0-9]{1,4})\Z")

PrizesTyped = Annotated[
    tuple[str, ...],
    Meta(min_length=1, max_length=20),
    doc("Prizes as `name=yuan*number`; goods have an asterisk before: `*电饭煲=399*2`."),
    Field(
        label="Prizes",
        help="Name=yuan*number: 一等奖=888*1; goods with an asterisk before: *电饭煲=399*2.",
    ),
]
_Least = Annotated[
    int,
    Meta(ge=0, le=AMOUNT_MAX),
    doc("What a payment comes to at least, in fen."),
    Field(label="Payment of at least", help="In yuan; only where a payment lets people join.", unit=Unit.MONEY),
]


class DrawTyped(Typed, frozen=True, kw_only=True):
    """A draw with its condition and prizes."""

    name: values.CampaignName
    summary: values.Summary
    prizes: PrizesTyped
    joins_from: values.JoinsFrom
    joins_until: values.JoinsUntil
    draws_at: values.DrawsAt
    entropy: Annotated[
        EntropyKind, doc("What nobody knows at the freeze: `drand` or `second_seed`."), Field(label="Decided by")
    ] = EntropyKind.SECOND_SEED
    fallback: values.Fallback
    fallback_at: values.FallbackAt
    condition: Annotated[
        ConditionKind, doc("Who joins: `open`, `payment`, `coupon` or `list`."), Field(label="Who may join")
    ] = ConditionKind.OPEN
    least: Annotated[_Least | None, Field(label="Payment of at least", unit=Unit.MONEY)] = None
    categories: Annotated[
        tuple[Category, ...],
        Meta(max_length=100),
        doc("Categories of merchants at which it is paid, of ISO 18245; none for all."),
        Field(label="Categories of merchants", help="Four digits, ISO 18245: 5812 5814; empty for all."),
    ] = ()
    campaign: Annotated[
        values.CampaignId | None,
        doc("The campaign whose funders pay for the prizes; nothing for the bank."),
        Field(label="Campaign", help="Its funders pay for the prizes; empty for the bank's own costs."),
    ] = None
    asset: values.Asset = "CNY"
    per_person: values.PerPerson = 1
    alternates: values.Alternates = 0
    claim_days: values.ClaimDays = 7
    tax_note: values.TaxNote = "偶然所得个人所得税由本行承担"

    def command_fields(self) -> dict[str, Any]:
        same = ("name", "summary", "joins_from", "joins_until", "draws_at", "entropy", "fallback", "fallback_at")
        more = ("campaign", "asset", "per_person", "alternates", "claim_days", "tax_note")
        condition = DrawCondition(kind=self.condition, least=self.least or 0, categories=self.categories)
        fields = {name: getattr(self, name) for name in (*same, *more)}
        return {**fields, "condition": condition, "prizes": prizes_typed(self.prizes)}


class ChangeTyped(Typed, frozen=True, kw_only=True):
    """What of a published draw is better for entrants."""

    prizes: Annotated[
        PrizesTyped | None, Field(label="Prizes", help="All of them, as they are to be; empty to keep.")
    ] = None
    alternates: Annotated[values.Alternates | None, Field(label="Alternates", help="Empty to keep.")] = None
    joins_until: Annotated[values.JoinsUntil | None, Field(label="Joining until", help="Empty to keep.")] = None
    claim_days: Annotated[values.ClaimDays | None, Field(label="Days to claim", help="Empty to keep.")] = None
    reason: Reason

    def command_fields(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in ("alternates", "joins_until", "claim_days", "reason")}
        return {**fields, "prizes": None if self.prizes is None else prizes_typed(self.prizes)}


def prizes_typed(texts: tuple[str, ...]) -> tuple[Prize, ...]:
    """Prizes as they are typed. Rejects ``draw.prize_typed``."""
    prizes: list[Prize] = []
    for text in texts:
        found = _PRIZE.match(text)
        try:
            if found is None or not 1 <= int(found["quantity"]) <= 1_000:
                raise Rejection("draw.prize_typed", field="prizes")
            kind = PrizeKind.GOODS if found["goods"] else PrizeKind.BENEFIT
            prizes.append(Prize(found["name"], kind, minor(found["value"], 2, "CNY"), int(found["quantity"])))
        except CanglianError as error:
            raise Rejection("draw.prize_typed", field="prizes") from error
    return tuple(prizes)
