"""Wallets for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.wallet.console import figures, lists, opening, wallet

HANDLERS = (*lists.handlers, *opening.handlers, *wallet.handlers, *figures.handlers)
