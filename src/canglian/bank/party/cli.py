"""``canglian party`` and ``canglian opening``: customers, and their remote onboarding."""

from canglian.bank.party.actions import OPENINGS, PARTIES
from canglian.web.cli import Noun

NOUNS = {"party": Noun(resource=PARTIES), "opening": Noun(resource=OPENINGS)}
