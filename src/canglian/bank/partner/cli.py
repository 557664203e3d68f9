"""``canglian partner``, ``partner-app`` and ``partner-key``."""

from canglian.bank.partner.actions import APPS, KEYS, PARTNERS
from canglian.web.cli import Noun

NOUNS = {
    "partner": Noun(resource=PARTNERS),
    "partner-app": Noun(resource=APPS),
    "partner-key": Noun(resource=KEYS),
}
