"""One proposal: what is asked, what has changed since, its steps and votes, and what may be done with it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.approval import queries, service
from canglian.bank.approval.actions import APPROVE, CONFIRM, ON_PROPOSAL, REJECT, WITHDRAW
from canglian.bank.approval.availability import ProposalShown
from canglian.bank.approval.console.lists import title_of
from canglian.bank.approval.model import ApprovalPolicy, Fact, Proposal, ProposalState
from canglian.bank.approval.views import proposal_view
from canglian.kernel.errors import CanglianError
from canglian.kernel.queries import observing
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import names
from canglian.web.console import plain
from canglian.web.console.actions import FormView, Submission, action_forms, submit_action
from canglian.web.console.pages import Pages
from canglian.web.console.trying import Tried, tried
from canglian.web.error_text import format_error
from canglian.web.form import Why
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


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
    pages: Pages,
    services: Services,
    principal: Principal,
    number: str,
    status: int = 200,
    submission: Submission | None = None,
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
    is_pending = found.state is ProposalState.PENDING
    has_changed = bool(changes)
    attempts = await _tried(pages, services, principal, found, has_changed=has_changed) if is_pending else None
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
        forms=[] if attempts is None else _forms(pages, found, attempts, submission),
        warning="" if attempts is None else attempts.warning,
        failure=_failure(pages, found),
        reading=_reading(principal, found),
        events=events.items,
        names=await names(reader, book, accounts),
        scales=await chart.scales(reader, book),
        payload=msgspec.json.format(msgspec.json.encode(proposal_view(found, policy, []).payload)).decode(),
        problem=None if submission is None else submission.problem,
    )


def _forms(pages: Pages, proposal: Proposal, attempts: "Attempts", submission: Submission | None) -> list[FormView]:
    shown = attempts.shown
    others = [(person, plain.who(person, pages._)) for person in shown.people if person != shown.actor]
    myself = [("", pages._("myself"))] if shown.actor in shown.people else []
    return action_forms(
        pages,
        ON_PROPOSAL,
        shown,
        choices={"on_behalf_of": [*myself, *others]},
        initial={"digest": proposal.digest, "on_behalf_of": others[0][0] if others and not myself else ""},
        submission=submission,
        refused=attempts.refused,
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


class Attempts(msgspec.Struct, frozen=True):
    """What came of trying every action. ``warning`` is what would come of the last vote against expectation."""

    shown: ProposalShown
    refused: Mapping[str, Why]
    warning: str


async def _tried(
    pages: Pages, services: Services, principal: Principal, proposal: Proposal, *, has_changed: bool
) -> Attempts:
    """What may be done: each action is decided and thrown away, a vote in the place of everybody who may be meant."""
    target = {"proposal": proposal.id}
    vote = await tried(pages, APPROVE, target=target, typed={})
    may_vote = principal.may(APPROVE.permission)
    people = [principal.actor] if may_vote and vote.why is None else []
    for person in (await service.waiter(services, principal)).people[1:] if may_vote else []:
        instead = await tried(pages, APPROVE, target=target, typed={"on_behalf_of": person})
        if instead.why is None:
            vote, people = Tried(result=vote.result or instead.result), [*people, person]
    other = None if not people or people[0] == principal.actor else people[0]
    attempts = {
        APPROVE.name: vote,
        REJECT.name: await tried(pages, REJECT, target=target, typed={"comment": "x", "on_behalf_of": other}),
        WITHDRAW.name: await tried(pages, WITHDRAW, target=target, typed={}),
        CONFIRM.name: await tried(pages, CONFIRM, target=target, typed={}),
    }
    failure: str | None = getattr(vote.result, "failure_code", None)
    return Attempts(
        ProposalShown(people, principal.actor, has_changed or attempts[CONFIRM.name].result is not None),
        {name: attempt.why for name, attempt in attempts.items() if attempt.why is not None},
        "" if failure is None else pages._(CanglianError(failure).template),
    )


@post("/proposals/{proposal:str}", status_code=200, guards=[needs(Permission.READ)])
async def act(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    proposal: FromPath[str],
) -> Response[Any]:
    """Approve, reject, confirm or withdraw."""
    await queries.proposal(services.reader, principal.book, proposal)
    again = partial(_show, pages, services, principal, proposal)
    address = f"/console/proposals/{proposal}"
    return await submit_action(pages, ON_PROPOSAL, again, address, target={"proposal": proposal})


handlers = (proposal_page, act)
