"""Approval as a room."""

import canglian.bank.approval.error_text  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers the texts of refusals
from canglian.bank.approval import examples, queries
from canglian.bank.approval.actions import DELEGATIONS, PROPOSALS
from canglian.bank.approval.api import router
from canglian.bank.approval.commands import ExpireProposal
from canglian.bank.approval.console import HANDLERS
from canglian.bank.approval.console.lists import FINDS, SECTIONS, WAITING
from canglian.bank.approval.console.picks import PICKS
from canglian.bank.approval.demo import set_policies
from canglian.kernel.values import utc_now
from canglian.web.additions import Remedy
from canglian.web.due import settle
from canglian.web.principal import Permission
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

EXPIRY_SECONDS = 15.0


async def expire_proposals(services: Services, book: int) -> None:
    """End every proposal whose time has passed; the key names the proposal, so twice is harmless."""
    numbers = await queries.due(services.reader, book, utc_now())
    due = {f"expire:proposal:{number}": ExpireProposal(proposal=number) for number in numbers}
    await settle(services, book, due, actor="job:expire-proposals")


ROOM = Room(
    "approval",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=examples.LINKS,
    demo=set_policies,
    api=(PROPOSALS.router(), DELEGATIONS.router(), router),
    console=HANDLERS,
    finds=FINDS,
    waiting=WAITING,
    sections=SECTIONS,
    picks=PICKS,
    nav=(
        NavItem(Workspace.TODAY, "", "My tasks", "/console/tasks", "check", Permission.APPROVE),
        NavItem(Workspace.RISK, "", "Approval requests", "/console/proposals", "list-details"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Approval policies", "/console/approval-policies", "table"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Approver groups", "/console/approver-groups", "users"),
        NavItem(Workspace.RISK, "", "Delegations", "/console/delegations", "user-circle"),
    ),
    templates=("canglian.bank.approval",),
    remedies={"approval.required": Remedy("Request approval", "/console/proposals/new?kind={kind}", carries=True)},
    objects={
        "proposal": "/console/proposals/{}",
        "approval_policy": "/console/approval-policies/{}",
        "approver_group": "/console/approver-groups?code={}",
    },
    jobs=(Job("expire-proposals", EXPIRY_SECONDS, expire_proposals),),
)
