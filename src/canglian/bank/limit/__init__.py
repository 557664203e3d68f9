"""What one account, wallet or party may move at once, in a day, in a month and in a year, and how much it may hold.

Owns the tables limit_rules, limit_tally and limit_override. Promises: whoever counts a movement counts it in the same
commit as the money, or neither; no limit in force is ever passed, whatever the order of movements, reversals, days and
new versions of the rules; an override takes effect through the approval of another person only; a refusal says which
rule, how much of it is left, and when it begins anew.
"""

import canglian.bank.limit.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.limit.counting import Movement, count, give_back, reads
from canglian.bank.limit.model import (
    Counterparty,
    Direction,
    Granted,
    Holder,
    LimitOverride,
    LimitRule,
    LimitRules,
    LimitTally,
    Measure,
)

__all__ = [
    "Counterparty",
    "Direction",
    "Granted",
    "Holder",
    "LimitOverride",
    "LimitRule",
    "LimitRules",
    "LimitTally",
    "Measure",
    "Movement",
    "count",
    "give_back",
    "reads",
]
