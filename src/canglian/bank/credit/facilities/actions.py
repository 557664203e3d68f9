"""What can be done to facilities and holds: who may, and what is asked."""

from typing import Any

from canglian.bank.credit.facilities import api, availability, queries
from canglian.bank.credit.facilities.commands import (
    FreezeFacility,
    HoldLimit,
    ReleaseLimit,
    ReviewFacility,
    UnfreezeFacility,
)
from canglian.bank.credit.facilities.model import Facility, LimitHold
from canglian.bank.party.api.paths import ReasonBody
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def _at(operation_id: str, path: str, response: Any = Facility, **more: Any) -> Route:
    return Route(operation_id=operation_id, path="/{facility:str}" + path, response=response, **more)


REVIEW = Action(
    command=ReviewFacility,
    name="review",
    help="Review a facility: set its limit over all products, and when it is reviewed next.",
    permission=Permission.APPROVE,
    target=("facility",),
    route=_at(
        "reviewFacility", "/reviews", body="FacilityReviewRequest", body_help="The limit over all products, and why."
    ),
    form=Form(title="Review", submit="Set the limit", confirm="Set this limit? It is in force at once."),
)
HOLD = Action(
    command=HoldLimit,
    name="hold",
    help="Set a part of a limit aside: an estimate of what will be drawn.",
    permission=Permission.POST,
    target=("facility",),
    route=_at(
        "holdLimit",
        "/holds",
        LimitHold,
        status=201,
        body="LimitHoldRequest",
        body_help="How much, for which product, and what for.",
    ),
    form=Form(
        title="Hold a part of the limit",
        submit="Hold",
        inputs=(Input(name="product", kind="select"), Input(name="amount"), Input(name="note"), Input(name="until")),
        omit=("number",),
        confirm="Hold this amount? Nobody else can draw it until the hold ends.",
        applies=availability.is_active,
        unavailable=availability.holding,
    ),
)
FREEZE = Action(
    command=FreezeFacility,
    name="freeze",
    help="Freeze a facility: nothing is drawn or held of it any more.",
    permission=Permission.POST,
    target=("facility",),
    route=_at("freezeFacility", "/freeze", body=ReasonBody),
    form=Form(
        title="Freeze",
        submit="Freeze the facility",
        confirm="Freeze this facility? Nothing can be drawn any more; what is owed is repaid as before.",
        danger=True,
        applies=availability.is_active,
    ),
)
UNFREEZE = Action(
    command=UnfreezeFacility,
    name="unfreeze",
    help="Free a facility again.",
    permission=Permission.APPROVE,
    target=("facility",),
    route=_at("unfreezeFacility", "/unfreeze", body=ReasonBody),
    form=Form(
        title="Unfreeze",
        submit="Unfreeze the facility",
        confirm="Unfreeze this facility? The customer can draw again at once.",
        applies=availability.is_frozen,
    ),
)
RELEASE = Action(
    command=ReleaseLimit,
    name="release",
    help="Let go of a hold on a limit.",
    permission=Permission.POST,
    target=("limit_hold",),
    route=Route(operation_id="releaseLimit", path="/{limit_hold:str}/release", response=LimitHold),
    form=Form(
        title="Release",
        submit="Release the hold",
        confirm="Release this hold? The customer can draw the amount again.",
        unavailable=availability.releasing,
    ),
)

ON_FACILITY = (REVIEW, HOLD, FREEZE, UNFREEZE)
"""What the page of a facility offers, in its order."""

FACILITIES = Resource(
    name="facility",
    path="/facilities",
    tag="facilities",
    plural="facilities",
    actions=ON_FACILITY,
    parameters={"facility": api.FacilityPath},
    handlers=api.FACILITIES,
    listing=Listing(
        read=queries.facilities,
        filter=queries.FacilityFilter,
        columns=("id", "party", "state", "limit", "used", "held", "review_on"),
        money=("limit", "used", "held"),
    ),
    show=queries.whole,
)
HOLDS = Resource(
    name="limit-hold",
    path="/limit-holds",
    tag="facilities",
    plural="holds on limits",
    actions=(RELEASE,),
    parameters={"limit_hold": api.LimitHoldPath},
    handlers=api.HOLDS,
    listing=Listing(
        read=queries.holds,
        filter=queries.LimitHoldFilter,
        columns=("id", "facility", "product", "amount", "state", "until", "note"),
    ),
    show=queries.hold,
)
RESOURCES = (FACILITIES, HOLDS)
