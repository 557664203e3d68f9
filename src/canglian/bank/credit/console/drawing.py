"""The charts of credit: outstanding by bucket, months of drawing as they go bad, what falls due when, a plan."""

from collections.abc import Callable, Sequence
from datetime import date

from canglian.bank.credit.loans.model import BUCKETS, LoanPlan
from canglian.bank.credit.loans.queries import Bucket
from canglian.bank.credit.portfolio.queries import LATE_DAYS, STEPS, Falling, Vintage
from canglian.web.console.charts import Chart, Series

Translate = Callable[[str], str]
VINTAGES_DRAWN = 12


def buckets_chart(buckets: Sequence[Bucket], say: Translate) -> Chart:
    """What is outstanding of all loans, by how long they are overdue; yuan and e-CNY together."""
    sums = {bucket: sum(each.outstanding for each in buckets if each.bucket == bucket) for bucket in BUCKETS}
    return Chart(
        title=say("Outstanding principal by days overdue"),
        labels=[say("not overdue"), *(f"{bucket}+" for bucket in BUCKETS[1:])],
        series=[Series(say("Outstanding"), list(sums.values()))],
        kind="bar",
        currency="¥",
        scale=2,
        note=say("Loans that bear interest, as they were brought to the business date last."),
    )


def vintage_chart(vintages: Sequence[Vintage], say: Translate) -> Chart:
    """A line for each of the last months of drawing: the share that was ever late, by months since."""
    by_month: dict[date, list[Vintage]] = {}
    for vintage in vintages:
        by_month.setdefault(vintage.month, []).append(vintage)
    months = list(by_month.items())[-VINTAGES_DRAWN:]
    longest = max((len(parts[0].late) for _, parts in months), default=0)
    return Chart(
        title=say("Share of principal that was ever %(days)s days overdue, by month of drawing") % {"days": LATE_DAYS},
        labels=[str(place) for place in range(longest)],
        series=[Series(month.strftime("%Y-%m"), shares(parts)) for month, parts in months],
        unit="%",
        scale=2,
        note=say(
            "Across: months since the month of drawing. A loan counts with all that was drawn from the day on which it "
            "was 30 days overdue, and for ever. Yuan and e-CNY together; the last twelve months of drawing."
        ),
    )


def shares(parts: Sequence[Vintage]) -> list[int]:
    """The share that was ever late at the end of each month, in hundredths of a percent."""
    drawn = sum(part.principal for part in parts)
    return [sum(late) * 10_000 // drawn for late in zip(*(part.late for part in parts), strict=True)]


def ladder_chart(steps: Sequence[Falling], say: Translate) -> Chart:
    """Principal and interest that fall due at each step; yuan and e-CNY together."""
    days = (0, *STEPS, None)

    def sums(what: str) -> list[int]:
        return [sum(getattr(each, what) for each in steps if each.days == step) for step in days]

    return Chart(
        title=say("Principal and interest by when they fall due"),
        labels=[step_title(step, say) for step in days],
        series=[Series(say("Principal"), sums("principal")), Series(say("Interest"), sums("interest"))],
        kind="bar",
        currency="¥",
        scale=2,
        note=say(
            "By the plans in force, counted from the business date. What has fallen due is shown with its penalty."
        ),
    )


def step_title(days: int | None, say: Translate) -> str:
    """What a step is called."""
    if days is None:
        return say("later")
    return say("within %(days)s days") % {"days": days} if days else say("fallen due")


def plan_chart(plan: LoanPlan, say: Translate) -> Chart:
    """Principal and interest of each instalment of a plan."""
    return Chart(
        title=say("Principal and interest of each instalment"),
        labels=[row.due.isoformat() for row in plan.rows],
        series=[
            Series(say("Principal"), [row.principal for row in plan.rows]),
            Series(say("Interest"), [row.interest for row in plan.rows]),
        ],
        kind="bar",
        currency="¥",
        scale=2,
        note=say("The plan that is in force."),
    )
