"""``canglian deposit``: deposit accounts."""

from canglian.bank.deposit.actions import ACCOUNTS
from canglian.web.cli import Noun

NOUNS = {"deposit": Noun(resource=ACCOUNTS)}
