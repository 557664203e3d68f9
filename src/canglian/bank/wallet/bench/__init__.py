"""The benchmarks of wallets."""

from canglian.bank.deposit import bench as deposit

PACKAGES = (*deposit.PACKAGES, "canglian.bank.wallet")
"""Whose tables they need."""
