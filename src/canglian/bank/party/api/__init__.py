"""Parties over HTTP, one noun a file. Handlers translate: plain data is sealed, a command made, masks answered."""

from canglian.bank.party.api.consents import router as consents
from canglian.bank.party.api.intent import router as intent
from canglian.bank.party.api.leaving import router as leaving
from canglian.bank.party.api.lists import router as lists
from canglian.bank.party.api.openings import router as openings
from canglian.bank.party.api.parties import router as parties
from canglian.bank.party.api.unmaskings import router as unmaskings

ROUTERS = (parties, intent, leaving, unmaskings, consents, openings, lists)
