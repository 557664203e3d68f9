"""What can be done about the limits of one party, account or wallet: others have to approve it."""

from typing import Any

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.limit import queries
from canglian.bank.limit.api.routes import OVERRIDE_HANDLERS, OverridePath
from canglian.bank.limit.commands import EndOverride, GrantOverride
from canglian.web.actions import Listing, Resource, Route
from canglian.web.principal import Permission


def _filed(operation_id: str, **more: Any) -> Route:
    return Route(operation_id=operation_id, status=201, response=ProposalStatus, **more)


GRANT = FiledAction(
    command=GrantOverride,
    name="grant",
    help="Ask for another limit for somebody. It holds once another person has approved the proposal.",
    permission=Permission.POST,
    route=_filed(
        "proposeOverride",
        body="OverrideRequest",
        body_help="Another limit for one rule and one holder, for some days, and why.",
    ),
)

END = FiledAction(
    command=EndOverride,
    name="end",
    help="Ask for an override to be taken back. It ends once another person has approved the proposal.",
    permission=Permission.POST,
    target=("override",),
    route=_filed(
        "proposeOverrideEnd",
        path="/{override:str}/end",
        body="EndRequest",
        body_help="Why an override shall be taken back.",
    ),
)

OVERRIDES = Resource(
    name="limit",
    path="/limit-overrides",
    tag="limits",
    plural="overrides of limits",
    actions=(GRANT, END),
    parameters={"override": OverridePath},
    handlers=OVERRIDE_HANDLERS,
    listing=Listing(
        read=queries.overrides,
        filter=queries.OverrideFilter,
        columns=("id", "holder", "rule", "limit", "since", "until", "state"),
    ),
    show=queries.override,
)
