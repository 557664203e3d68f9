"""Reconciliation's error codes."""

from canglian.kernel.errors import declare

declare(
    {
        "reconciliation.file_empty": "The file is empty.",
        "reconciliation.file_header": "The first line of the file, with the names of its columns, cannot be read.",
        "reconciliation.file_columns": "The file has not exactly one column {column}.",
        "reconciliation.line_truncated": "The line is not whole: it has too few fields, or too many.",
        "reconciliation.line_unreadable": "A field of the line is empty or cannot be read.",
        "reconciliation.line_kind": "The line is neither a payment nor a refund.",
        "reconciliation.line_amount": "The amount of the line is not a positive amount of money.",
        "reconciliation.line_fee": "The fee of the line is not an amount of money.",
        "reconciliation.line_instant": "The instant of the line cannot be read.",
        "reconciliation.line_other_day": "The line is of quite another day.",
        "reconciliation_day.not_found": "The day {reconciliation_day} has not been reconciled.",
        "reconciliation_day.not_over": "{date} has not begun; the business date is {today}.",
        "reconciliation_day.too_old": "{date} is too long ago to be reconciled; the first day is {first}.",
        "reconciliation_difference.not_found": "There is no difference {reconciliation_difference}.",
        "reconciliation_difference.closed": "This difference is not open any more.",
        "reconciliation_difference.not_ended": "This difference was neither resolved nor accepted.",
        "reconciliation_day.superseded": "Another run of {date} has begun meanwhile; it has the last word.",
        "reconciliation.file_not_there": "The file of the channel is not there yet.",
        "reconciliation.file_not_whole": "The file is not whole: lines of it cannot be read, or its totals differ.",
        "reconciliation.file_needed": "The file of {date} was sent by somebody; send it again to compare it anew.",
        "reconciliation_policy.not_found": "There is no version of the figures from {reconciliation_policy}.",
        "reconciliation_policy.exists": "There is already a version of the figures from {reconciliation_policy}.",
        "reconciliation_policy.in_past": (
            "New figures cannot apply from {effective_from}, before the business date {today}."
        ),
        "reconciliation_policy.bounds": "High priority cannot begin below medium priority.",
        "reconciliation.channel_unknown": "The channel {channel} is not known.",
        "reconciliation.too_many": "More than {most} differences: this is not the file of this day and channel.",
        "reconciliation.line_behind_totals": "The line stands behind the line of totals.",
    }
)
