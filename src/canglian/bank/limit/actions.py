"""What can be done about the limits of one party, account or wallet: others have to approve it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.limit import queries
from canglian.bank.limit.api.routes import OVERRIDE_HANDLERS, OverridePath
from canglian.bank.limit.commands import EndOverride, GrantOverride
from canglian.bank.limit.figures import limit_figure
from canglian.kernel.errors import Malformed
from canglian.kernel.fields import fields_of
from canglian.kernel.queries.observing import book_figures
from canglian.web.actions import Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
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
    form=Form(title="Revoke override", submit="Submit"),
)


@dataclass(frozen=True, kw_only=True)
class _TypedGrant(FiledAction):
    """A grant whose limit is a text: in yuan, or a number of movements, as the measure of its rule says."""

    @cached_property
    def body(self) -> type[msgspec.Struct]:
        """The command's fields, the limit as it is typed."""
        fields = [
            (name, str if name == "limit" else kind, msgspec.field(default=default))
            for name, kind, default in fields_of(self.command)
        ]
        return msgspec.defstruct("TypedGrant", fields, kw_only=True)


async def _typed_limit(context: RequestContext, body: Any) -> int:
    reader, book = context.services.reader, context.principal.book
    rules = await queries.rules_on(reader, book, (await book_figures(reader, book)).today)
    rule = rules.rule(body.rule)
    if rule is None:
        raise Malformed("form.choice", field="rule")
    scales = await context.services.scales(book)
    return limit_figure({"limit": body.limit}, "limit", rule.measure.value, rule.asset, scales)


TYPED_GRANT = _TypedGrant(
    command=GrantOverride,
    name="grant",
    help=GRANT.help,
    permission=GRANT.permission,
    resolve={"limit": _typed_limit},
    form=Form(
        title="Request a limit override",
        submit="Submit",
        note="Takes effect on approval by another user, during its validity only.",
        inputs=(
            Input(name="rule", label="Rule"),
            Input(name="limit", kind="decimal", label="Override limit", help="In yuan, or how many times."),
            Input(name="since", label="First day", help="Empty for the day of its approval."),
            Input(name="until", label="Last day"),
        ),
    ),
)
"""What the page of limits offers."""

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
