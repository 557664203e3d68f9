"""Deposit accounts over HTTP, one noun a file. Handlers translate: numbers are sealed, masks answered."""

from canglian.bank.deposit.api.bound import router as bound
from canglian.bank.deposit.api.paying import router as paying
from canglian.bank.deposit.api.rail import routers as rail

ROUTERS = (paying, bound, *rail)
