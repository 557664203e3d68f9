"""Loan products by version: how loans are repaid, what they cost, who decides about them."""
