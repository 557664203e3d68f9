"""The machine words of points that people read."""

from canglian.bank.reward.points import accounts
from canglian.bank.reward.points.model import (
    AfterRefund,
    ExchangeKind,
    ExchangeState,
    ExpiryKind,
    KnownEvent,
    LotSource,
    Rounding,
    RuleKind,
    SchemeState,
)

CODES = accounts.CODES

EVENTS = (*(f"point_scheme.{state.value}" for state in SchemeState),)
"""Events whose names are put together where they are emitted."""

FAMILIES = {
    "state": (SchemeState, ExchangeState),
    "after_refund": (AfterRefund,),
    "exchange_kind": (ExchangeKind,),
    "expiry_kind": (ExpiryKind,),
    "point_event": (KnownEvent,),
    "lot_source": (LotSource,),
    "rounding": (Rounding,),
    "rule_kind": (RuleKind,),
}
"""The enums that pages show, by their family of words."""
