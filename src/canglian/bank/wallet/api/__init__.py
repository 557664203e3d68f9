"""Wallets over HTTP, one subject a file. Handlers translate: PINs are looked at, codes made, masks answered."""

from canglian.bank.wallet.api.transfers import router as transfers
from canglian.bank.wallet.api.wallets import router as wallets

ROUTERS = (wallets, transfers)
