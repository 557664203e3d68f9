"""One proposal: what is asked, what has changed since, its steps and votes, and what may be done with it."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.approval import queries, service
from canglian.bank.approval.commands import ConfirmProposal, WithdrawProposal
from canglian.bank.approval.console.lists import title_of
from canglian.bank.approval.model import ApprovalPolicy, Fact, Proposal, ProposalState
from canglian.bank.approval.views import proposal_view
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.queries import observing
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import names
from canglian.web.console.forms import form_values, submit
from canglian.web.console.pages import Pages
from canglian.web.error_text import format_error
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class Act(msgspec.Struct, frozen=True):
    """Something that may be done, or why it may not. ``warning`` is what would come of it against expectation."""

    reason: str = ""
    warning: str = ""
    people: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it may be done."""
        return not self.reason


class Step(msgspec.Struct, frozen=True):
    """A step of approval: whose votes, how many are needed, who gave them, and where it stands."""

    who: str
    is_group: bool
    needed: int
    given: list[str]
    state: str


@get("/proposals/{proposal:str}", guards=[needs(Permission.READ)])
async def proposal_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    proposal: FromPath[str],
) -> Response[Any]:
    """One proposal."""
    return await _show(pages, services, principal, proposal)


async def _show(
    pages: Pages, services: Services, principal: Principal, number: str, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await queries.proposal(reader, book, number)
    versions = await queries.policy_versions(reader, book, found.policy)
    policy = next(version for version in versions if version.version == found.policy_version)
    changes = await service.changes(services, book, found)
    events = await observing.events(
        reader, book, observing.EventFilter(None, f"proposal:{number}", None, None, None), Order("number", None, 100)
    )
    accounts = {fact.value for fact in _facts(found, changes) if fact.kind == "account" and isinstance(fact.value, int)}
    return await pages.render(
        "approval/proposal.html",
        status=status,
        proposal=found,
        view=proposal_view(found, policy, changes),
        title=title_of(found.kind),
        policy=policy,
        facts=[readable(fact) for fact in found.facts],
        changes=[{"then": readable(change.then), "now": readable(change.now)} for change in changes],
        steps=_steps(found, policy),
        acts=await _acts(pages, services, principal, found),
        failure=_failure(pages, found),
        reading=_reading(principal, found),
        events=events.items,
        names=await names(reader, book, accounts),
        scales=await chart.scales(reader, book),
        payload=msgspec.json.format(msgspec.json.encode(proposal_view(found, policy, []).payload)).decode(),
        key=secrets.token_hex(8),
        **{"problem": None, "values": {}, **more},
    )


def _facts(proposal: Proposal, changes: list[service.Change]) -> Iterable[Fact]:
    yield from proposal.facts
    for change in changes:
        yield from (fact for fact in (change.then, change.now) if fact is not None)


def readable(fact: Fact | None) -> dict[str, Any] | None:
    """A fact for a page: instants as instants."""
    if fact is None:
        return None
    value = datetime.fromisoformat(str(fact.value)) if fact.kind == "when" and fact.value is not None else fact.value
    return {**msgspec.structs.asdict(fact), "value": value}


def _steps(proposal: Proposal, policy: ApprovalPolicy) -> list[Step]:
    steps: list[Step] = []
    for place, tier in enumerate(policy.tiers):
        given = [vote.person for vote in proposal.votes if vote.tier == place and vote.approves and not vote.void]
        passed = place < proposal.tier or proposal.state in (ProposalState.APPROVED, ProposalState.FAILED)
        current = place == proposal.tier and proposal.state is ProposalState.PENDING
        state = "approved" if passed else "pending" if current else ""
        steps.append(Step(tier.group or tier.role or "", tier.group is not None, tier.votes, given, state))
    return steps


def _reading(principal: Principal, proposal: Proposal) -> str | None:
    """Where the maker, and nobody else, sees what was approved to be seen."""
    noun, _, identity = (proposal.outcome or "").partition(":")
    return f"/console/unmaskings/{identity}" if noun == "unmasking" and proposal.maker == principal.actor else None


def _failure(pages: Pages, proposal: Proposal) -> str:
    if proposal.failure_code is None:
        return ""
    return format_error(proposal.failure_code, proposal.failure_fields or {}, pages._)


async def _acts(pages: Pages, services: Services, principal: Principal, proposal: Proposal) -> dict[str, Act]:
    """What may be done: each act is decided and thrown away, so that the page computes no rule of its own."""

    async def tried(command: Command[Any], permission: Permission) -> Act:
        try:
            principal.require(permission)
            outcome = await services.engine.submit(
                principal.book, command, actor=principal.actor, dry_run=True, role=principal.role.value
            )
            result = outcome.unwrap()
        except CanglianError as refused:
            return Act(pages.refusal(refused).text)
        failure: str | None = getattr(result, "failure_code", None)
        return Act() if failure is None else Act(warning=pages._(CanglianError(failure).template))

    number = proposal.id
    approve = await tried(await service.approving(services, principal, number), Permission.APPROVE)
    people = [principal.actor] if approve.allowed else []
    if principal.may(Permission.APPROVE) and proposal.state is ProposalState.PENDING:
        for person in (await service.waiter(services, principal)).people[1:]:
            command = await service.approving(services, principal, number, on_behalf_of=person)
            instead = await tried(command, Permission.APPROVE)
            if instead.allowed:
                approve, people = (approve if people else instead), [*people, person]
    approve = msgspec.structs.replace(approve, people=tuple(people))
    reject = await tried(
        await service.rejecting(services, principal, number, "x", on_behalf_of=_other(people, principal)),
        Permission.APPROVE,
    )
    return {
        "approve": approve,
        "reject": reject,
        "withdraw": await tried(WithdrawProposal(proposal=number), Permission.POST),
        "confirm": await tried(ConfirmProposal(proposal=number), Permission.POST),
    }


def _other(people: list[str], principal: Principal) -> str | None:
    return None if not people or people[0] == principal.actor else people[0]


@post("/proposals/{proposal:str}", status_code=200, guards=[needs(Permission.READ)])
async def act(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    proposal: FromPath[str],
) -> Response[Any]:
    """Approve, reject, confirm or withdraw."""
    form = await form_values(request)
    try:
        command = await _asked(services, principal, proposal, form)
        (await submit(services, principal, command, form)).unwrap()
    except CanglianError as error:
        return await _show(pages, services, principal, proposal, 422, problem=pages.refusal(error), values=form)
    return Redirect(f"/console/proposals/{proposal}", status_code=303)


async def _asked(services: Services, principal: Principal, number: str, form: dict[str, str]) -> Command[Any]:
    """The command of a form; who may give which is guarded here, as the form serves several roles."""
    action = form.get("action", "")
    voting = action in ("approve", "reject")
    principal.require(Permission.APPROVE if voting else Permission.POST)
    await queries.proposal(services.reader, principal.book, number)
    person = form.get("person", "")
    instead = None if person in ("", principal.actor) else person
    if action == "approve":
        digest, comment = form.get("digest") or None, form.get("comment") or None
        return await service.approving(
            services, principal, number, on_behalf_of=instead, digest=digest, comment=comment
        )
    if action == "reject":
        if not form.get("comment"):
            raise Malformed("form.missing", field="comment")
        return await service.rejecting(services, principal, number, form["comment"], on_behalf_of=instead)
    if action == "confirm":
        return ConfirmProposal(proposal=number)
    if action == "withdraw":
        return WithdrawProposal(proposal=number)
    raise Malformed("form.choice", field="action")


handlers = (proposal_page, act)
