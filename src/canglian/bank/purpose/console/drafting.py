"""The form of a new contract: by which template, who pays, until when, and which merchants alone are paid."""

import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.purpose import queries
from canglian.bank.purpose.commands import DraftPurposeContract
from canglian.bank.purpose.console.lists import CONTRACTS
from canglian.bank.purpose.console.picking import chosen, picker
from canglian.bank.purpose.model import PurposeTemplate
from canglian.bank.purpose.wording import rules_in_words
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.versions import in_force
from canglian.web.console import Pages
from canglian.web.console.forms import Wrong, read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_ASKED = ("template", "name", "payer", "valid_from", "valid_until")


async def templates_in_force(services: Services, book: int) -> list[PurposeTemplate]:
    """The version of each template by which contracts are drafted today."""
    today = (await book_figures(services.reader, book)).today
    versions = await queries.templates(services.reader, book)
    codes = dict.fromkeys(version.code for version in versions)
    applying = [in_force((each for each in versions if each.code == code), today) for code in codes]
    return [version for version in applying if version is not None]


@get("/purpose-contracts/new", guards=[needs(Permission.POST)])
async def new_contract(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The form of a new contract; the address may name its template and its payer's wallet."""
    return await _form(pages, dict(request.query_params), None)


async def _form(pages: Pages, values: Mapping[str, str], problem: Wrong | None, status: int = 200) -> Response[Any]:
    assert pages.principal is not None
    offered = await templates_in_force(pages.services, pages.principal.book)
    shown = next((each for each in offered if each.code == values.get("template")), offered[0])
    return await pages.render(
        "purpose/new.html",
        status=status,
        values={"template": shown.code, **values},
        templates=[(each.code, pages._(each.name)) for each in offered],
        described=[(each, rules_in_words(each.rules, pages._)) for each in offered],
        payer=await picker(pages, "payer", values, problem=problem),
        payees=await picker(pages, "payees", values, problem=problem),
        problem=problem,
        key=secrets.token_hex(8),
    )


@post("/purpose-contracts/new", status_code=200, guards=[needs(Permission.POST)])
async def draft_contract(pages: NamedDependency[Pages]) -> Response[Any]:
    """Draft a contract."""

    def made(form: Form) -> DraftPurposeContract:
        asked: dict[str, Any] = {name: form.get(name, "") for name in _ASKED}
        return read({**asked, "payees": chosen("payees", form) or ""}, DraftPurposeContract)

    async def again(status: int, problem: Wrong, values: Mapping[str, str]) -> Response[Any]:
        return await _form(pages, values, problem, status)

    return await submit_form(pages, made, again, lambda contract: f"{CONTRACTS}/{contract.id}")


handlers = (new_contract, draft_contract)
