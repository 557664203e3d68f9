"""The benchmark of money for a purpose."""

from canglian.bank.wallet import bench as wallet

PACKAGES = (*wallet.PACKAGES, "canglian.bank.purpose")
"""Whose tables it needs."""
