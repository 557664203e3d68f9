"""One person or organisation: facts by masks, what hangs on it, what happened, what may be done and what not."""

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
    ON_PARTY,
    RENAME,
    REQUESTED,
    UNMASK,
    WITHDRAW_CONSENT,
)
from canglian.bank.party.api.leaving import NO_STORE
from canglian.bank.party.availability import PartyShown
from canglian.bank.party.commands import EraseParty, ExportPersonalData, MergeParties, UnmaskParty
from canglian.bank.party.console.people import PATH, business_date
from canglian.bank.party.console.unmaskings import as_file
from canglian.bank.party.disclosing import Disclosed, disclose, everything
from canglian.bank.party.eligibility import LACKS
from canglian.bank.party.model import Field, Party, PartyKind, PartyState, Unmasking
from canglian.bank.party.queries import entrance, intent, lists, openings, parties
from canglian.bank.party.rules import signed_in_by
from canglian.kernel.command import Command, Outcome
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart
from canglian.ledger.queries.flows import movements
from canglian.ledger.queries.history import history
from canglian.web.actions import Action
from canglian.web.console import Pages
from canglian.web.console.actions import Choices, FormView, InputView, Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

NEEDS_APPROVAL = "approval.required"
"""How the door of a book refuses what others have to approve (``Book.admit``); that room stands above this one."""

REQUESTS = "/console/proposals/new"
"""Where somebody asks for what others have to approve."""


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
    numbers = {holding.account: holding for holding in held if holding.account is not None}
    page = await pages.render(
        "party/person.html",
        status=status,
        party=(await parties.views(reader, book, [found]))[0],
        is_person=found.kind is PartyKind.PERSON,
        is_active=shown.is_active,
        roles=rows(END_ROLE, await parties.roles_of(reader, book, identity)),
        documents=shown.documents,
        owners=rows(END_OWNER, shown.owners),
        owned=owned,
        names=shown.names | await parties.names(reader, book, linked),
        exemptions=shown.exemptions,
        checks=checks,
        lacks=LACKS,
        lacking=await intent.lacking_of(reader, book, found, shown.today),
        consents=rows(WITHDRAW_CONSENT, await lists.consents_of(reader, book, identity)),
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
        forms=await _forms(pages, services, principal, shown, submission),
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


def _rows(
    pages: Pages, shown: PartyShown, submission: Submission | None, action: Action, things: Sequence[Any]
) -> list[tuple[Any, list[FormView]]]:
    """Things of a party, each with the form that ends it."""
    may_end = shown.is_active and pages.principal is not None and pages.principal.may(action.permission)
    offered, name = [action] if may_end else [], action.target[-1]
    return [(thing, action_forms(pages, offered, target={name: thing.id}, submission=submission)) for thing in things]


async def _forms(
    pages: Pages, services: Services, principal: Principal, shown: PartyShown, submission: Submission | None
) -> list[FormView]:
    """What may be done, and what others have to approve where the book's policy says so."""
    document = "identity_card" if shown.party.kind is PartyKind.PERSON else "business_licence"
    made = partial(
        action_forms,
        pages,
        shown=shown,
        choices=_choices(pages, shown),
        initial={"risk": shown.party.risk.value, "document_kind": document},
        submission=submission,
    )
    forms = made([action for action in ON_PARTY if principal.may(action.permission)])
    if principal.may(RENAME.permission):
        forms += [_request(pages, RENAME, form, shown) for form in made([RENAME])]
    held = await _for_others(services, principal, shown)
    for action in FOR_APPROVERS:
        if action.command in held:
            forms += [_request(pages, action, form, shown) for form in made([REQUESTED[action.command]])]
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


async def _for_others(services: Services, principal: Principal, shown: PartyShown) -> set[type[Command[Any]]]:
    """Which of the grave acts the book's policies leave to the approval of others.

    Each is asked for and thrown away: the door of the book says so before any rule of the act itself does.
    """
    party = shown.party
    if party.state in (PartyState.MERGED, PartyState.ERASED):
        return set()
    asked: list[Command[Any]] = [
        UnmaskParty(party=party.id, fields=[Field.NAME], reason="?"),
        ExportPersonalData(party=party.id, reason="?"),
        EraseParty(party=party.id, reason="?"),
        *(MergeParties(survivor=party.id, other=match.party.id, reason="?") for match in shown.alike[:1]),
    ]
    held: set[type[Command[Any]]] = set()
    for command in asked:
        outcome = await services.engine.submit(
            principal.book, command, actor=principal.actor, dry_run=True, role=principal.role.value
        )
        if outcome.error is not None and outcome.error.code == NEEDS_APPROVAL:
            held.add(type(command))
    return held


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
