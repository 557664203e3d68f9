"""What people type in forms and on the command line where the API asks for more than texts and numbers."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.bank.payment.commands import SetFeeSchedule
from canglian.bank.payment.commands.values import MerchantId, OwnNumber, Subject
from canglian.bank.payment.model import FeeStep, Receiver, SourceUse
from canglian.kernel.amounts import minor, share
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.fields import Field, Unit, doc, fields_of
from canglian.kernel.values import AMOUNT_MAX, Amount
from canglian.web.actions import Typed


class SplitTyped(Typed, frozen=True):
    """Who gets how much of a payment: an amount, a share, or with neither what may still be split."""

    number: OwnNumber
    receiver: Annotated[MerchantId, Field(label="Receiver", help="The merchant that gets the share.")]
    amount: Annotated[
        Amount | None,
        doc("How much; nothing for a share or the remainder."),
        Field(label="Amount", help="In yuan; empty for a share or the remainder.", unit=Unit.MONEY),
    ] = None
    share_bps: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None,
        doc("The share of what was paid; nothing for an amount or the remainder."),
        Field(label="Share of the payment (%)", unit=Unit.SHARE_BPS),
    ] = None

    def command_fields(self) -> dict[str, Any]:
        receiver = Receiver(merchant=self.receiver, amount=self.amount, share_bps=self.share_bps)
        return {"number": self.number, "receivers": (receiver,)}


class PaymentTyped(Typed, frozen=True):
    """A payment at the counter: an order, and what the payer who is there pays it with."""

    merchant: MerchantId
    number: OwnNumber
    subject: Subject
    amount: Annotated[Amount, doc("The price, in fen."), Field(label="Amount", help="In yuan.", unit=Unit.MONEY)]
    source: Annotated[
        tuple[str, ...],
        Meta(min_length=1, max_length=8),
        doc("What pays, in the order of paying: wallets (wal_…), grants and prepaid cards (grt_…)."),
    ]

    def command_fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("merchant", "number", "subject", "amount")}

    def uses(self) -> tuple[SourceUse, ...]:
        """What pays. Rejects ``payment.source_unknown``."""
        return tuple(SourceUse(source=_kind(item), item=item) for item in self.source)


def _kind(item: str) -> str:
    kind = {"wal": "wallet", "grt": "purpose"}.get(item.partition("_")[0])
    if kind is None:
        raise Rejection("payment.source_unknown", source=item[:40], field="source")
    return kind


class _Steps(Typed, frozen=True):
    def command_fields(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return {**fields, "steps": tuple(step_typed(text) for text in fields["steps"])}


_STEPS = Annotated[
    tuple[str, ...],
    Meta(max_length=10),
    doc("Above which yuan which percent, such as `5000=0.30`."),
    Field(label="Rates by steps", help="Above which yuan which percent: 5000=0.30 50000=0.25; empty for none."),
]

FeeScheduleTyped: type[Typed] = msgspec.defstruct(  # pyright: ignore[reportAssignmentType] - its base is one
    "FeeScheduleTyped",
    [
        (name, _STEPS if name == "steps" else kind, default if default is not msgspec.NODEFAULT else msgspec.field())
        for name, kind, default in fields_of(SetFeeSchedule)
    ],
    bases=(_Steps,),
    module=__name__,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
)


def step_typed(text: str) -> FeeStep:
    """A step as it is typed. Rejects ``fee_schedule.step_typed``."""
    above, _, rate = text.partition("=")
    try:
        step = FeeStep(minor(above, 2, "CNY"), share(rate, 2))
    except CanglianError:
        step = None
    if step is None or not 0 < step.above <= AMOUNT_MAX or not 0 <= step.rate_bps <= 1_000:
        raise Rejection("fee_schedule.step_typed", field="steps")
    return step
