"""Loans that are computed again from their transactions, since a repayment was reversed or back-dated."""
