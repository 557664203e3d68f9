"""Parties over HTTP, one noun a file. Handlers translate: plain data is sealed, a command made, masks answered."""

from canglian.bank.party.api.lists import router as lists
from canglian.bank.party.api.unmaskings import router as unmaskings

ROUTERS = (unmaskings, lists)
