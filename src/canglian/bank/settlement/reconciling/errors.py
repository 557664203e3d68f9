"""Reconciliation's error codes."""

from canglian.kernel.errors import declare

declare(
    {
        "reconciliation.file_empty": "The file is empty.",
        "reconciliation.file_columns": "The file has not exactly one column {column}.",
        "reconciliation.line_truncated": "The line is not whole: it has too few fields, or too many.",
        "reconciliation.line_unreadable": "A field of the line is empty or cannot be read.",
        "reconciliation.line_kind": "The line is neither a payment nor a refund.",
        "reconciliation.line_amount": "The amount of the line is not a positive amount of money.",
        "reconciliation.line_instant": "The instant of the line cannot be read.",
        "reconciliation.line_other_day": "The line is of quite another day.",
        "reconciliation.line_behind_totals": "The line stands behind the line of totals.",
    }
)
