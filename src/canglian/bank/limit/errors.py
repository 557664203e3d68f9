"""The codes of the limits' refusals."""

from canglian.kernel.errors import declare

declare(
    {
        "limit.exceeded": "Limit “{name}” exceeded: limit {limit}, used {used}, remaining {left}.",
        "limit.whose": "Say whose limits: a subject, a customer, or both.",
        "limit.holder_form": "Write a customer like pty_…, or an account or wallet like wallet:wal_….",
        "limit.product_needed": "What {subject} is, is not known here; say its product.",
        "limit_rules.not_found": "There is no version {limit_rules} of the limits.",
        "limit_rules.exists": "There is already a version {limit_rules} of the limits.",
        "limit_rules.in_past": "New limits cannot apply from {effective_from}, before the business date {today}.",
        "limit_rules.code_twice": "The rule {rule} is there twice.",
        "limit_rules.balance_out": "The rule {rule} caps a balance, so it is about what comes in.",
        "limit_rules.rule_unknown": "The limits in force have no rule {rule}.",
        "limit_tally.not_found": "Nothing has been counted for {limit_tally}.",
        "limit_tally.exists": "Something has been counted for {limit_tally} already.",
        "limit_override.not_found": "There is no override {limit_override} in this book.",
        "limit_override.exists": "There is already an override {limit_override}.",
        "limit_override.days": "An override cannot hold from {since} to {until}.",
        "limit_override.overlaps": "Override {other} holds from {since} to {until} already; take it back first.",
        "limit_override.same": "This is the limit of the rule {rule} already.",
        "limit_override.ended": "Override {override} was taken back already.",
        "limit_override.over": "Override {override} held until {until}.",
    }
)
