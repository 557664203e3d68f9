"""``canglian loan``."""

from canglian.bank.credit.quote_cli import quote
from canglian.web.cli import Noun

NOUNS = {"loan": Noun(verbs=(quote,))}
