"""``canglian purpose-contract`` and ``purpose-grant``."""

from canglian.bank.purpose.actions import CONTRACTS, GRANTS
from canglian.web.cli import Noun

NOUNS = {"purpose-contract": Noun(resource=CONTRACTS), "purpose-grant": Noun(resource=GRANTS)}
