"""Deposit accounts over HTTP, one noun a file. Handlers translate: numbers are sealed, masks answered."""

from canglian.bank.deposit.api.checks import router as checks
from canglian.bank.deposit.api.rail import routers as rail

ROUTERS = (*rail, checks)
