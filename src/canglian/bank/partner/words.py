"""The machine words of partners that people read."""

from canglian.bank.partner.model import AppState, PartnerState
from canglian.bank.partner.scopes import Scope

EVENTS = (
    *(f"partner.{state.value}" for state in PartnerState if state is not PartnerState.REVIEW),
    *(f"partner_app.{state.value}" for state in AppState),
)
"""Events whose names are put together where they are emitted."""

FAMILIES = {"state": (PartnerState, AppState), "app_scope": (Scope,)}
