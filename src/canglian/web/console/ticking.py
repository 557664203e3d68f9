"""Rows of a list that are ticked: what an address calls them, and the forms of what can be done to them."""

from collections.abc import Sequence

import msgspec

from canglian.kernel.queries.paging import Condition, Operator
from canglian.web.actions import Action
from canglian.web.console.actions import FormView, action_forms
from canglian.web.console.pages import Pages

TICKED = "ticked"
"""What an address or a form calls the rows that were ticked, by their keys."""

EXPORT = "export"
"""What is done to rows that are written into a file."""


def only(ticked: str, *, are_numbers: bool) -> tuple[Condition, ...]:
    """What narrows a list to the rows with these keys."""
    keys = [key for key in ticked.split(",") if key]
    if not keys:
        return ()
    numbers = [int(key) for key in keys if key.isdecimal() and len(key) < 19]
    return (Condition("key", Operator.ONE_OF, numbers if are_numbers else keys),)


def bulk_forms(pages: Pages, actions: Sequence[Action]) -> list[FormView]:
    """The forms of what can be done to several rows by who looks; their fields have the action's name before theirs.

    They stand in one form of the page, so the server alone says what is missing.
    """
    if pages.principal is None:
        return []
    may = [action for action in actions if pages.principal.may(action.permission)]
    return [_prefixed(form) for form in action_forms(pages, may)]


def _prefixed(form: FormView) -> FormView:
    inputs = [
        msgspec.structs.replace(view, name=f"{form.action}.{view.name}", id=f"{form.id}.{view.name}", required=False)
        for view in form.inputs
    ]
    return msgspec.structs.replace(form, inputs=inputs)
