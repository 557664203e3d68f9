"""One person or organisation: facts by masks, what hangs on it, what happened, what may be done and what not."""

import secrets
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.party.api.leaving import NO_STORE, UnmaskRequest
from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.party.commands import (
    AddBeneficialOwner,
    AddRole,
    EndBeneficialOwner,
    EndPersonSessions,
    EndRelationship,
    EndRole,
    EraseParty,
    ExportPersonalData,
    GiveConsent,
    MergeParties,
    NoteIntentCheck,
    RateRisk,
    ResumeRelationship,
    StartOpening,
    StateNoOwners,
    UnmaskParty,
    VerifyFaceToFace,
    WithdrawConsent,
)
from canglian.bank.party.console.people import PATH, business_date
from canglian.bank.party.console.unmaskings import as_file
from canglian.bank.party.disclosing import Disclosed, disclose, everything
from canglian.bank.party.eligibility import LACKS
from canglian.bank.party.model import (
    Control,
    DocumentKind,
    Field,
    IntentHow,
    IntentOutcome,
    Party,
    PartyKind,
    PartyState,
    Risk,
    RoleName,
)
from canglian.bank.party.queries import entrance, intent, lists, openings, parties
from canglian.bank.party.requests import DocumentRequest, PartyChange, sealer_for
from canglian.bank.party.rules import is_valid, may_be_erased_on
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, form_values, read, submit
from canglian.web.console.submitting import Form, answer_form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

NEEDS_APPROVAL = "approval.required"
"""How the door of a book refuses what others have to approve (``Book.admit``); that room stands above this one."""


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
    *,
    seen: Disclosed | None = None,
    problem: Any = None,
    values: dict[str, str] | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await parties.party(reader, book, identity)
    today = await business_date(services, principal)
    rules = await lists.policy_on(reader, book, today)
    documents = await parties.documents_of(reader, book, identity)
    owners = await parties.owners_of(reader, book, identity)
    owned = await parties.owned_by(reader, book, identity)
    alike = await parties.duplicates(reader, book, found) if found.state is PartyState.ACTIVE else []
    checks = await intent.checks_of(reader, book, identity)
    others = [
        found.representative,
        *(check.spoke_with for check in checks),
        *(owner.owner for owner in owners),
        *(owner.company for owner in owned),
    ]
    others_approve = await _for_others(services, principal, found, [duplicate.party.id for duplicate in alike])
    page = await pages.render(
        "party/person.html",
        status=status,
        party=(await parties.views(reader, book, [found]))[0],
        is_person=found.kind is PartyKind.PERSON,
        is_active=found.state is PartyState.ACTIVE,
        roles=await parties.roles_of(reader, book, identity),
        documents=documents,
        valid_documents=[document for document in documents if is_valid(document, today)],
        owners=owners,
        owned=owned,
        names=await parties.names(reader, book, others),
        exemptions=await intent.exemptions_of(reader, book, identity),
        checks=checks,
        lacks=LACKS,
        lacking=await intent.lacking_of(reader, book, found, today),
        consents=await lists.consents_of(reader, book, identity),
        openings=await openings.openings_of(reader, book, identity),
        sessions=await entrance.sessions_of(reader, book, identity, utc_now()),
        listed=[
            entry
            for entry in await lists.entries_about(reader, book, today, found.number_index, found.mobile_index)
            if entry.in_force
        ],
        alike=alike,
        merged=await parties.merged_into(reader, book, identity),
        history=await history(reader, book, f"party:{identity}"),
        unmaskings=await parties.unmaskings_of(reader, book, identity),
        erasable_on=may_be_erased_on(found.ended_on or today, rules),
        today=today,
        rules=rules,
        choices={
            "roles": list(RoleName),
            "documents": list(DocumentKind),
            "risks": list(Risk),
            "controls": list(Control),
            "hows": list(IntentHow),
            "intents": list(IntentOutcome),
        },
        fields=[(field.value, f"field.{field.value}") for field in Field],
        others_approve=others_approve,
        seen=None if seen is None else msgspec.to_builtins(seen),
        may_post=principal.may(Permission.POST),
        may_approve=principal.may(Permission.APPROVE),
        key=secrets.token_hex(8),
        problem=problem,
        values=values or {},
    )
    if seen is not None:
        page.headers.update(NO_STORE)
    return page


async def _for_others(services: Services, principal: Principal, party: Party, alike: list[str]) -> set[str]:
    """Which of the grave acts the book's policies leave to the approval of others, by their commands' kinds.

    Each is asked for and thrown away: the door of the book says so before any rule of the act itself does.
    """
    if party.state in (PartyState.MERGED, PartyState.ERASED):
        return set()
    asked: list[Command[Any]] = [
        UnmaskParty(party=party.id, fields=[Field.NAME], reason="?"),
        ExportPersonalData(party=party.id, reason="?"),
        EraseParty(party=party.id, reason="?"),
        *(MergeParties(survivor=party.id, other=other, reason="?") for other in alike[:1]),
    ]
    held: set[str] = set()
    for command in asked:
        outcome = await services.engine.submit(
            principal.book, command, actor=principal.actor, dry_run=True, role=principal.role.value
        )
        if outcome.error is not None and outcome.error.code == NEEDS_APPROVAL:
            held.add(command.__kind__)
    return held


@post("/people/{party:str}", status_code=200, guards=[needs(Permission.POST)])
async def act(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    party: FromPath[str],
) -> Response[Any]:
    """What an operator does to a party, by the form's action."""
    form = await form_values(request)
    try:
        found = await parties.party(services.reader, principal.book, party)
        command = await _command(services, principal, found, form)
        (await submit(services, principal, command, form)).unwrap()
    except NotFound:
        raise
    except CanglianError as error:
        return await _show(pages, services, principal, party, 422, problem=pages.refusal(error), values=form)
    return Redirect(f"{PATH}/{party}", status_code=303)


async def _command(services: Services, principal: Principal, party: Party, form: dict[str, str]) -> Command[Any]:
    """The command of a form's action."""
    action = form.get("action", "")
    fields: dict[str, Any] = {name: value for name, value in form.items() if name != "action"}
    sealer = await sealer_for(services, principal, form.get(KEY) or None)
    if action == "change":
        return read(fields, PartyChange).command(sealer, party)
    if action == "document":
        return read(fields, DocumentRequest).command(sealer, party.id)
    if action == "owner":
        return read({**fields, "company": party.id}, AddBeneficialOwner)
    if action == "intent":
        given = {**fields, "spoke_with": party.representative or "", "held_at": _instant(fields.get("held_at", ""))}
        return read({**given, "company": party.id}, NoteIntentCheck)
    kinds: dict[str, Any] = {
        "verify": VerifyFaceToFace,
        "risk": RateRisk,
        "role": AddRole,
        "end_role": EndRole,
        "consent": GiveConsent,
        "opening": StartOpening,
        "end": EndRelationship,
        "resume": ResumeRelationship,
        "end_sessions": EndPersonSessions,
    }
    if action == "no_owners":
        return read({**fields, "company": party.id}, StateNoOwners)
    if action == "withdraw":
        return read(fields, WithdrawConsent)
    if action == "end_owner":
        return read({**fields, "company": party.id}, EndBeneficialOwner)
    if action not in kinds:
        raise NotFound("request.not_found", path=f"{PATH}/{party.id}")
    return read({**fields, "party": party.id}, kinds[action])


def _instant(text: str) -> str:
    """What a form says of a moment in Shanghai as an instant; what is none stays, to be refused."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).isoformat()
    except ValueError:
        return text


@post("/people/{party:str}/merge", status_code=200, guards=[needs(Permission.APPROVE)])
async def merge(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    party: FromPath[str],
) -> Response[Any]:
    """Merge another record into this one."""

    def made(form: Form) -> MergeParties:
        return read({**form, "survivor": party}, MergeParties)

    return await submit_form(pages, made, partial(_show, pages, services, principal, party), f"{PATH}/{party}")


@post("/people/{party:str}/erase", status_code=200, guards=[needs(Permission.APPROVE)])
async def erase(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    party: FromPath[str],
) -> Response[Any]:
    """Erase the personal data of a party."""

    def made(form: Form) -> EraseParty:
        return EraseParty(party=party, reason=read(form, ReasonBody).reason)

    return await submit_form(pages, made, partial(_show, pages, services, principal, party), f"{PATH}/{party}")


@post("/people/{party:str}/unmask", status_code=200, guards=[needs(Permission.APPROVE)])
async def unmask(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    party: FromPath[str],
) -> Response[Any]:
    """See personal data in plain, once, on this page; the line that says so was committed before."""

    async def look(form: Form) -> Response[Any]:
        chosen = [field.value for field in Field if form.get(f"field_{field.value}")]
        asked = read({"fields": chosen, "reason": form.get("reason", "")}, UnmaskRequest)
        command = UnmaskParty(party=party, fields=asked.fields, reason=asked.reason)
        outcome = await submit(services, principal, command, form)
        shown = await disclose(services, principal.book, outcome)
        return await _show(pages, services, principal, party, seen=shown.data)

    return await answer_form(pages, look, partial(_show, pages, services, principal, party))


@post("/people/{party:str}/export", status_code=200, guards=[needs(Permission.APPROVE)])
async def export(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    party: FromPath[str],
) -> Response[Any]:
    """Everything that is held about a party, as a file for the person."""

    async def look(form: Form) -> Response[Any]:
        command = ExportPersonalData(party=party, reason=read(form, ReasonBody).reason)
        outcome = await submit(services, principal, command, form)
        return as_file(party, await everything(services, principal.book, outcome))

    return await answer_form(pages, look, partial(_show, pages, services, principal, party))


handlers = (person_page, act, merge, erase, unmask, export)
