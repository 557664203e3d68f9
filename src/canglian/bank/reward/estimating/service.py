"""Estimates for faces: of which time, and one after the other through the payments of it."""

from datetime import date, datetime, time, timedelta

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.estimating import queries
from canglian.bank.reward.estimating.estimator import Estimator
from canglian.bank.reward.estimating.expecting import expected
from canglian.bank.reward.estimating.model import Estimate
from canglian.bank.reward.offers import BPS
from canglian.bank.reward.segments.registry import belonging
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.services import Services

DAYS_MAX = 92
"""Over how many days an estimate goes at most."""

RECENT_DAYS = 30


def last_month(today: date) -> tuple[date, date]:
    """The first day of the month before a day's, and that of its own."""
    until = today.replace(day=1)
    return (until - timedelta(days=1)).replace(day=1), until


async def days_of(services: Services, book: int, recent: bool = False) -> tuple[date, date]:
    """The last whole month by the business date; or the days up to now, where that is asked for. The end is not in."""
    if recent:
        until = utc_now().astimezone(SHANGHAI).date() + timedelta(days=1)
        return until - timedelta(days=RECENT_DAYS), until
    return last_month((await book_figures(services.reader, book)).today)


async def estimate(
    services: Services, book: int, campaign: str, since: date, until: date, uptake_bps: int = BPS
) -> Estimate:
    """What a campaign would have come to from a day on, before another one, in Shanghai.

    NotFound ``campaign.not_found``; Malformed ``campaign.estimate_days`` for no days, or too many.
    """
    if not 0 < (until - since).days <= DAYS_MAX:
        raise Malformed("campaign.estimate_days", most=DAYS_MAX, field="until")
    whole = await campaigns.whole(services.reader, book, campaign)
    begin, end = _midnight(since), _midnight(until)
    reader, now = services.standby, utc_now()
    shops = await queries.shops(reader, book)
    for merchant in await expected(reader, book, campaign):
        shops[merchant] = shops[merchant]._replace(lists=(*shops[merchant].lists, campaign))
    estimator = Estimator(whole.campaign, whole.offers, whole.funders, shops, begin, end, uptake_bps)
    segments = [segment for offer in whole.offers for segment in offer.audience.segments]
    async for payments in queries.payments(reader, book, begin, end):
        new = list(dict.fromkeys(paid.holder for paid in payments if paid.holder and estimator.is_new(paid.holder)))
        members = await belonging(services, book, new, segments, now) if segments and new else {}
        for holder in new:
            estimator.meet(holder, [segment for segment, people in members.items() if holder in people])
        estimator.take(payments)
    return estimator.result()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
