"""Rules of a draw as they are published: everything that decides it, in plain words and figures."""

from datetime import UTC, datetime
from typing import Any

from canglian.bank.reward.draws import drawing
from canglian.bank.reward.draws.model import ConditionKind, Draw


def rules_of(draw: Draw, version: int) -> dict[str, Any]:
    """The rules of a draw, as JSON."""
    condition = draw.condition
    return {
        "format": drawing.FORMAT,
        "draw": draw.id,
        "version": version,
        "name": draw.name,
        "summary": draw.summary,
        "campaign": draw.campaign,
        "asset": draw.asset,
        "condition": {
            "kind": condition.kind.value,
            "least": condition.least if condition.kind is ConditionKind.PAYMENT else 0,
            "merchants": list(condition.merchants),
            "categories": list(condition.categories),
        },
        "per_person": draw.per_person,
        "joins_from": instant(draw.joins_from),
        "joins_until": instant(draw.joins_until),
        "draws_at": instant(draw.draws_at),
        "prizes": [
            {"name": prize.name, "kind": prize.kind.value, "value": prize.value, "quantity": prize.quantity}
            for prize in draw.prizes
        ],
        "alternates": draw.alternates,
        "claim_days": draw.claim_days,
        "tax_note": draw.tax_note,
        "entropy": draw.entropy.value,
        "beacon": None
        if draw.beacon is None
        else {
            "chain": draw.beacon.chain,
            "genesis": draw.beacon.genesis,
            "period": draw.beacon.period,
            "key": draw.beacon.key,
        },
        "round": draw.round if draw.beacon is not None else None,
        "seed_hash": draw.seed_hash,
        "second_hash": draw.second_hash,
        "fallback": draw.fallback,
        "fallback_at": instant(draw.fallback_at),
    }


def instant(at: datetime) -> str:
    """An instant in the one form in which rules have it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
