"""What an offer takes off, the steps of a task and caps, as rows of inputs: each a number in a field of its own.

Each is written as the short text that is read everywhere else (``100=25``, ``3=1``, ``device=1``).
"""

import re
from collections.abc import Mapping

import msgspec

from canglian.bank.reward.bounds.model import CapKind
from canglian.bank.reward.campaigns.model import OfferKind
from canglian.bank.reward.designing.typed import TIER

ROWS_MAX = 10
_STEP = re.compile(r"(?P<purchases>[^=]*)=(?P<reward>.*)\Z")


class TierRow(msgspec.Struct, frozen=True):
    """From which price on how much, as it is typed."""

    over: str = ""
    percent: str = ""
    off: str = ""
    weight: str = ""

    @property
    def text(self) -> str:
        """It in one text; nothing where nothing is typed."""
        if not any((self.over, self.percent, self.off)):
            return ""
        off = f"{self.percent}%{self.off}" if self.percent else self.off
        return f"{self.over or 0}={off}" + (f"*{self.weight}" if self.weight else "")


class StepRow(msgspec.Struct, frozen=True):
    """After how many purchases how much, as it is typed."""

    purchases: str = ""
    reward: str = ""

    @property
    def text(self) -> str:
        """It in one text; nothing where nothing is typed."""
        return f"{self.purchases or 0}={self.reward}" if self.purchases or self.reward else ""


def has_several(kind: str) -> bool:
    """Whether offers of a kind take off by several rows."""
    return kind in (OfferKind.TIERED, OfferKind.RANDOM)


def tier_rows(values: Mapping[str, str], place: int) -> list[TierRow]:
    """The rows of what an offer takes off; at least one."""
    prefix = f"o{place}_tier"
    count = _count(values, prefix)
    if count is not None:
        return [
            TierRow(**{name: _number(values, f"{prefix}{row}_{name}") for name in TierRow.__struct_fields__})
            for row in range(1, count + 1)
        ]
    found = [TIER.match(text) for text in values.get(f"o{place}_tiers", "").split()]
    rows = [
        TierRow(
            "" if match["over"] == "0" else match["over"],
            match["off"] if match["percent"] else "",
            match["most"] or match["off"],
            match["weight"] or "",
        )
        for match in found
        if match is not None
    ]
    return rows or [TierRow()]


def step_rows(values: Mapping[str, str], place: int) -> list[StepRow]:
    """The rows of a task's steps; at least one."""
    prefix = f"o{place}_step"
    count = _count(values, prefix)
    if count is not None:
        return [
            StepRow(**{name: _number(values, f"{prefix}{row}_{name}") for name in StepRow.__struct_fields__})
            for row in range(1, count + 1)
        ]
    found = [_STEP.match(text) for text in values.get(f"o{place}_steps", "").split()]
    return [StepRow(match["purchases"], match["reward"]) for match in found if match is not None] or [StepRow()]


def cap_texts(values: Mapping[str, str], place: int) -> dict[str, str]:
    """How many each kind of holder may have, as it is typed."""
    parts = (text.partition("=") for text in values.get(f"o{place}_caps", "").split())
    typed = {kind: most for kind, _, most in parts}
    return {kind.value: values.get(f"o{place}_cap_{kind.value}", typed.get(kind.value, "")).strip() for kind in CapKind}


def in_texts(values: Mapping[str, str], place: int) -> dict[str, str]:
    """A form whose rows of an offer are texts, too; what came as a text stays one."""
    found = dict(values)
    if _count(values, f"o{place}_tier") is not None:
        rows = tier_rows(values, place)
        if values.get(f"o{place}_kind") == OfferKind.TASK:
            rows = [msgspec.structs.replace(row, off="0.01") for row in rows if row.over]
        found[f"o{place}_tiers"] = " ".join(filter(None, (row.text for row in rows)))
    if _count(values, f"o{place}_step") is not None:
        found[f"o{place}_steps"] = " ".join(filter(None, (row.text for row in step_rows(values, place))))
    if any(f"o{place}_cap_{kind.value}" in values for kind in CapKind):
        caps = cap_texts(values, place).items()
        found[f"o{place}_caps"] = " ".join(f"{kind}={most}" for kind, most in caps if most)
    return found


def more_rows(values: Mapping[str, str], place: int, rows: str) -> dict[str, str]:
    """A form with one more row: of its ``tier`` or its ``step``."""
    prefix = f"o{place}_{rows}"
    shown = tier_rows(values, place) if rows == "tier" else step_rows(values, place)
    kept = {
        f"{prefix}{number}_{name}": text
        for number, row in enumerate(shown, 1)
        for name, text in msgspec.structs.asdict(row).items()
    }
    return {**values, **kept, f"{prefix}s_shown": str(min(len(shown) + 1, ROWS_MAX))}


def _count(values: Mapping[str, str], prefix: str) -> int | None:
    text = values.get(f"{prefix}s_shown", "")
    return min(max(int(text), 1), ROWS_MAX) if text.isascii() and text.isdecimal() else None


def _number(values: Mapping[str, str], name: str) -> str:
    return values.get(name, "").strip().replace(",", "").replace(" ", "")
