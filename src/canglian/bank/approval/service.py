"""Between the faces and the commands: what a command needs to know of its sender, read from the system's book.

Roles, and who made an API key, live in the book of the installation; a decision sees its own book only, so they travel
in the command and stand in its log.
"""

from typing import Annotated, Any

import msgspec

from canglian.bank.approval import queries
from canglian.bank.approval.commands import FileProposal, LookAtProposal
from canglian.bank.approval.describing import APPROVABLE, differing, payload_of
from canglian.bank.approval.model import Fact, Proposal, ProposalState
from canglian.bank.approval.queries import Waiter
from canglian.bank.approval.sealing import SEALING
from canglian.kernel.command import Command
from canglian.kernel.errors import Malformed, Rejection
from canglian.kernel.fields import doc
from canglian.kernel.values import utc_now
from canglian.web.principal import Permission, Principal, Role
from canglian.web.services import Services
from canglian.web.system import queries as system

LOOKING = "system:approval"

DEPTH_MAX = 16
"""How deep the fields of a command may be nested."""


class Change(msgspec.Struct, frozen=True):
    """A fact that is not as it was shown; None where there was, or is, none."""

    then: Annotated[Fact | None, doc("The fact as it was shown; null where there was none.")]
    now: Annotated[Fact | None, doc("The fact as it is; null where there is none any more.")]


async def behind(services: Services, principal: Principal) -> str | None:
    """The person who made the API key of the request; None for a person, and for a key that was made at the machine."""
    if principal.kind != "key":
        return None
    key = await system.key(services.reader, principal.id)
    return key.created_by if key is not None and key.created_by.startswith("user:") else None


async def role_of(services: Services, book: int, actor: str) -> Role | None:
    """The role of a user or a key in a book; None where there is none any more."""
    kind, _, name = actor.partition(":")
    if kind == "key":
        key = await system.key(services.reader, name)
        lost = key is None or key.revoked_at is not None or key.of_book != book
        return None if key is None or lost else Role(key.role)
    user = await system.user_by_login(services.reader, name)
    role = None if user is None or user.disabled else user.roles.get(str(book))
    return None if role is None else Role(role)


async def filing(
    services: Services,
    principal: Principal,
    kind: str,
    payload: dict[str, Any],
    reason: str,
    *,
    key: str | None = None,
) -> FileProposal:
    """The command that files a proposal. What the kind seals is sealed before.

    Rejects ``party.text_personal`` for a number in the reason, which is kept in plain. Malformed where it is nested
    deeply.
    """
    _check_depth(payload)
    described = APPROVABLE.get(kind)
    if described is not None and described.reason is not None and not payload.get(described.reason):
        raise Malformed("form.missing", field=described.reason)
    if kind in SEALING:
        payload = await SEALING[kind](services, principal, key, payload)
    asked = {"kind": kind, "payload": payload, "reason": reason, "role": principal.role.value}
    return msgspec.convert({**asked, "behind": await behind(services, principal)}, FileProposal)


def _check_depth(payload: dict[str, Any]) -> None:
    """No command is nested like this; and what can hardly be read could not be written into the log."""
    level: list[Any] = [payload]
    for _ in range(DEPTH_MAX):
        level = [part for thing in level for part in (thing.values() if isinstance(thing, dict) else thing)]
        level = [part for part in level if isinstance(part, dict | list)]
        if not level:
            return
    raise Malformed("request.malformed", problem="it is nested too deeply", field="payload")


def filing_of(command: Command[Any], reason: str, role: Role, behind: str | None = None) -> FileProposal:
    """The command that files a proposal for a command, for rooms that make it themselves."""
    payload = msgspec.json.decode(payload_of(command))
    return FileProposal(kind=command.__kind__, payload=payload, reason=reason, role=role, behind=behind)


async def check_members(services: Services, book: int, members: list[str]) -> None:
    """Rejects ``approver_group.member_unknown`` for who is nobody here, or may not approve."""
    for member in members:
        role = await role_of(services, book, member)
        if role is None or not role.may(Permission.APPROVE):
            raise Rejection("approver_group.member_unknown", member=member, field="members")


async def waiter(services: Services, principal: Principal) -> Waiter:
    """Whose votes somebody may give."""
    now = utc_now()
    held = await queries.delegations(services.reader, principal.book, of=principal.actor, holding_at=now)
    people = sorted({delegation.delegator for delegation in held if delegation.delegate == principal.actor})
    roles = [await role_of(services, principal.book, person) for person in people]
    return Waiter(
        principal.actor,
        principal.role.value,
        [principal.actor, *people],
        sorted({principal.role.value, *(role.value for role in roles if role is not None)}),
    )


async def changes(services: Services, book: int, proposal: Proposal) -> list[Change]:
    """What a waiting proposal is about and is not as it was shown."""
    if proposal.state is not ProposalState.PENDING:
        return []
    look = LookAtProposal(proposal=proposal.id)
    outcome = await services.engine.submit(book, look, actor=LOOKING, dry_run=True)
    if outcome.result is None:
        return []
    return [Change(then, now) for then, now in differing(proposal.facts, outcome.result)]
