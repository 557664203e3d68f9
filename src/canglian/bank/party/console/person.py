"""One person or organisation: facts by masks, what hangs on it, what happened, what may be done and what not."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from canglian.bank.party.actions import (
    END_OWNER,
    END_ROLE,
    EXPORT,
    FOR_APPROVERS,
    IN_ROWS,
    MERGE,
    ON_PARTY,
    RENAME,
    REQUESTED,
    TRIED,
    UNMASK,
    WITHDRAW_CONSENT,
)
from canglian.bank.party.api.leaving import NO_STORE
from canglian.bank.party.availability import PartyShown
from canglian.bank.party.console.people import PATH, business_date
from canglian.bank.party.console.unmaskings import as_file
from canglian.bank.party.disclosing import Disclosed, disclose, everything
from canglian.bank.party.eligibility import LACKS
from canglian.bank.party.model import Field, Party, PartyKind, PartyState, Unmasking
from canglian.bank.party.queries import entrance, intent, lists, openings, parties
from canglian.bank.party.rules import signed_in_by
from canglian.kernel.command import Outcome
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart
from canglian.ledger.queries.flows import movements
from canglian.ledger.queries.history import history
from canglian.web.actions import Action
from canglian.web.console import Pages
from canglian.web.console.actions import Choices, FormView, InputView, Submission, action_forms, submit_action
from canglian.web.console.trying import refusals, tried
from canglian.web.form import Why
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

NEEDS_APPROVAL = "approval.required"
"""How the door of a book refuses what others have to approve (``Book.admit``); that room stands above this one."""

REQUESTS = "/console/proposals/new"
"""Where somebody asks for what others have to approve."""

_TYPED = {"reason": "x", "place": "x"}  # stands for what is typed in what is only tried


@get("/people/{party:str}", guards=[needs(Permission.READ)])
async def person_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    party: FromPath[str],
) -> Response[Any]:
    """One party."""
    return await _show(pages, services, principal, party)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
    *,
    seen: Disclosed | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await parties.party(reader, book, identity)
    owned = await parties.owned_by(reader, book, identity)
    checks = await intent.checks_of(reader, book, identity)
    shown = await _shown(services, principal, found)
    entries = await lists.entries_about(reader, book, shown.today, found.number_index, found.mobile_index)
    rows = partial(_rows, pages, shown, submission)
    linked = [owner.company for owner in owned] + [check.spoke_with for check in checks]
    held = await pages.holdings(principal, identity)
    numbers = {holding.account: holding for holding in held if holding.account and not holding.within}
    page = await pages.render(
        "party/person.html",
        status=status,
        party=(await parties.views(reader, book, [found]))[0],
        is_person=found.kind is PartyKind.PERSON,
        is_active=shown.is_active,
        roles=await rows(END_ROLE, await parties.roles_of(reader, book, identity)),
        documents=shown.documents,
        owners=await rows(END_OWNER, shown.owners),
        owned=owned,
        names=shown.names | await parties.names(reader, book, linked),
        exemptions=shown.exemptions,
        checks=checks,
        lacks=LACKS,
        lacking=await intent.lacking_of(reader, book, found, shown.today),
        consents=await rows(WITHDRAW_CONSENT, await lists.consents_of(reader, book, identity)),
        openings=shown.openings,
        sessions=shown.sessions,
        listed=[entry for entry in entries if entry.in_force],
        alike=shown.alike,
        sharing=[match.party for match in shown.alike if "mobile" in match.common],
        signs_in=shown.signs_in,
        merged=await parties.merged_into(reader, book, identity),
        history=await history(reader, book, f"party:{identity}"),
        unmaskings=await parties.unmaskings_of(reader, book, identity),
        today=shown.today,
        forms=await _forms(pages, principal, shown, submission),
        holdings=held,
        movements=await movements(reader, book, list(numbers)),
        numbers=numbers,
        scales=await chart.scales(reader, book),
        sections=await pages.sections(principal, "party", identity),
        page_links=pages.links("party", identity),
        seen=None if seen is None else msgspec.to_builtins(seen),
        may_post=principal.may(Permission.POST),
        may_approve=principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )
    if seen is not None:
        page.headers.update(NO_STORE)
    return page


async def _shown(services: Services, principal: Principal, party: Party) -> PartyShown:
    """A party with what decides about its forms."""
    reader, book = services.reader, principal.book
    today = await business_date(services, principal)
    owners = await parties.owners_of(reader, book, party.id)
    signed_in = signed_in_by(await parties.sharing(reader, book, party))
    return PartyShown(
        party,
        today,
        await lists.policy_on(reader, book, today),
        await parties.documents_of(reader, book, party.id),
        owners,
        await intent.exemptions_of(reader, book, party.id),
        await openings.openings_of(reader, book, party.id),
        await entrance.sessions_of(reader, book, party.id, utc_now()),
        await parties.duplicates(reader, book, party) if party.state is PartyState.ACTIVE else [],
        None if signed_in is None else signed_in.id,
        await parties.names(reader, book, [party.representative, *(owner.owner for owner in owners)]),
    )


async def _rows(
    pages: Pages, shown: PartyShown, submission: Submission | None, action: Action, things: Sequence[Any]
) -> list[tuple[Any, list[FormView]]]:
    """Things of a party, each with the form that ends it."""
    may_end = shown.is_active and pages.principal is not None and pages.principal.may(action.permission)
    name, party = action.target[-1], shown.party.id

    async def row(thing: Any) -> tuple[Any, list[FormView]]:
        if not may_end or _is_over(thing):
            return thing, []
        target = {"party": party, "company": party, name: thing.id}
        refused = await refusals(pages, [action], shown, typed=_TYPED, target=target)
        return thing, action_forms(pages, [action], target={name: thing.id}, submission=submission, refused=refused)

    return await asyncio.gather(*map(row, things))


def _is_over(thing: Any) -> bool:
    return any(getattr(thing, name, None) is not None for name in ("ended_on", "withdrawn_at"))


async def _forms(
    pages: Pages, principal: Principal, shown: PartyShown, submission: Submission | None
) -> list[FormView]:
    """What may be done, and what others have to approve where the book's policy says so."""
    document = "identity_card" if shown.party.kind is PartyKind.PERSON else "business_licence"
    grave = await _grave(pages, shown)
    made = partial(
        action_forms,
        pages,
        shown=shown,
        refused=await _refused(pages, shown) | grave,
        choices=_choices(pages, shown),
        initial={"risk": shown.party.risk.value, "document_kind": document},
        submission=submission,
    )
    forms = made([action for action in ON_PARTY if principal.may(action.permission)])
    if principal.may(RENAME.permission):
        forms += [_request(pages, RENAME, form, shown) for form in made([RENAME])]
    for action in FOR_APPROVERS:
        if action.name in grave and grave[action.name].code == NEEDS_APPROVAL:
            forms += [_request(pages, action, form, shown) for form in made([REQUESTED[action.command]], refused={})]
        else:
            forms += made([action])
    return forms


def _choices(pages: Pages, shown: PartyShown) -> Choices:
    documents = [(document, pages._(f"document.{document.kind.value}")) for document in shown.valid_documents]
    others = [match.party for match in shown.alike]
    return {
        "document": [(document.id, f"{title} {document.number_mask}") for document, title in documents],
        "other": [(other.id, f"{other.name} {other.number or other.mobile or '—'}") for other in others],
    }


def _request(pages: Pages, action: Action, form: FormView, shown: PartyShown) -> FormView:
    """A form as what somebody asks for and others approve."""
    if form.reason:
        return form
    if pages.principal is None or not pages.principal.may(Permission.POST):
        reason = pages._("Under this book's policy another user submits it, and you may approve it.")
        return replace(form, reason=reason, inputs=[])
    note = pages._("This book's policy requires approval; it is executed on the final approval.")
    if action in (UNMASK, EXPORT):
        minutes = pages._("Only you can then view it, for %(minutes)s minutes.")
        note = f"{note} {minutes % {'minutes': shown.rules.unmask_minutes}}"
    named = {"kind": action.command.__kind__, action.target[0]: shown.party.id}
    hidden = [InputView(f"{form.id}-{name}", name, "hidden", value=value) for name, value in named.items()]
    inputs = [replace(view, name="proposal_reason") if view.name == "reason" else view for view in form.inputs]
    return replace(
        form,
        submit=pages._("Request approval"),
        note=note,
        confirm="",
        danger=False,
        download=False,
        address=REQUESTS,
        inputs=[*hidden, *inputs],
    )


async def _refused(pages: Pages, shown: PartyShown) -> dict[str, Why]:
    """Why actions would be refused now, of those that can be tried without what somebody types."""
    party = shown.party.id
    typed = {**_TYPED, "document": next((document.id for document in shown.valid_documents), None)}
    return dict(await refusals(pages, TRIED, shown, typed=typed, target={"party": party, "company": party}))


async def _grave(pages: Pages, shown: PartyShown) -> dict[str, Why]:
    """Why grave acts would be refused now; most often because the book's policies leave them to the approval of others.

    The door of the book says so before any rule of the act itself does.
    """
    party = shown.party
    if party.state in (PartyState.MERGED, PartyState.ERASED):
        return {}
    typed = {**_TYPED, "fields": [Field.NAME], "other": shown.alike[0].party.id if shown.alike else None}
    actions = [REQUESTED[action.command] for action in FOR_APPROVERS if action is not MERGE or shown.alike]
    target = {"party": party.id, "survivor": party.id}
    attempts = await asyncio.gather(*(tried(pages, action, shown, typed=typed, target=target) for action in actions))
    found = zip(actions, attempts, strict=True)
    return {action.name: attempt.why for action, attempt in found if attempt.why is not None}


@post("/people/{party:str}", status_code=200, guards=[needs(Permission.READ)])
async def act(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    party: FromPath[str],
) -> Response[Any]:
    """What is done to a party; an approver sees its data in plain on this page, once, or gets it as a file."""
    found = await parties.party(services.reader, principal.book, party)
    again = partial(_show, pages, services, principal, party)

    async def seen(outcome: Outcome[Unmasking]) -> Response[Any]:
        return await again(seen=(await disclose(services, principal.book, outcome)).data)

    async def handed_out(outcome: Outcome[Unmasking]) -> Response[Any]:
        return as_file(party, await everything(services, principal.book, outcome))

    return await submit_action(
        pages,
        (*ON_PARTY, *FOR_APPROVERS, *IN_ROWS),
        again,
        f"{PATH}/{party}",
        target={"party": party, "company": party, "survivor": party, "spoke_with": found.representative},
        answers={UNMASK.name: seen, EXPORT.name: handed_out},
    )


handlers = (person_page, act)
