"""The charts of points: what was earned, exchanged and has expired; what expires in which month."""

from collections.abc import Callable, Sequence

from canglian.bank.reward.points.queries import Expiring, Months
from canglian.web.console.charts import Chart, Series

Translate = Callable[[str], str]


def months_chart(months: Sequence[Months], say: Translate) -> Chart:
    """What was earned, exchanged and has expired by months."""
    return Chart(
        title=say("Points earned, exchanged and expired by month"),
        labels=[month.month for month in months],
        series=[
            Series(say("Earned points"), [month.earned for month in months]),
            Series(say("Exchanged points"), [month.spent for month in months]),
            Series(say("Expired points"), [month.expired for month in months]),
        ],
        kind="bar",
        unit=say("points"),
        note=say("Earned on the day of earning, exchanged less what came back, expired after the last day."),
    )


def calendar_chart(expiring: Sequence[Expiring], say: Translate) -> Chart:
    """How many points have their last day in which month."""
    return Chart(
        title=say("Points that expire, by the month of their last day"),
        labels=[month.month or say("never") for month in expiring],
        series=[Series(say("Points"), [month.points for month in expiring])],
        kind="bar",
        unit=say("points"),
        note=say("What is left of all lots, by the month of their last day."),
    )
