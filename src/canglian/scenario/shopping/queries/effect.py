"""What a campaign brought: people who could claim beside people who were held out, by what they spent meanwhile.

A person belongs to a group by a hash of the campaign and the person, decided before anybody sees the campaign
(``reward.campaigns.holdout``). Counted are all people who had a wallet when it began, whether they claimed or not.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from canglian.bank.reward.campaigns.holdout import SQL_SLOT
from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.reward.campaigns.queries import CampaignWhole
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.scenario.shopping.statistics import MISMATCH_P, Difference, Sample, difference, ratio_mismatch

BPS = 10_000


class Effect(msgspec.Struct, frozen=True):
    """The groups, how much more a person of the first spent, and what that cost. Amounts are in fen.

    ``cost`` is what all funders spent. ``incremental`` is what was sold on top, with its interval. ``cost_per_yuan`` is
    the cost in fen of a further yuan of sales; None unless the interval is above nothing. ``mismatch`` is the chance of
    such groups by a fair split.
    """

    treated: Sample
    held_out: Sample
    holdout_bps: int
    lift: Difference | None
    mismatch: float
    cost: int

    @property
    def is_fair(self) -> bool:
        """Whether the groups are as large as they should be."""
        return self.mismatch >= MISMATCH_P

    @property
    def incremental(self) -> tuple[int, int, int] | None:
        """What was sold on top in all, and its interval."""
        if self.lift is None:
            return None
        low, middle, high = (
            round(value * self.treated.count) for value in (self.lift.low, self.lift.value, self.lift.high)
        )
        return low, middle, high

    @property
    def cost_per_yuan(self) -> int | None:
        """What a further yuan of sales cost, in fen, rounded to the nearest."""
        found = self.incremental
        if found is None or not self.is_fair or self.lift is None or self.lift.low <= 0 or found[1] <= 0:
            return None
        return (self.cost * 100 + found[1] // 2) // found[1]


class EffectGroup(msgspec.Struct, frozen=True):
    """A group of people as a row of a file. Amounts are in fen."""

    group: Annotated[str, doc("`treated` could claim, `held_out` could not.")]
    share_bps: Annotated[int, doc("Which share of people belongs to it, in basis points.")]
    people: Annotated[int, doc("How many people had a wallet when claims began.")]
    spent: Annotated[int, doc("What they spent at the campaign's merchants, less refunds.")]
    incremental: Annotated[int | None, doc("What was sold on top in all; null where it cannot be told.")]
    incremental_low: Annotated[int | None, doc("The lower end of its 95 % interval.")]
    incremental_high: Annotated[int | None, doc("The upper end.")]
    cost: Annotated[int, doc("What all funders spent.")]
    cost_per_yuan: Annotated[int | None, doc("What a further yuan of sales cost; null where it cannot be told.")]


def groups(found: Effect) -> list[EffectGroup]:
    """Both groups, and on the row of who could claim what the effect is."""
    low, middle, high = found.incremental or (None, None, None)
    treated, held_out = found.treated, found.held_out
    return [
        EffectGroup(
            "treated",
            BPS - found.holdout_bps,
            treated.count,
            treated.total,
            middle,
            low,
            high,
            found.cost,
            found.cost_per_yuan,
        ),
        EffectGroup("held_out", found.holdout_bps, held_out.count, held_out.total, None, None, None, 0, None),
    ]


async def effect_of(reader: Reader, book: int, whole: CampaignWhole, now: datetime) -> Effect:
    """The effect of a campaign by the largest share that any of its offers holds out."""
    held_out = max((offer.audience.holdout_bps for offer in whole.offers), default=0)
    cost = sum(funder.spent for funder in whole.funders)
    return await effect(reader, book, whole.campaign, held_out, cost, now)


async def effect(reader: Reader, book: int, campaign: Campaign, holdout_bps: int, cost: int, now: datetime) -> Effect:
    """The effect of a campaign so far, from its beginning until its coupons are used no more.

    What a person spent is the price of all their payments in that time at the merchants where the campaign's coupons
    were used or that are in it, less what was refunded.
    """
    until = min(now, campaign.uses_until)
    shops = (
        "SELECT m.merchant FROM season_merchant m WHERE m.book = $1 AND m.campaign = $2 "
        "AND m.joined_at IS NOT NULL "
        "UNION SELECT q.merchant FROM coupon n JOIN payment q ON q.book = $1 AND q.id = n.payment "
        "WHERE n.book = $1 AND n.campaign = $2 AND n.used > 0"
    )
    spent = (
        "SELECT o.holder, sum(o.gross)::bigint AS gross FROM ("
        "SELECT DISTINCT ON (p.id) p.id, l.holder, p.gross - p.gross_refunded AS gross FROM payment p "
        "JOIN payment_line l ON l.book = $1 AND l.payment = p.id AND l.holder IS NOT NULL "
        "WHERE p.book = $1 AND p.state = 'paid' AND p.at >= $3 AND p.at < $4 AND p.merchant IN (" + shops + ") "
        "ORDER BY p.id, l.position) o GROUP BY o.holder"
    )
    sql = (
        "SELECT g.held, count(*), coalesce(sum(g.gross), 0), coalesce(sum(g.gross::numeric * g.gross), 0) FROM ("
        f"SELECT {SQL_SLOT.format(campaign='$2', party='h.party')} < $5 AS held, coalesce(s.gross, 0) AS gross "
        "FROM (SELECT DISTINCT w.party FROM wallet w WHERE w.book = $1 AND w.party IS NOT NULL AND w.parent IS NULL "
        "AND w.opened_at < $3 AND NOT EXISTS "
        "(SELECT 1 FROM merchant own WHERE own.book = $1 AND own.party = w.party)) h "
        f"LEFT JOIN ({spent}) s ON s.holder = h.party) g GROUP BY g.held"
    )
    rows = await reader.rows(sql, book, campaign.id, campaign.starts_at, until, holdout_bps)
    groups = {row[0]: Sample(row[1], int(row[2]), int(row[3])) for row in rows}
    treated, held_out = groups.get(False, Sample(0, 0, 0)), groups.get(True, Sample(0, 0, 0))
    share = holdout_bps / BPS
    mismatch = ratio_mismatch([treated.count, held_out.count], [1 - share, share]) if holdout_bps else 1.0
    return Effect(treated, held_out, holdout_bps, difference(treated, held_out), mismatch, cost)
