"""``/v1/facilities`` and ``/v1/limit-holds``."""

from typing import Annotated

from canglian.bank.credit.facilities import queries
from canglian.bank.credit.facilities.model import Facility, LimitHold
from canglian.bank.credit.facilities.queries import FacilityFilter, FacilityWhole, LimitHoldFilter
from canglian.web.listing import get_route, list_route
from canglian.web.operations import id_path

FacilityPath = Annotated[str, id_path("fac", "The facility's id.")]
LimitHoldPath = Annotated[str, id_path("fho", "The id of a hold on a limit.")]

FACILITIES = (
    list_route(
        Facility,
        queries.facilities,
        FacilityFilter,
        "listFacilities",
        "facilities",
        "List facilities, newest first.",
        names={"review_until": "review_on.lte"},
    ),
    get_route(
        "facility",
        FacilityPath,
        FacilityWhole,
        queries.whole,
        "getFacility",
        "A customer's unified limit, its parts by product, and what can be drawn today.",
    ),
)
HOLDS = (
    list_route(
        LimitHold,
        queries.holds,
        LimitHoldFilter,
        "listLimitHolds",
        "limit-holds",
        "List holds on limits, newest first.",
    ),
    get_route(
        "limit_hold", LimitHoldPath, LimitHold, queries.hold, "getLimitHold", "A hold on a limit: what it is for."
    ),
)
