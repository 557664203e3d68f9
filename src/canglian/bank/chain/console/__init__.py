"""Chain finance for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.chain.console import lists, members, voucher, work

HANDLERS = (*work.handlers, *lists.handlers, *members.handlers, *voucher.handlers)
"""The work list with who owes whom, the lists, members, and vouchers."""
