"""A contract lived through on a page before it is signed: its own rules, with a calendar that can be changed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.purpose import queries, shops
from canglian.bank.purpose.console.labels import shop_texts
from canglian.bank.purpose.model import PurposeContract
from canglian.bank.purpose.rules import Payee, ReleaseRule, Rules, may_pay, signatures_needed
from canglian.bank.purpose.shops import Shop
from canglian.bank.purpose.simulating import Do, Scenario, SimulatedEvent, SimulatedShop, Simulation, simulate
from canglian.bank.purpose.wording import rules_in_words
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.web.console import Chart, Pages
from canglian.web.console.charts import Series
from canglian.web.console.forms import Wrong, error_at, form_values, read_money
from canglian.web.error_text import format_error
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ROWS_MAX = 40
BLANK_ROWS = 3
SHOPS_MAX = 8
FIELDS = ("on", "at", "do", "holder", "shop", "amount")
OFFERED = tuple(do for do in Do if do not in (Do.EXPIRE, Do.WIND_UP))
_SHARE = 100_000
_BAR = SimulatedShop(name="酒吧", category="5813", region="330106")


def default_events(contract: PurposeContract, known: Sequence[SimulatedShop], fits: str | None) -> list[SimulatedEvent]:
    """A calendar that tries what the rules say: paid where it may be, refused elsewhere, given back in part."""
    rules, first = contract.rules, contract.valid_from
    day, at = _allowed_day(rules, first, contract.valid_until), _allowed_time(rules)
    use = min(rules.amount_max or 10_000, _SHARE)
    signers = signatures_needed(rules) if rules.release in (ReleaseRule.ON_EVENT, ReleaseRule.BY_SIGNATURES) else 0
    begin = [
        SimulatedEvent(on=first, at="00:00", do=Do.SIGN),
        SimulatedEvent(on=first, at="00:00", do=Do.FUND, amount=2 * _SHARE),
        *(SimulatedEvent(on=first, at="00:00", do=Do.ISSUE, holder=name, amount=_SHARE) for name in ("甲", "乙")),
        *(SimulatedEvent(on=first, at="00:00", do=Do.RELEASE, by=f"signer{n}") for n in range(signers)),
    ]
    other = next((shop.name for shop in known if not may_pay(rules, _payee(shop))), None)
    tried: list[SimulatedEvent] = []
    if fits is not None:
        tried.append(SimulatedEvent(on=day, at=at, do=Do.PAY, holder="甲", shop=fits, amount=use))
    if other is not None:
        tried.append(SimulatedEvent(on=day, at=at, do=Do.PAY, holder="乙", shop=other, amount=use))
    if fits is not None and rules.amount_max is not None:
        tried.append(SimulatedEvent(on=day, at=at, do=Do.PAY, holder="乙", shop=fits, amount=rules.amount_max + 1))
    if fits is not None and use > 1:
        tried.append(SimulatedEvent(on=day, at=at, do=Do.REFUND, holder="甲", shop=fits, amount=use // 2))
    return [*begin, *tried]


def _payee(shop: SimulatedShop) -> Payee:
    return Payee(id=shop.id or "-", category=shop.category, region=shop.region, lists=shop.lists)


def _allowed_day(rules: Rules, first: date, last: date) -> date:
    day = max(first, rules.release_on) if rules.release_on is not None else first
    days = (day + timedelta(days=n) for n in range(7))
    return next((each for each in days if (not rules.days or each.isoweekday() in rules.days) and each <= last), first)


def _allowed_time(rules: Rules) -> str:
    minute = 12 * 60 if rules.from_minute <= 12 * 60 < rules.until_minute else rules.from_minute
    return f"{minute // 60:02}:{minute % 60:02}"


@get("/purpose-contracts/{contract:str}/simulation", guards=[needs(Permission.READ)])
async def simulation_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """The contract over a calendar that follows from its rules."""
    found, known, fits = await _world(services, principal.book, contract)
    events = default_events(found, known, fits)
    return await _show(pages, found, known, [_written(event) for event in events], events)


@post("/purpose-contracts/{contract:str}/simulation", status_code=200, guards=[needs(Permission.READ)])
async def simulate_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """The contract over the calendar of the form; nothing of it is kept."""
    values = await form_values(pages.request)
    found, known, _ = await _world(services, principal.book, contract)
    rows = [{name: values.get(f"e{row}_{name}", "") for name in FIELDS} for row in range(ROWS_MAX)]
    kept = [row for row in rows if row["do"] and row["on"]]
    try:
        return await _show(pages, found, known, kept, [_typed(row) for row in kept])
    except CanglianError as error:
        return await _show(pages, found, known, kept, None, pages.refusal(error), 422)


async def _world(
    services: Services, book: int, identity: str
) -> tuple[PurposeContract, list[SimulatedShop], str | None]:
    """The contract as it would be drafted today, shops to try it at, and one of them that it pays."""
    contract = await queries.contract(services.reader, book, identity)
    today = (await book_figures(services.reader, book)).today
    fitting = await shops.allowed(services.reader, book, contract.rules)
    others = [
        shop
        for shop in await shops.directory().find(services.reader, book, "")
        if not may_pay(contract.rules, shop.payee)
    ]
    chosen = [*fitting[:SHOPS_MAX], *others[:SHOPS_MAX]]
    known = [_simulated(shop) for shop in {shop.title: shop for shop in chosen}.values()]
    if not others:
        known.append(_BAR)
    first = min(max(contract.valid_from, today), contract.valid_until)
    fits = fitting[0].title if fitting else None
    return contract.replace(valid_from=first), known, fits


def _simulated(shop: Shop) -> SimulatedShop:
    return SimulatedShop(name=shop.title, category=shop.category, region=shop.region, id=shop.id, lists=shop.lists)


async def _show(
    pages: Pages,
    contract: PurposeContract,
    known: Sequence[SimulatedShop],
    rows: list[dict[str, str]],
    events: list[SimulatedEvent] | None,
    problem: Wrong | None = None,
    status: int = 200,
) -> Response[Any]:
    lived = None if events is None else await _lived(contract, known, events)
    return await pages.render(
        "purpose/simulation.html",
        status=status,
        contract=contract,
        rules=rules_in_words(contract.rules, pages._, await _names(pages, contract)),
        lived=lived,
        outcomes=[] if lived is None else [_outcome(pages, step.refused, step.fields) for step in lived.steps],
        drawn=None if lived is None else _drawn(pages, lived),
        rows=[*rows, *(dict.fromkeys(FIELDS, "") for _ in range(BLANK_ROWS))][:ROWS_MAX],
        dos=[("", "—"), *((do.value, pages._(f"simulated.{do.value}")) for do in OFFERED)],
        shops=[("", "—"), *((shop.name, shop.name) for shop in known)],
        problem=problem,
    )


async def _names(pages: Pages, contract: PurposeContract) -> dict[str, str]:
    """The names of the payees that the rules name."""
    assert pages.principal is not None
    ids = [*contract.rules.allowed.ids, *contract.rules.blocked.ids]
    return await shop_texts(pages.services.reader, pages.principal.book, ids)


async def _lived(
    contract: PurposeContract, known: Sequence[SimulatedShop], events: Sequence[SimulatedEvent]
) -> Simulation:
    scenario = Scenario(
        name=contract.name,
        valid_from=contract.valid_from,
        valid_until=contract.valid_until,
        rules=contract.rules,
        shops=tuple(known),
        events=tuple(events),
    )
    return await simulate(scenario)


def _outcome(pages: Pages, code: str | None, fields: Mapping[str, Any]) -> str:
    return pages._("done") if code is None else format_error(code, fields, pages._)


def _written(event: SimulatedEvent) -> dict[str, str]:
    return {
        "on": event.on.isoformat(),
        "at": event.at,
        "do": event.do.value,
        "holder": event.holder or event.by or "",
        "shop": event.shop or "",
        "amount": "" if event.amount is None else major(event.amount, 2),
    }


def _typed(row: Mapping[str, str]) -> SimulatedEvent:
    """An event as it was typed. Malformed ``simulation.row``."""
    given: dict[str, Any] = {"on": row["on"], "do": row["do"], "at": row["at"] or "12:00"}
    if row["holder"]:
        given["by" if row["do"] == Do.RELEASE.value else "holder"] = row["holder"]
    if row["shop"]:
        given["shop"] = row["shop"]
    if row["amount"]:
        with error_at("events"):
            given["amount"] = read_money(row)
    try:
        return msgspec.convert(given, SimulatedEvent)
    except msgspec.ValidationError:
        raise Malformed("simulation.row", on=row["on"][:10], field="events") from None


def _drawn(pages: Pages, lived: Simulation) -> Chart:
    """Where the money is after each step."""
    names = ("unallotted", "granted", "shops", "returned", "released")
    titles = ("trace.unallotted", "trace.holder", "trace.shop", "trace.returned", "trace.released")
    return Chart(
        pages._("Where the money is after each step"),
        [f"{number} {step.event.on:%m-%d}" for number, step in enumerate(lived.steps, 1)],
        [
            Series(pages._(title), [getattr(step.totals, name) for step in lived.steps])
            for name, title in zip(names, titles, strict=True)
        ],
        step=True,
        currency="¥",
        scale=2,
        note=pages._("On a book in memory; nothing of it is kept."),
    )


handlers = (simulation_page, simulate_page)
