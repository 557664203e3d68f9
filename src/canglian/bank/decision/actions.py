"""What can be done to rule sets and their versions: who may, and what is asked."""

from typing import Any

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.decision import availability, queries
from canglian.bank.decision.api import HANDLERS, CodePath, NumberPath
from canglian.bank.decision.commands import (
    ApproveRules,
    DecideByRules,
    DraftRules,
    PromoteRules,
    RetireRules,
    ShadowRules,
    TestRules,
)
from canglian.bank.decision.engine.rules import Outcome
from canglian.bank.decision.model import RuleVersion
from canglian.bank.party.api.paths import ReasonBody
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form
from canglian.web.principal import Permission

_VERSION = ("code", "version")


def _at(operation_id: str, path: str, **more: Any) -> Route:
    more = {"response": RuleVersion, **more}
    return Route(operation_id=operation_id, path="/{rule_set:str}/versions/{version:int}" + path, **more)


DRAFT = Action(
    command=DraftRules,
    name="draft",
    help="Draft a version of a rule set; the first one makes it.",
    permission=Permission.POST,
    cli=False,
    route=Route(operation_id="draftRules", response=RuleVersion, status=201, body="DraftRules"),
)
TEST = Action(
    command=TestRules,
    name="pass",
    help="Run the lint and the cases of a draft; where all pass, it is tested.",
    permission=Permission.POST,
    target=_VERSION,
    route=_at("testRules", "/test"),
    form=Form(
        title="Run lint and cases", submit="Run", applies=availability.is_in_use, unavailable=availability.testing
    ),
)
APPROVE = FiledAction(
    command=ApproveRules,
    name="propose",
    help="Ask for the approval of a tested version. It is approved once another person has voted for it.",
    permission=Permission.POST,
    target=_VERSION,
    route=_at(
        "proposeRules",
        "/approval",
        status=201,
        response=ProposalStatus,
        body=ReasonBody,
    ),
    form=Form(
        title="Submit for approval",
        submit="Submit",
        applies=availability.is_in_use,
        unavailable=availability.approving,
    ),
)
SHADOW = Action(
    command=ShadowRules,
    name="shadow",
    help="Let an approved version decide in the shadow: it is counted, and changes nothing.",
    permission=Permission.ADMINISTER,
    target=_VERSION,
    route=_at("shadowRules", "/shadow", body=ReasonBody),
    form=Form(
        title="Run in the shadow", submit="Run", applies=availability.is_in_use, unavailable=availability.shadowing
    ),
)
PROMOTE = Action(
    command=PromoteRules,
    name="promote",
    help="Make an approved version the champion; the one before is retired.",
    permission=Permission.ADMINISTER,
    target=_VERSION,
    route=_at("promoteRules", "/promotion", body=ReasonBody),
    form=Form(
        title="Make it the champion",
        submit="Make it the champion",
        confirm="Let this version decide from now on? The champion before is retired.",
        applies=availability.is_in_use,
        unavailable=availability.promoting,
    ),
)
RETIRE = Action(
    command=RetireRules,
    name="retire",
    help="Take a version out of use; without a champion every case goes to a person.",
    permission=Permission.ADMINISTER,
    target=_VERSION,
    route=_at("retireRules", "/retirement", body=ReasonBody),
    form=Form(
        title="Retire the version",
        submit="Retire",
        confirm="Retire this version? If it is the champion, every case goes to a person.",
        danger=True,
        applies=availability.is_in_use,
    ),
)
DECIDE = Action(
    command=DecideByRules,
    name="decide",
    help="Ask the champion of a rule set about a case.",
    permission=Permission.POST,
    target=("code",),
    cli=False,
    route=Route(
        operation_id="decideByRules",
        path="/{rule_set:str}/decisions",
        response=Outcome,
        body="DecisionRequest",
        body_help="A case: the inputs of the rules by name.",
    ),
)

ON_PAGE = (TEST, APPROVE, SHADOW, PROMOTE, RETIRE)
"""What the page of a version offers, in its order."""

RULE_SETS = Resource(
    name="rule-set",
    path="/rule-sets",
    tag="rule sets",
    plural="rule sets",
    actions=(DRAFT, *ON_PAGE, DECIDE),
    parameters={"rule_set": CodePath, "version": NumberPath},
    handlers=HANDLERS,
    listing=Listing(
        read=queries.rule_sets,
        filter=queries.RuleSetFilter,
        columns=("code", "name", "champion", "shadow", "latest", "updated_at"),
    ),
)
