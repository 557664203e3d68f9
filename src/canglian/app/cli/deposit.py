"""``canglian deposit``: deposit accounts."""

from canglian.app.cli.derived import noun
from canglian.bank.deposit.actions import ACCOUNTS

app = noun(ACCOUNTS, "Deposit accounts: list, show, freeze, upgrade, close.")
