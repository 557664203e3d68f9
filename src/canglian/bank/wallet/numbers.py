"""Wallet numbers: sixteen digits, of which the last is the check digit."""

from typing import Final

from canglian.bank.party.numbering import NumberSeries
from canglian.bank.wallet.model.wallets import NUMBER

WALLET_NUMBERS: Final = NumberSeries(digits=16, noun="wallet", field=NUMBER, row="wallet.row")
