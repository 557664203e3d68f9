"""Wallets for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.wallet.console import lists, opening, statements, wallet

HANDLERS = (*lists.handlers, *opening.handlers, *wallet.handlers, *statements.handlers)
