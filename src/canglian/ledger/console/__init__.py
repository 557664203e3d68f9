"""The ledger's pages: overview, accounts, transfers, holds, chart of accounts, trial balance, and the search."""

from canglian.ledger.console import accounts, chart, holds, overview, statements, transfers, trial_balance

HANDLERS = (
    *overview.handlers,
    *accounts.handlers,
    *statements.handlers,
    *transfers.handlers,
    *holds.handlers,
    *chart.handlers,
    *trial_balance.handlers,
)
"""Without a prefix; the composition root puts them below ``/console``."""
