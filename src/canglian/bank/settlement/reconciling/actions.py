"""What can be done to the differences of a day: who may, and what is asked."""

from dataclasses import replace
from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.settlement.reconciling import api, queries
from canglian.bank.settlement.reconciling.commands import (
    AcceptDifference,
    AssignDifference,
    ReopenDifference,
    ResolveDifference,
)
from canglian.bank.settlement.reconciling.model import DifferenceState, ReconciliationDifference
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def is_open(difference: ReconciliationDifference) -> bool:
    """Whether somebody still has to do something about it."""
    return difference.state.is_open


def has_ended(difference: ReconciliationDifference) -> bool:
    """Whether somebody has dealt with it."""
    return difference.state in (DifferenceState.RESOLVED, DifferenceState.ACCEPTED)


def _act(command: Any, name: str, help_: str, permission: Permission, form: Form, body: Any, **more: Any) -> Action:
    operation = f"{name}ReconciliationDifference"
    return Action(
        command=command,
        name=name,
        help=help_,
        permission=permission,
        target=("difference",),
        form=form,
        route=Route(
            operation_id=operation,
            path=f"/{{reconciliation_difference:str}}/{name}",
            response=ReconciliationDifference,
            body=body,
            **more,
        ),
    )


def _always(_: Any) -> bool:
    return True


def _for_several(action: Action) -> Action:
    """An action for several differences: which of them it can be done to is said of each."""
    assert action.form is not None
    return replace(action, form=replace(action.form, applies=_always))


ASSIGN = _act(
    AssignDifference,
    "assign",
    "Let somebody look into a difference.",
    Permission.POST,
    Form(title="Assign", submit="Assign", applies=is_open),
    "DifferenceAssignment",
    body_help="Who looks into a difference.",
)
RESOLVE = _act(
    ResolveDifference,
    "resolve",
    "Note why a difference needs no more work; money that had to move has moved by a use case of its own.",
    Permission.POST,
    Form(
        title="Resolve the difference",
        submit="Resolve the difference",
        inputs=(Input(name="resolution", family="resolution"),),
        note="Money that had to move has moved already, by a refund or a transfer of its own.",
        applies=is_open,
    ),
    "DifferenceResolution",
    body_help="Why a difference needs no more work.",
)
ACCEPT = _act(
    AcceptDifference,
    "accept",
    "Leave a difference as it is; with another amount it is open again.",
    Permission.APPROVE,
    Form(
        title="Accept the difference",
        submit="Accept the difference",
        confirm="Leave this difference as it is? With another amount it is open again.",
        danger=True,
        applies=is_open,
    ),
    ReasonBody,
)
REOPEN = _act(
    ReopenDifference,
    "reopen",
    "Have a difference that was resolved or accepted looked into again.",
    Permission.POST,
    Form(title="Open again", submit="Open again", applies=has_ended),
    ReasonBody,
)
ON_DIFFERENCE = (ASSIGN, RESOLVE, ACCEPT, REOPEN)
"""What the page of a difference offers, in its order."""

ON_SEVERAL = tuple(_for_several(action) for action in (ASSIGN, RESOLVE, ACCEPT))
"""What can be done to several differences at once."""

DIFFERENCES = Resource(
    name="reconcile",
    path="/reconciliation-differences",
    tag="reconciliation",
    plural="differences of reconciled days",
    actions=ON_DIFFERENCE,
    parameters={"reconciliation_difference": api.DifferencePath},
    handlers=api.DIFFERENCES,
    listing=Listing(
        read=queries.differences,
        filter=queries.DifferenceFilter,
        columns=("id", "date", "channel", "side", "kind", "difference", "priority", "state", "assignee", "key"),
        money=("found", "expected", "difference"),
    ),
    show=queries.difference,
)
