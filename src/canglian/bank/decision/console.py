"""Pages of rule sets: the list, a version with its rules, findings and cases, what differs, drafting, trying it."""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.decision import queries
from canglian.bank.decision.actions import ON_PAGE
from canglian.bank.decision.commands import DraftRules
from canglian.bank.decision.comparing import differences
from canglian.bank.decision.deciding import decide_with
from canglian.bank.decision.editing import edited, grids_of, typed_cases, typed_inputs
from canglian.bank.decision.engine.rules import Outcome, ready_by_hash
from canglian.bank.decision.files import as_file, read_text
from canglian.bank.decision.model import RuleVersion
from canglian.bank.decision.wording import finding_text, place_of, why_person
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries.history import history
from canglian.web.additions import PageLink
from canglian.web.console import Column, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.forms import Wrong, form_values, read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/rule-sets"
_READ = [needs(Permission.READ)]
_POST = [needs(Permission.POST)]
_LIST = ListSpec(
    "rule-sets",
    "Rule sets",
    "Rules that decide: which version is in force, and which one is tried beside it.",
    [
        Column("name", "Name", "words", phone=True),
        Column("code", "Code", "code", sort="code"),
        Column("champion", "Champion", "number", phone=True),
        Column("shadow", "In the shadow", "number"),
        Column("latest", "Latest version", "number"),
        Column("updated_at", "Updated", "when"),
    ],
    [],
    href=PATH + "/{code}",
    empty="No rule set has been drafted yet.",
    sort="code",
)
_NEW = PageLink("New rule set", f"{PATH}/new", "plus", Permission.POST)


@get("/rule-sets", guards=_READ)
async def list_rule_sets(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All rule sets."""

    async def read_page(order: Order) -> Page[Any]:
        return await queries.rule_sets(services.reader, principal.book, queries.RuleSetFilter(), order)

    return await list_page(pages, _LIST, read_page, actions=[_NEW])


@get("/rule-sets/{code:str}", guards=_READ)
async def rule_set_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
) -> Response[Any]:
    """A rule set: its versions, and how those in the shadow did."""
    reader, book = services.reader, principal.book
    found = await queries.rule_set(reader, book, code)
    return await pages.render(
        "decision/rule_set.html",
        found=found,
        versions=await queries.versions(reader, book, code),
        shadows=await queries.shadows(reader, book, code),
        history=await history(reader, book, f"rule_set:{code}"),
        may_post=principal.may(Permission.POST),
    )


@get("/rule-sets/{code:str}/{version:int}", guards=_READ)
async def version_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """A version of a rule set."""
    return await _show(pages, services, principal, code, version)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    code: str,
    number: int,
    status: int = 200,
    submission: Submission | None = None,
    tried: Outcome | None = None,
    sent: Mapping[str, str] | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    rule_set = await queries.rule_set(reader, book, code)
    found = await queries.version(reader, book, code, number)
    compiled = ready_by_hash(found.hash, found.rules)
    results = compiled.run_cases(code, number, found.cases) if compiled.is_sound else []
    return await pages.render(
        "decision/version.html",
        status=status,
        rule_set=rule_set,
        found=found,
        grids=grids_of(found.document),
        steps=compiled.model.nodes if compiled.model is not None else [],
        findings=[(finding, place_of(finding), finding_text(finding, pages._)) for finding in compiled.findings],
        results=[(result, why_person(result.outcome, pages._)) for result in results],
        is_sound=compiled.is_sound,
        tried=tried,
        tried_why="" if tried is None else why_person(tried, pages._),
        sent=sent or {},
        forms=action_forms(pages, ON_PAGE, found, submission=submission),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
        key=secrets.token_hex(8),
    )


@post("/rule-sets/{code:str}/{version:int}", status_code=200, guards=_POST)
async def act_on_version(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """What is done to a version."""
    show = partial(_show, pages, services, principal, code, version)

    def to(result: Any) -> str:
        return f"{PATH}/{code}/{version}" if isinstance(result, RuleVersion) else f"/console/proposals/{result.id}"

    return await submit_action(pages, ON_PAGE, show, to, target={"code": code, "version": version})


@post("/rule-sets/{code:str}/{version:int}/try", status_code=200, guards=_READ)
async def try_version(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """Decide a case that was typed by a version, in whatever state it is; nothing is kept."""
    values = await form_values(pages.request)
    found = await queries.version(services.reader, principal.book, code, version)
    outcome = decide_with(found, typed_inputs(found.inputs, values))
    return await _show(pages, services, principal, code, version, tried=outcome, sent=values)


@get("/rule-sets/{code:str}/{version:int}/differences", guards=_READ)
async def differences_page(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """What a version says otherwise than an earlier one."""
    reader, book = services.reader, principal.book
    versions = await queries.versions(reader, book, code)
    found = await queries.version(reader, book, code, version)
    typed = request.query_params.get("from", "")
    base = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else max(version - 1, 1)
    other = await queries.version(reader, book, code, base)
    return await pages.render(
        "decision/differences.html",
        rule_set=await queries.rule_set(reader, book, code),
        found=found,
        other=other,
        versions=versions,
        lines=differences(other, found),
    )


@get("/rule-sets/{code:str}/{version:int}/file", guards=_READ)
async def download(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
    version: FromPath[int],
) -> Response[bytes]:
    """A version as a file, for the editor of GoRules and for ``canglian rule-set``."""
    found = await queries.version(services.reader, principal.book, code, version)
    name = (await queries.rule_set(services.reader, principal.book, code)).name
    headers = {"Content-Disposition": f'attachment; filename="{found.code}-{found.version}.json"'}
    return Response(as_file(found, name), media_type="application/json", headers=headers)


# -- drafting ----------------------------------------------------------------------------------------------------------


@get("/rule-sets/new", guards=_POST)
async def new_rule_set(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form that takes a file."""
    return await _new(pages, 200, None, {})


async def _new(pages: Pages, status: int, problem: Wrong | None, values: Mapping[str, str]) -> Response[Any]:
    return await pages.render(
        "decision/new.html", status=status, values=values, problem=problem, key=secrets.token_hex(8)
    )


@post("/rule-sets/new", status_code=200, guards=_POST)
async def draft_from_file(pages: NamedDependency[Pages]) -> Response[Any]:
    """Draft what a file says."""

    def made(form: Form) -> Any:
        return read_text(form.get("file", "").encode("utf-8", "replace"), form.get("note", "") or "—", "JSON", "file")

    return await submit_form(pages, made, partial(_new, pages), lambda found: f"{PATH}/{found.code}/{found.version}")


@get("/rule-sets/{code:str}/{version:int}/edit", guards=_POST)
async def edit_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """The tables of a version as forms, for the next one."""
    found = await queries.version(services.reader, principal.book, code, version)
    return await _edit(pages, found, 200, None, {})


async def _edit(
    pages: Pages, found: RuleVersion, status: int, problem: Wrong | None, values: Mapping[str, str]
) -> Response[Any]:
    assert pages.principal is not None
    rule_set = await queries.rule_set(pages.services.reader, pages.principal.book, found.code)
    cases = msgspec.json.format(msgspec.json.encode(found.cases)).decode()
    return await pages.render(
        "decision/edit.html",
        status=status,
        rule_set=rule_set,
        found=found,
        grids=grids_of(found.document, spare=3),
        values={"cases": cases, **values},
        problem=problem,
        key=secrets.token_hex(8),
    )


@post("/rule-sets/{code:str}/{version:int}/edit", status_code=200, guards=_POST)
async def draft_edited(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """Draft the next version from the tables that were edited."""
    found = await queries.version(services.reader, principal.book, code, version)
    rule_set = await queries.rule_set(services.reader, principal.book, code)

    def made(form: Form) -> Any:
        given = {"code": code, "name": rule_set.name, "note": form.get("note", "")}
        rules = {"inputs": found.inputs, "document": edited(found.document, form), "cases": typed_cases(form)}
        return read({**given, **rules}, DraftRules)

    return await submit_form(pages, made, partial(_edit, pages, found), lambda to: f"{PATH}/{to.code}/{to.version}")


HANDLERS = (
    list_rule_sets,
    new_rule_set,
    draft_from_file,
    rule_set_page,
    version_page,
    act_on_version,
    try_version,
    differences_page,
    download,
    edit_page,
    draft_edited,
)
