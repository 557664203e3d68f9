"""Giving shares of a contract's money: to wallets that are ticked, each the same, or to those of a list or a file."""

import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.purpose import availability, queries
from canglian.bank.purpose.commands import GrantLine, IssuePurposeGrants
from canglian.bank.purpose.console.lists import CONTRACTS
from canglian.bank.purpose.console.picking import chosen, picker
from canglian.bank.purpose.listed import grant_lines
from canglian.kernel.errors import Malformed
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.console.forms import Wrong, read, read_money
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.reading import form_of
from canglian.web.services import Services


@get("/purpose-contracts/{contract:str}/grants", guards=[needs(Permission.POST)])
async def new_grants(pages: NamedDependency[Pages], contract: FromPath[str]) -> Response[Any]:
    """The form of new grants."""
    return await _form(pages, contract, {}, None)


async def _form(
    pages: Pages, identity: str, values: Mapping[str, str], problem: Wrong | None, status: int = 200
) -> Response[Any]:
    assert pages.principal is not None
    reader, book = pages.services.reader, pages.principal.book
    contract = await queries.contract(reader, book, identity)
    reason = availability.issuing(contract)
    return await pages.render(
        "purpose/grants.html",
        status=status,
        contract=contract,
        reason=pages._(reason) if reason else "",
        values=values,
        holders=await picker(pages, "holders", values, problem=problem),
        scales=await chart.scales(reader, book),
        problem=problem,
        key=secrets.token_hex(8),
    )


@post("/purpose-contracts/{contract:str}/grants", status_code=200, guards=[needs(Permission.POST)])
async def issue_grants(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """Issue grants: all of them, or none."""
    found = await queries.contract(services.reader, principal.book, contract)
    scales = await services.scales(principal.book)

    async def made(form: Form) -> IssuePurposeGrants:
        texts = form.get("lines", ""), await _uploaded(pages)
        lines = [
            line for text in texts for line in await grant_lines(services, principal.book, text, found.asset, scales)
        ]
        if ticked := chosen("holders", form):
            amount = read_money(form, "amount", found.asset, scales)
            lines = [*(GrantLine(wallet, amount) for wallet in ticked), *lines]
        if not lines:
            raise Malformed("purpose_list.empty", field="holders")
        return read({"contract": contract, "lines": lines}, IssuePurposeGrants)

    async def again(status: int, problem: Wrong, values: Mapping[str, str]) -> Response[Any]:
        return await _form(pages, contract, values, problem, status)

    return await submit_form(pages, made, again, f"{CONTRACTS}/{contract}")


async def _uploaded(pages: Pages) -> str:
    """The text of the file that was sent, nothing where there is none."""
    sent = (await form_of(pages.request)).get("file")
    raw = await sent.read() if isinstance(sent, UploadFile) else b""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            raise Malformed("purpose_list.text", field="file") from None


handlers = (new_grants, issue_grants)
