"""Statements of an account by period: gathered whole, and written as CSV, PDF or ISO 20022 camt.053."""

from canglian.bank.deposit.statements.gathering import PaperStatement, gather

__all__ = ["PaperStatement", "gather"]
