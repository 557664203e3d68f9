"""Wallets for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.wallet.console import lists, opening, wallet

HANDLERS = (*lists.handlers, *opening.handlers, *wallet.handlers)
