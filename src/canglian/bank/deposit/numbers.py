"""Account numbers: nineteen digits, of which the last is the check digit."""

from typing import Final

from canglian.bank.deposit.model.accounts import NUMBER
from canglian.bank.party.numbering import NumberSeries

PREFIX = "621999"
"""What numbers begin with in a book that has no figures of its own yet."""

ACCOUNT_NUMBERS: Final = NumberSeries(digits=19, noun="deposit_account", field=NUMBER, row="deposit_account.row")
