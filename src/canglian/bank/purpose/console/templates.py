"""Templates of contracts: their versions with rules and cases, and proposing a version, which a second person approves.

The cases of a version are decided anew for each page: what stands there is what the rules say today.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.approval import queries as approvals
from canglian.bank.approval.model import Proposal, ProposalState
from canglian.bank.approval.queries import ProposalFilter
from canglian.bank.approval.service import filing_of
from canglian.bank.purpose import queries
from canglian.bank.purpose.commands import AddPurposeTemplate
from canglian.bank.purpose.console.labels import shop_texts
from canglian.bank.purpose.console.picking import picker
from canglian.bank.purpose.console.rule_form import (
    CASE_FIELDS,
    EXPECTED,
    MORE_CASE_FIELDS,
    case_rows,
    rule_fields,
    ticked_ids,
    typed_cases,
    typed_rules,
)
from canglian.bank.purpose.model import PurposeTemplate, TemplateKind
from canglian.bank.purpose.rules import Case, Rules, refusal
from canglian.bank.purpose.wording import Sentence, rules_in_words
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.kernel.versions import in_force
from canglian.web.console import Pages, plain
from canglian.web.console.forms import Wrong, read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

TEMPLATES = "/console/purpose-templates"
NEW = "new"
SHOWN_MAX = 20
_ASKED = ("code", "kind", "name", "note", "effective_from")


class CaseView(msgspec.Struct, frozen=True):
    """A case with what the rules decide now."""

    case: Case
    payee: str
    expected: str
    outcome: str
    holds: bool


class VersionView(msgspec.Struct, frozen=True):
    """A version of a template in words."""

    version: PurposeTemplate
    applies: bool
    pending: bool
    rules: list[Sentence]
    cases: list[CaseView]


@get("/purpose-templates", guards=[needs(Permission.READ)])
async def list_templates(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All templates, each with the version in force."""
    found = await queries.templates(services.reader, principal.book)
    today = (await book_figures(services.reader, principal.book)).today
    by_code = {code: [each for each in found if each.code == code] for code in dict.fromkeys(t.code for t in found)}
    rows = [(versions, in_force(versions, today) or versions[0]) for versions in by_code.values()]
    return await pages.render(
        "purpose/templates.html",
        rows=[(versions, shown, rules_in_words(shown.rules, pages._)) for versions, shown in rows],
        waiting=await _waiting(services, principal, None),
        may_post=principal.may(Permission.POST),
    )


async def _waiting(services: Services, principal: Principal, code: str | None) -> list[Any]:
    """Proposals of versions that nobody has decided yet."""
    subject = None if code is None else f"purpose_template:{code}"
    asked = ProposalFilter(state=ProposalState.PENDING, kind=AddPurposeTemplate.__kind__, subject=subject)
    return list((await approvals.proposals(services.reader, principal.book, asked, Order(limit=SHOWN_MAX))).items)


@get("/purpose-templates/{code:str}", guards=[needs(Permission.READ)])
async def template_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
) -> Response[Any]:
    """The versions of a template, with their cases."""
    reader, book = services.reader, principal.book
    versions = await _versions(services, book, code)
    today = (await book_figures(reader, book)).today
    shops = await shop_texts(reader, book, [each for made in versions for each in _named(made.rules)])
    applying = in_force(versions, today)
    return await pages.render(
        "purpose/template.html",
        versions=[_view(pages, made, applying, today, shops) for made in versions],
        shown=applying or versions[0],
        waiting=[await _asked(pages, services, principal, row.id) for row in await _waiting(services, principal, code)],
        may_post=principal.may(Permission.POST),
    )


async def _asked(
    pages: Pages, services: Services, principal: Principal, identity: str
) -> tuple[Proposal, AddPurposeTemplate, list[Sentence]]:
    """A proposal of a version, what it asks for, and its rules in words."""
    proposal = await approvals.proposal(services.reader, principal.book, identity)
    asked = msgspec.json.decode(proposal.payload, type=AddPurposeTemplate)
    return proposal, asked, rules_in_words(asked.rules, pages._)


async def _versions(services: Services, book: int, code: str) -> list[PurposeTemplate]:
    found = [made for made in await queries.templates(services.reader, book) if made.code == code]
    if not found:
        raise NotFound("purpose_template.not_found", purpose_template=code)
    return found


def _named(rules: Rules) -> Sequence[str]:
    return (*rules.allowed.ids, *rules.blocked.ids)


def _view(
    pages: Pages, made: PurposeTemplate, applying: PurposeTemplate | None, today: date, shops: Mapping[str, str]
) -> VersionView:
    rules = rules_in_words(made.rules, pages._, shops)
    cases = [_case(pages, made.rules, case) for case in made.cases]
    return VersionView(made, made == applying, made.effective_from > today, rules, cases)


def _case(pages: Pages, rules: Rules, case: Case) -> CaseView:
    def in_words(code: str | None) -> str:
        return pages._("It is paid") if code is None else plain.refusal(code, pages._)

    decided = refusal(rules, case.use)
    payee = plain.worded("category", case.use.payee.category, pages._)
    return CaseView(case, payee, in_words(case.expected), in_words(decided), decided == case.expected)


# -- proposing a version -------------------------------------------------------------------------------------------


@get("/purpose-templates/{code:str}/new", guards=[needs(Permission.POST)])
async def new_version(
    pages: NamedDependency[Pages], principal: NamedDependency[Principal], code: FromPath[str]
) -> Response[Any]:
    """The form of a new version, filled with the one that is the latest; ``new`` is a template of its own."""
    return await _form(pages, code, None, None)


async def _form(
    pages: Pages, code: str, sent: Mapping[str, str] | None, problem: Wrong | None, status: int = 200
) -> Response[Any]:
    assert pages.principal is not None
    base = None if code == NEW else (await _versions(pages.services, pages.principal.book, code))[0]
    rules, cases = (Rules(), ()) if base is None else (base.rules, base.cases)
    initial = {"code": "", "kind": "welfare", "name": ""}
    if base is not None:
        initial = {"code": base.code, "kind": base.kind.value, "name": base.name}
    ticked = {f"{field}_{identity}": "yes" for field, ids in ticked_ids(rules).items() for identity in ids}
    values = dict(sent) if sent is not None else {**initial, **ticked}
    return await pages.render(
        "purpose/version.html",
        status=status,
        base=base,
        values=values,
        kinds=[(kind.value, pages._(f"template_kind.{kind.value}")) for kind in TemplateKind],
        inputs=rule_fields(pages, rules, sent, problem),
        picked=[await picker(pages, field, values, problem=problem) for field in ticked_ids(rules)],
        case_fields=CASE_FIELDS,
        more_fields=MORE_CASE_FIELDS,
        cases=case_rows(cases, sent),
        expected=[("", pages._("It is paid")), *((known, plain.refusal(known, pages._)) for known in EXPECTED)],
        problem=problem,
        key=secrets.token_hex(8),
    )


@post("/purpose-templates/{code:str}/new", status_code=200, guards=[needs(Permission.POST)])
async def propose_version(
    pages: NamedDependency[Pages], principal: NamedDependency[Principal], code: FromPath[str]
) -> Response[Any]:
    """File the proposal of a version; it is in force once another person has approved it."""
    base = None if code == NEW else (await _versions(pages.services, principal.book, code))[0]

    def made(form: Form) -> Any:
        fixed = {} if base is None else {"code": base.code}
        asked: dict[str, Any] = {**{name: form.get(name, "") for name in _ASKED}, **fixed}
        rules = typed_rules(form)
        command = read({**asked, "rules": rules, "cases": typed_cases(form)}, AddPurposeTemplate)
        return filing_of(command, form.get("reason", ""), principal.role)

    show = partial(_refused, pages, code)
    return await submit_form(pages, made, show, lambda filed: f"/console/proposals/{filed.id}")


async def _refused(pages: Pages, code: str, status: int, problem: Wrong, values: Mapping[str, str]) -> Response[Any]:
    return await _form(pages, code, values, problem, status)


handlers = (list_templates, template_page, new_version, propose_version)
