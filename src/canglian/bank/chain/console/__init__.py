"""Chain finance for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.chain.console import lists, members, voucher, work
from canglian.bank.chain.trade import console as contracts

HANDLERS = (*work.handlers, *lists.handlers, *members.handlers, *voucher.handlers, *contracts.HANDLERS)
"""The work list with who owes whom, the lists, members, and vouchers."""
