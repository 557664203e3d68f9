"""Offers in plain words, for operators and for people who may claim them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from canglian.bank.purpose.rules import MINUTES
from canglian.bank.reward.campaigns.model import Audience, Tier
from canglian.bank.reward.offers import expected
from canglian.kernel.amounts import major
from canglian.kernel.errors import CODES
from canglian.web.console.formats import clauses, joined, money
from canglian.web.error_text import register_format

Translate = Callable[[str], str]


def tier_in_words(tier: Tier, asset: str, say: Translate) -> str:
    """What is taken off from which price on."""
    off, over = money(tier.off, asset), money(tier.over, asset)
    if tier.share_bps is not None:
        share = f"{major(tier.share_bps, 2).removesuffix('.00')} %"
        if not tier.over:
            return say("%(share)s off, at most %(off)s") % {"share": share, "off": off}
        return say("%(share)s off from %(over)s on, at most %(off)s") % {"share": share, "over": over, "off": off}
    if not tier.over:
        return say("%(off)s off") % {"off": off}
    return say("%(off)s off from %(over)s on") % {"off": off, "over": over}


def tiers_in_words(tiers: Sequence[Tier], asset: str, say: Translate) -> str:
    """All tiers of an offer; of a random discount with how probable each is, and what that comes to on average."""
    whole = sum(tier.weight or 0 for tier in tiers)
    if whole:
        parts = [
            say("%(off)s with a chance of %(share)s")
            % {"off": tier_in_words(tier, asset, say), "share": f"{major(10_000 * (tier.weight or 0) // whole, 2)} %"}
            for tier in tiers
        ]
        average = say("%(off)s on average") % {"off": money(expected(tiers), asset)}
        return clauses([*parts, average], say)
    return clauses([tier_in_words(tier, asset, say) for tier in tiers], say)


def when_in_words(audience: Audience, say: Translate) -> str:
    """On which days and at which hours coupons are used; nothing where that is always."""
    parts: list[str] = []
    if audience.days:
        parts.append(joined([say(f"weekday.{day}") for day in audience.days], say))
    if (audience.from_minute, audience.until_minute) != (0, MINUTES):
        parts.append(f"{_clock(audience.from_minute)}–{_clock(audience.until_minute)}")
    return " · ".join(parts)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _capped(code: str) -> None:
    """Say by what a cap counts, in words."""

    def shown(fields: Mapping[str, Any], say: Translate) -> tuple[str, dict[str, Any]]:
        return CODES[code], {**fields, "cap": say(f"cap.{fields['cap']}")}

    register_format(code, shown)


_capped("coupon.cap")
_capped("coupon.cap_unknown")
