"""Operators' pages of deposit accounts, one noun a file."""

from canglian.bank.deposit.console import account, accounts, opening, rail, statements

HANDLERS = (
    *accounts.handlers,
    *opening.handlers,
    *account.handlers,
    *statements.handlers,
    *rail.handlers,
)
