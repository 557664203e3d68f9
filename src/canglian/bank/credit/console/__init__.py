"""Credit for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.credit.console import application, bills, collection, facility, lists, loan, portfolio, relatives

HANDLERS = (
    *lists.handlers,
    *application.handlers,
    *facility.handlers,
    *loan.handlers,
    *collection.handlers,
    *bills.handlers,
    *relatives.handlers,
    *portfolio.handlers,
)
"""The pages of applications, facilities, loans and bills, and the portfolio."""
