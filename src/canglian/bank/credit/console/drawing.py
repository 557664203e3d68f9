"""The charts of credit: what is outstanding by bucket; what is still to be paid by month."""

from collections.abc import Callable, Sequence

from canglian.bank.credit.loans.model import BUCKETS, LoanPlan
from canglian.bank.credit.loans.queries import Bucket
from canglian.web.console.charts import Chart, Series

Translate = Callable[[str], str]


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
