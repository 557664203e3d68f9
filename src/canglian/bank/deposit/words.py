"""The machine words of this room that people read."""

CODES = (
    "cash.in",
    "cash.out",
    "deposit.transfer",
    "deposit.class1",
    "deposit.class2",
    "deposit.class3",
    "deposit.corporate",
    "deposit.internal",
    "deposit.closed",
    "interest.accrued",
    "interest.settled",
    "rail.one_cent",
    "rail.pull",
    "rail.push",
)
"""What transfers of this room are for, and its first products."""

OUTCOMES = (
    "account_closed",
    "confirmation_failed",
    "elements_few",
    "elements_failed",
    "expired",
)
"""Why a binding ended."""

EVENTS = ("rail.succeeded", "rail.failed")
"""Events whose name is made of the answer."""
