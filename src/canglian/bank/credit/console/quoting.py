"""A form that asks for another plan of a loan shows the plan beside the one in force first; then it is asked for."""

import hashlib
from typing import Any

import msgspec

from canglian.bank.approval.commands import FileProposal
from canglian.bank.credit.loans.actions import PLANNED
from canglian.bank.credit.loans.model import LoanPlan, Row
from canglian.bank.credit.loans.quoting import quoted_plan
from canglian.web.console import Pages
from canglian.web.console.actions import ACTION, FormView, InputView, action_command
from canglian.web.console.forms import form_values
from canglian.web.operations import RequestContext
from canglian.web.principal import Principal
from canglian.web.services import Services

QUOTED = "quoted"
"""The field of a form with what was shown: another plan than that one is shown again first."""


class Quote(msgspec.Struct, frozen=True):
    """The plan that would come of what an action asks for, and what was typed."""

    action: str
    plan: LoanPlan
    values: dict[str, str]

    @property
    def digest(self) -> str:
        """What says that this plan was shown."""
        shown = self.plan.replace(version=0, by="")
        return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]


async def quote(pages: Pages, services: Services, principal: Principal, loan: str, asset: str) -> Quote | None:
    """What the form that was sent would make of the plan; None where it asks for no plan, or was shown it before.

    Rejects what the command does, and Malformed as the form.
    """
    values = await form_values(pages.request)
    action = next((action for action in PLANNED if action.name == values.get(ACTION)), None)
    if action is None or not principal.may(action.permission):
        return None
    context = RequestContext(services, principal, None, True, None, channel="counter")
    filing = await action_command(context, action, values, {"loan": loan}, asset)
    assert isinstance(filing, FileProposal)
    asked: Any = msgspec.convert(filing.payload, action.command)
    found = Quote(action.name, await quoted_plan(services.reader, principal.book, asked, principal.actor), values)
    return None if values.get(QUOTED) == found.digest else found


def shown_first(forms: list[FormView], found: Quote | None) -> list[FormView]:
    """The forms, of which the one that was sent says which plan was shown."""
    if found is None:
        return forms
    seen = InputView(f"{found.action}-{QUOTED}", QUOTED, "hidden", value=found.digest)
    return [
        msgspec.structs.replace(form, inputs=[*form.inputs, seen]) if form.action == found.action else form
        for form in forms
    ]


def side_by_side(before: LoanPlan, after: LoanPlan) -> list[tuple[Row | None, Row | None]]:
    """The instalments that a change is about, as they were before it and as they are, by number."""
    begins = after.rows[0].number
    was = {row.number: row for row in before.rows if row.number >= begins}
    now = {row.number: row for row in after.rows}
    return [(was.get(number), now.get(number)) for number in sorted(was.keys() | now.keys())]
