"""Importing a bank's past from CSV: accounts and movements, with their own dates, once and checkable.

Owns no table. Promises: amounts are read exactly; a line that is refused is reported with its reason and stops nothing;
a killed import is run again without booking anything twice; where the source keeps a running balance, the summary
says how much of it follows exactly and how the balances compare at the end.
"""

from canglian.ledger.importing.account_file import import_accounts
from canglian.ledger.importing.history import import_history
from canglian.ledger.importing.mapping import (
    AccountMapping,
    Counter,
    Mapping,
    Opening,
    Rule,
    load_account_mapping,
    load_mapping,
)
from canglian.ledger.importing.summary import BalanceCheck, BalanceDifference, Progress, Summary, beside

__all__ = [
    "AccountMapping",
    "BalanceCheck",
    "BalanceDifference",
    "Counter",
    "Mapping",
    "Opening",
    "Progress",
    "Rule",
    "Summary",
    "beside",
    "import_accounts",
    "import_history",
    "load_account_mapping",
    "load_mapping",
]
