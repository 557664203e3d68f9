"""Paying merchants net of splits and fees, and reconciling ledger, channel and merchant line by line.

Empty today.
"""
