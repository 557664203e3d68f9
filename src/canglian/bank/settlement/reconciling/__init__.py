"""Reconciliation of three sides, line by line: the ledger, the channel's file, the orders of merchants.

``matching`` compares sides of any length in bounded memory and knows nothing of banking; ``reading`` gives it the lines
of a file as a ``FileFormat`` says. Promises: every line of a file is accounted for; what differs is found whatever the
order of the lines, and nothing else is; from each side to the ledger a bridge of differences leads without a residual.
"""

import canglian.bank.settlement.reconciling.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
