"""Facilities, drawdowns, repayment schedules, repayments and overdue debt. Empty today."""
