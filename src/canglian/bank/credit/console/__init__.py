"""Credit for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.credit.console import application, facility, lists, loan

HANDLERS = (*lists.handlers, *application.handlers, *facility.handlers, *loan.handlers)
"""The pages of applications, facilities and loans, and the portfolio."""
