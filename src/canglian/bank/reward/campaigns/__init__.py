"""Campaigns: who pays for them, what they offer, and where they stand."""
