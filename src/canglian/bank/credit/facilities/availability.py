"""Why something cannot be done to a facility or a hold now."""

from canglian.bank.credit.facilities.model import FacilityState, LimitHold, LimitHoldState
from canglian.bank.credit.facilities.queries import FacilityWhole


def is_active(shown: FacilityWhole) -> bool:
    """Something can be drawn from it."""
    return shown.facility.state is FacilityState.ACTIVE


def is_frozen(shown: FacilityWhole) -> bool:
    """It is frozen."""
    return shown.facility.state is FacilityState.FROZEN


def holding(shown: FacilityWhole) -> str | None:
    """A part of its limit is held."""
    return None if any(room.room for room in shown.rooms) else "Nothing is left of this limit."


def releasing(hold: LimitHold) -> str | None:
    """A hold is let go of."""
    return None if hold.state is LimitHoldState.PENDING else "This hold has ended."
