"""Rule sets as a room."""

from canglian.bank.decision import demo, examples
from canglian.bank.decision.actions import RULE_SETS
from canglian.bank.decision.console import HANDLERS
from canglian.web.links import by_id
from canglian.web.room import NavItem, Room, Workspace

ROOM = Room(
    "decision",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=demo.fill,
    api=(RULE_SETS.router(),),
    console=HANDLERS,
    nav=(NavItem(Workspace.RISK, "", "Rule sets", "/console/rule-sets", "template"),),
    templates=("canglian.bank.decision",),
    objects={"rule_set": "/console/rule-sets/{}"},
)
