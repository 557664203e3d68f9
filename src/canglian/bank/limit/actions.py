"""What can be done about the limits of one party, account or wallet: others have to approve it."""

from datetime import date
from typing import Annotated, Any

import msgspec

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.limit import queries
from canglian.bank.limit.api.routes import OVERRIDE_HANDLERS, OverridePath
from canglian.bank.limit.commands import EndOverride, GrantOverride
from canglian.bank.limit.commands.values import HolderId, ReasonText, RuleCode
from canglian.bank.limit.figures import limit_figure
from canglian.kernel.errors import Malformed
from canglian.kernel.fields import doc, fields_of
from canglian.kernel.queries.observing import book_figures
from canglian.web.actions import Listing, Resource, Route, Typed
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


def _filed(operation_id: str, **more: Any) -> Route:
    return Route(operation_id=operation_id, status=201, response=ProposalStatus, **more)


OverrideRequest: type[msgspec.Struct] = msgspec.defstruct(
    "OverrideRequest",
    [(name, kind, msgspec.field(default=default)) for name, kind, default in fields_of(GrantOverride)],
    namespace={"__doc__": "Another limit for one rule and one holder, for some days, and why."},
    module=GrantOverride.__module__,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
)
"""A grant as the API asks for it."""


class TypedOverride(Typed, frozen=True, kw_only=True):
    """A grant as people type it: its limit in yuan, or a number of movements, as the measure of its rule says."""

    holder: HolderId
    rule: RuleCode
    limit: Annotated[str, doc("The other limit in yuan, or how many movements.")]
    until: Annotated[date, doc("The last day on which it shall hold.")]
    reason: Annotated[ReasonText, doc("Why; it stays on record.")]
    since: Annotated[date | None, doc("The first day on which it shall hold; by default the day of its approval.")] = (
        None
    )
    fen: Annotated[bool, doc("Amounts are whole minor units (fen), not yuan.")] = False

    def command_fields(self) -> dict[str, Any]:
        """All but the limit, which is read by its rule."""
        return msgspec.structs.asdict(self)


async def _limit(context: RequestContext, body: Any) -> int:
    if not isinstance(body, TypedOverride):
        return body.limit
    reader, book = context.services.reader, context.principal.book
    rules = await queries.rules_on(reader, book, (await book_figures(reader, book)).today)
    rule = rules.rule(body.rule)
    if rule is None:
        raise Malformed("form.choice", field="rule")
    scales = await context.services.scales(book)
    return limit_figure({"limit": body.limit}, "limit", rule.measure.value, rule.asset, scales, fen=body.fen)


GRANT = FiledAction(
    command=GrantOverride,
    name="grant",
    help="Ask for another limit for somebody. It holds once another person has approved the proposal.",
    permission=Permission.POST,
    resolve={"limit": _limit},
    typed=TypedOverride,
    route=_filed("proposeOverride", body=OverrideRequest),
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
        omit=("fen",),
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
