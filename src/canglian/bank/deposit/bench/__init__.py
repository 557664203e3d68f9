"""The benchmarks of deposit accounts."""

from canglian.ledger.bench import ground

PACKAGES = (*ground.PACKAGES, "canglian.bank.party", "canglian.bank.limit", "canglian.bank.deposit")
"""Whose tables they need."""
