"""Partners for the bank's people: who waits for a decision, what apps may do, their keys, how often they call."""

from canglian.bank.partner.console.app import HANDLERS as APP
from canglian.bank.partner.console.lists import FINDS, PICKS, WAITING, list_partners
from canglian.bank.partner.console.partner import HANDLERS as PARTNER

HANDLERS = (list_partners, *PARTNER, *APP)

__all__ = ["FINDS", "HANDLERS", "PICKS", "WAITING"]
