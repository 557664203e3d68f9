"""The codes with which the arithmetic of loans refuses what it cannot plan."""

from canglian.kernel.errors import declare

declare(
    {
        "loan_plan.principal_invalid": "A loan is of at least ¥0.01 and at most {limit}.",
        "loan_plan.rate_invalid": "A yearly rate is from 0 % to {most_bps}.",
        "loan_plan.instalments_invalid": "A loan has from 1 to {most} instalments.",
        "loan_plan.term_invalid": "A loan runs for at least one day and at most {most} years.",
        "loan_plan.first_due_invalid": "The first instalment is due after the loan begins, on {start}.",
        "loan_plan.grace_invalid": "Grace ends before the last of {instalments} instalments.",
        "loan_plan.balloon_invalid": "A balloon is less than the principal, and of a method that has one.",
        "loan_plan.dates_invalid": "A plan by dates has days after {start} in their order, with weights.",
        "loan_plan.share_invalid": "A share is from 0 % to 100 %, and a fee is not below 0.",
        "loan_plan.rate_changes_invalid": "Changes of the rate and pauses are after the beginning, in their order.",
        "loan_plan.drawdowns_invalid": "Drawdowns are in their order, before the end, and no more than the principal.",
        "loan_plan.start_invalid": "A loan begins from {earliest} to {latest}.",
        "loan_plan.rate_unclear": "Say what a year costs: by --rate, or by --published with --margin-bps.",
        "loan_plan.instalments_unclear": "Say how many instalments there are: by --months, or by --instalments.",
        "loan_plan.index_missing": "No published rate is in force on {start}.",
        "loan_plan.number_invalid": '"{text}" is no whole number: write one such as 12.',
        "loan_plan.pair_invalid": '"{text}" is not read here: write {example}.',
        "loan_plan.before_start": "{day} is before {start}, on which this plan begins.",
        "loan_plan.after_end": "{day} is not before {end}, on which this plan ends.",
        "loan_plan.prepayment_too_small": "On {day} a prepayment is more than {amount}, which is due first.",
        "loan_plan.prepayment_too_large": "On {day} {amount} is owed; more is not taken.",
        "loan_plan.flows_invalid": "A rate of return needs money that goes out and money that comes back.",
    }
)
