"""``canglian limit``: other limits for one party, account or wallet."""

from canglian.bank.limit.actions import OVERRIDES
from canglian.web.cli import Noun

NOUNS = {"limit": Noun(resource=OVERRIDES)}
