"""The machine words of this room that people read."""

from canglian.bank.payment.channel import FEE as CHANNEL_FEE
from canglian.bank.payment.channel import PAID_OUT
from canglian.bank.payment.channel_answers import COLLECTED
from canglian.bank.payment.channel_answers import RETURNED as CHANNEL_RETURNED
from canglian.bank.payment.from_wallets import PAID, REFUNDED
from canglian.bank.payment.paying import FEE, FEE_BACK, TAX, TAX_BACK
from canglian.bank.payment.splitting import RETURNED, SPLIT

CODES = (
    *(PAID, REFUNDED, FEE, FEE_BACK, TAX, TAX_BACK, SPLIT, RETURNED),
    *(COLLECTED, CHANNEL_RETURNED, CHANNEL_FEE, PAID_OUT),
)
"""What transfers of this room are for."""
