"""The rules: what applies, what applied, and the form of a new version."""

import secrets
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from canglian.bank.limit import queries
from canglian.bank.limit.commands import AddLimitRules
from canglian.bank.limit.figures import limit_figure
from canglian.bank.limit.measures import Counterparty, Direction, Holder, Measure
from canglian.bank.limit.model import LimitRule, LimitRules
from canglian.bank.party import Level
from canglian.kernel.amounts import major
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.console.forms import read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/limit-rules"
NEW = "new_"
"""What the fields of a rule that is added begin with."""


@get("/limit-rules", guards=[needs(Permission.READ)])
async def rules_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The rules of a version, by default of the one in force, and all versions."""
    return await _show(pages, services, principal)


async def _show(
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    applies = await queries.rules_on(reader, book, today)
    shown = await _version(services, principal, pages.request.query_params.get("version", "")) or applies
    scales = await chart.scales(reader, book)
    return await pages.render(
        "limit/rules.html",
        status=status,
        versions=await queries.versions(reader, book),
        applies=applies,
        shown=shown,
        today=today,
        scales=scales,
        written={rule.code: written(rule, scales) for rule in shown.content},
        measures=list(Measure),
        directions=list(Direction),
        holders=list(Holder),
        levels=list(Level),
        counterparties=list(Counterparty),
        assets=await chart.assets(reader, book),
        may_change=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        **{"problem": None, "values": {}, **more},
    )


async def _version(services: Services, principal: Principal, number: str) -> LimitRules | None:
    if not number.isdecimal() or len(number) > 9:
        return None
    return await queries.version(services.reader, principal.book, int(number))


def written(rule: LimitRule, scales: dict[str, int]) -> str:
    """A limit as a form shows it: in yuan, or a number of movements."""
    return str(rule.limit) if rule.measure.counts else major(rule.limit, scales.get(rule.asset, 2))


@post("/limit-rules", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def add_rules(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Add a version: the rules of another one with other figures, without some, and with one more."""

    async def made(values: Form) -> AddLimitRules:
        base = await _version(services, principal, values.get("base", ""))
        if base is None:
            raise Malformed("form.missing", field="base")
        scales = await chart.scales(services.reader, principal.book)
        content = [_changed(rule, values, scales) for rule in base.content if f"keep-{rule.code}" in values]
        if values.get(f"{NEW}code"):
            form = await pages.request.form()
            chosen = {name: form.getall(NEW + name, []) for name in ("levels", "counterparties", "exempt")}
            content.append(_added(values, chosen, scales))
        return read({**_pick(values, "effective_from", "note"), "content": content}, AddLimitRules)

    again = partial(_show, pages, services, principal)
    return await submit_form(pages, made, again, lambda added: f"{PATH}?version={added.version}")


def _pick(values: dict[str, str], *names: str) -> dict[str, Any]:
    return {name: values.get(name, "") for name in names}


def _changed(rule: LimitRule, values: dict[str, str], scales: dict[str, int]) -> dict[str, Any]:
    field = f"limit-{rule.code}"
    return {**msgspec.to_builtins(rule), "limit": limit_figure(values, field, rule.measure.value, rule.asset, scales)}


def _added(values: dict[str, str], chosen: dict[str, list[Any]], scales: dict[str, int]) -> dict[str, Any]:
    names = ("code", "name", "measure", "asset", "direction", "per", "counter")
    texts = {name: values[NEW + name] for name in names if values.get(NEW + name)}
    lists = {name: values.get(NEW + name, "").replace(",", " ").split() for name in ("products", "channels")}
    limit = limit_figure(values, f"{NEW}limit", texts.get("measure", ""), texts.get("asset", ""), scales)
    return {**texts, **lists, **chosen, "limit": limit}


handlers = (rules_page, add_rules)
