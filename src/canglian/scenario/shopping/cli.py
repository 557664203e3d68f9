"""``canglian season``, ``bureau`` and ``shopping``."""

from canglian.scenario.shopping.actions import BUREAUS, SEASONS
from canglian.web.cli import Noun

NOUNS = {
    "season": Noun(resource=SEASONS),
    "bureau": Noun(resource=BUREAUS),
}
