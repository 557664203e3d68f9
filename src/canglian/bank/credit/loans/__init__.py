"""Loans: drawn, accrued by the day, fallen due, repaid, prepaid, closed, written off."""
