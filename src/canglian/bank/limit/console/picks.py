"""How forms ask whose limits are meant: a customer here; rooms above add accounts and wallets, as kind and id."""

from canglian.bank.party.console.picks import PICKS as OF_PARTIES
from canglian.web.additions import Pick

HOLDER = "holder"
"""What rooms above call their own picks, so that their accounts and wallets are found beside customers."""

_PARTY = next(pick for pick in OF_PARTIES if pick.kind == "party")
PICKS = (Pick(HOLDER, "Whole name, mobile, document, account or wallet number", _PARTY.find, _PARTY.named),)
