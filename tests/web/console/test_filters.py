"""Filters: every way of comparing gives what a look at every row gives, and days are those of people."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Condition, Operator, Order
from canglian.ledger.commands import OpenAccount, PostTransfer
from canglian.ledger.queries.transfers import TransferFilter, TransferView, transfers
from canglian.web.console.days import PRESETS
from canglian.web.console.filters import Asked, Filter, asked_of, conditions, current, typed
from tests.web.console.test_addresses import paths
from tests.web.console.test_lists import read_csv
from tests.web.entering import Enter, send

CODES = ("salary", "shop.payment", "interest")
REFERENCES = (None, "OR-1", "OR-12", "PX-1", "OR%", "or-1")


@pytest.fixture
async def rows(installation: Opened) -> list[TransferView]:
    """Thirty transfers of several codes, amounts and references."""
    engine = installation.services.engine
    for name in ("清算往来", "王小明"):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", name=name, floor=None), actor="test")
    for n in range(30):
        reference = REFERENCES[n % 6]
        post = PostTransfer(debit=1, credit=2, amount=50 * n + 1, code=CODES[n % 3], reference=reference)
        await engine.execute(1, post, actor="test")
    return (await transfers(installation.services.reader, 1, TransferFilter(), Order("id", None, 200))).items


def starts(text: str) -> Callable[[Any], bool]:
    return lambda value: value is not None and value.startswith(text)


COMPARED: list[tuple[str, Operator, Any, Callable[[Any], bool]]] = [
    ("code", Operator.IS, "salary", lambda value: value == "salary"),
    ("code", Operator.NOT, "salary", lambda value: value != "salary"),
    ("reference", Operator.NOT, "OR-1", lambda value: value != "OR-1"),
    ("reference", Operator.STARTS, "OR-1", starts("OR-1")),
    ("reference", Operator.STARTS, "OR%", starts("OR%")),
    ("reference", Operator.EMPTY, None, lambda value: value is None),
    ("reference", Operator.FILLED, None, lambda value: value is not None),
    ("amount", Operator.LEAST, 501, lambda value: value >= 501),
    ("amount", Operator.MOST, 501, lambda value: value <= 501),
    ("amount", Operator.AFTER, 501, lambda value: value > 501),
    ("amount", Operator.BEFORE, 501, lambda value: value < 501),
    ("amount", Operator.IS, 501, lambda value: value == 501),
    ("key", Operator.ONE_OF, [3, 5, 99], lambda _: False),
]


@pytest.mark.parametrize("account", [None, 2])
async def test_each_operator_leaves_what_a_look_at_every_row_leaves(
    rows: list[TransferView], installation: Opened, account: int | None
) -> None:
    for field, operator, value, holds in COMPARED:
        order = Order("id", None, 7, (Condition(field, operator, value),))
        found: list[int] = []
        while True:
            page = await transfers(installation.services.reader, 1, TransferFilter(account=account), order)
            found += [row.id for row in page.items]
            if page.next_cursor is None:
                break
            order = Order("id", page.next_cursor, 7, order.conditions)
        wanted = [3, 5] if field == "key" else [row.id for row in rows if holds(getattr(row, field))]
        assert found == wanted, (field, operator)
        assert 0 < len(found) < len(rows)


async def test_what_the_address_asks_for_is_shown_and_exported(
    rows: list[TransferView], enter: Enter, installation: Opened
) -> None:
    client = await enter("viewer")
    asked: dict[str, Callable[[TransferView], bool]] = {
        "amount.gte=5&amount.lte=10.01": lambda row: 500 <= row.amount <= 1001,
        "amount.lte=2.51": lambda row: row.amount <= 251,
        "amount=5.01": lambda row: row.amount == 501,
        "code=salary": lambda row: row.code == "salary",
        "code.not=salary": lambda row: row.code != "salary",
        "reference.starts=OR-1": lambda row: starts("OR-1")(row.reference),
        "reference.empty=yes": lambda row: row.reference is None,
        "reference.empty=no&code.not=interest": lambda row: row.reference is not None and row.code != "interest",
        "date=today": lambda row: True,
        "date=yesterday": lambda row: False,
        "date.lt=2020-01-01": lambda row: False,
        "date.gt=2020-01-01": lambda row: True,
        "first=2020-01-01&last=2020-01-31": lambda row: False,
        "account=2&amount.gte=10": lambda row: row.amount >= 1000,
    }
    for query, holds in asked.items():
        wanted = [str(row.id) for row in reversed(rows) if holds(row)]
        exported = await client.get(f"/console/transfers?{query}&columns=id&format=csv")
        assert [line[0] for line in read_csv(exported)[1:]] == wanted, query
        page = (await client.get(f"/console/transfers?{query}")).text
        assert page.count("<tr data-href=") == min(len(wanted), 25), query
        chips = {part.partition("=")[0].partition(".")[0] for part in query.split("&")} - {"last"}
        assert page.count("chip is-on") == len(chips), query


async def test_what_is_no_value_is_said_and_nothing_is_shown(rows: list[TransferView], enter: Enter) -> None:
    client = await enter("viewer")
    for query in ("amount.gte=x", "amount.lte=1.234", "date.gte=2026-02-30", "date.lt=yesterday"):
        page = await client.get(f"/console/transfers?{query}")
        assert page.status_code == 200
        assert 'role="alert"' in page.text, query
        assert "<tr data-href=" not in page.text
        assert (await client.get(f"/console/transfers?{query}&format=csv")).status_code == 400


async def test_the_form_of_a_filter_leads_to_its_address(rows: list[TransferView], enter: Enter) -> None:
    client = await enter("viewer")
    forms: list[tuple[dict[str, str], str]] = [
        ({"amount.op": "between", "amount": "1", "amount.to": "2"}, "amount.gte=1&amount.lte=2"),
        ({"amount.op": "between", "amount": "1", "amount.to": ""}, "amount.gte=1"),
        ({"amount.op": "lte", "amount": "1", "amount.to": ""}, "amount.lte=1"),
        ({"code.op": "is", "code": "salary"}, "code=salary"),
        ({"code.op": "not", "code": "salary"}, "code.not=salary"),
        ({"reference.op": "empty", "reference": ""}, "reference.empty=yes"),
        ({"date.op": "last_7_days", "date": "2026-01-01", "date.to": ""}, "date=last_7_days"),
        ({"date.op": "is", "date": ""}, ""),
    ]
    for form, query in forms:
        answer = await send(client, "/console/transfers", "/console/filter", _at="/console/transfers", **form)
        assert answer.headers["location"].partition("?")[2] == query


async def test_a_thing_is_found_without_a_script_and_asked_for_again_where_nothing_fits(
    rows: list[TransferView], enter: Enter
) -> None:
    client = await enter("viewer")
    asked = {"_at": "/console/transfers", "_pick_account": "account"}
    found = await send(client, "/console/transfers", "/console/filter", **asked, _find_account="王小明")
    assert found.headers["location"] == "/console/transfers?account=2"
    chosen = await send(client, "/console/transfers", "/console/filter", **asked, account="1", _find_account="")
    assert chosen.headers["location"] == "/console/transfers?account=1"
    unknown = await send(client, "/console/transfers", "/console/filter", **asked, _find_account="13812345678")
    assert unknown.headers["location"].startswith("/console/transfers?account.find=sealed")
    page = (await client.get(unknown.headers["location"])).text
    assert "请从查到的结果中选择" in page
    assert "<tr data-href=" not in page


async def test_a_number_of_a_person_is_sealed_however_it_is_compared(client: httpx.AsyncClient) -> None:
    form = {"reference.op": "not", "reference": "13812345678"}
    answer = await send(client, "/console/transfers", "/console/filter", _at="/console/transfers", **form)
    assert answer.headers["location"].startswith("/console/transfers?reference.not=sealed")


@pytest.fixture
async def client(enter: Enter) -> httpx.AsyncClient:
    """Somebody who may look."""
    return await enter("viewer")


def test_days_by_name_are_those_of_the_calendar() -> None:
    today = date(2026, 3, 1)
    named = {name: tuple(day.isoformat() for day in days(today)) for name, days in PRESETS.items()}
    assert named == {
        "today": ("2026-03-01", "2026-03-01"),
        "yesterday": ("2026-02-28", "2026-02-28"),
        "last_7_days": ("2026-02-23", "2026-03-01"),
        "last_30_days": ("2026-01-31", "2026-03-01"),
        "this_month": ("2026-03-01", "2026-03-31"),
        "last_month": ("2026-02-01", "2026-02-28"),
    }


def test_a_day_of_instants_is_one_of_the_branch() -> None:
    booked = Filter("booked_at", "Booked", "instant")
    (first, until) = conditions(booked, Asked("is", "2026-03-01"), date(2026, 3, 9))
    assert first == Condition("booked_at", Operator.LEAST, first.value)
    assert first.value.isoformat() == "2026-03-01T00:00:00+08:00"
    assert until == Condition("booked_at", Operator.BEFORE, first.value + timedelta(days=1))


def test_an_address_of_before_reads_as_one_of_today() -> None:
    filters = [Filter("date", "Business date", "date", earlier=("first", "last"))]
    assert current(filters, {"first": "2026-01-01", "code": "x"}) == {"date.gte": "2026-01-01", "code": "x"}
    both = current(filters, {"first": "2026-01-01", "last": "2026-01-31"})
    assert asked_of(filters[0], both) == Asked("between", "2026-01-01", "2026-01-31")
    assert current(filters, {"date": "today", "first": "2026-01-01"}) == {"date": "today"}
    assert typed({"first": "2026-01-01", "_at": "/console/transfers"}) == {"first": "2026-01-01"}


def test_a_filter_compares_only_in_its_own_ways() -> None:
    plain = Filter("code", "Code")
    assert asked_of(plain, {"code.not": "x", "code.starts": "x", "code.empty": "yes", "code.gte": "1"}) is None
    assert conditions(plain, Asked("is", "x"), date(2026, 1, 1)) == []
    for kind, first, last in (("date", "2026-03-02", "2026-03-01"), ("money", "2", "1.99"), ("number", "10", "9")):
        with pytest.raises(Malformed, match=r"filter\.reversed"):
            conditions(Filter("n", "N", kind, field="n"), Asked("between", first, last), date(2026, 1, 1))
    with pytest.raises(Malformed, match=r"filter\.value_invalid"):
        conditions(Filter("n", "N", "number", field="n"), Asked("is", "9" * 19), date(2026, 1, 1))


async def test_presets_are_seen_from_the_business_date(rows: list[TransferView], installation: Opened) -> None:
    today = (await book_figures(installation.services.reader, 1)).today
    assert {row.date for row in rows} == {today}


def samples(page: str) -> dict[str, list[str]]:
    """For each filter that a list shows, what addresses ask of it, one for each way of comparing."""
    found: dict[str, list[str]] = {}
    for part in page.split("<details data-menu data-chip=")[1:]:
        name = part.split('"')[1]
        body = part.partition("</details>")[0]
        chosen = re.findall(r'<option value="([^"]+)">', body.partition(f'id="filter-{name}"')[2])
        kind = "2026-11-05" if 'type="date"' in body else "5.25" if 'inputmode="decimal"' in body else "7"
        value = html.unescape(chosen[0]) if chosen and "<select" in body else kind
        compared = body.partition(f'name="{name}.op" aria-label')[2].partition("</select>")[0]
        operators = re.findall(r'<option value="(\w+)"', compared) or ["is"]
        presets = re.findall(rf'name="{re.escape(name)}.op" value="(\w+)"', body)
        asked = [typed({f"{name}.op": op, name: value, f"{name}.to": value}) for op in [*operators, *presets]]
        found[name] = [urlencode(query) for query in asked]
    return found


async def test_every_list_can_be_filtered_in_every_way_that_it_offers(enter: Enter) -> None:
    client = await enter("admin")
    lists, ways = 0, 0
    for path in paths():
        offered = samples((await client.get(path, follow_redirects=True)).text)
        lists += bool(offered)
        ways += sum(map(len, offered.values()))
        for turn in range(max(map(len, offered.values()), default=0)):
            address = path + "?" + "&".join(asked[turn % len(asked)] for asked in offered.values())
            answer = await client.get(address)
            assert answer.status_code == 200, address
            assert answer.text.count("chip is-on") == len(offered), address
            assert 'role="alert"' not in answer.text, address
    assert lists >= 25
    assert ways > 500


async def test_words_that_a_filter_suggests_are_asked_for_when_its_chip_is_opened(
    enter: Enter, rows: list[TransferView]
) -> None:
    client = await enter("auditor")
    page = (await client.get("/console/commands")).text
    assert '<option value="ledger.post_transfer">' not in page
    words = {path for path in re.findall(r'hx-get="([^"]+)"', page) if path.startswith("/console/words/")}
    assert words == {"/console/words/command/zh", "/console/words/refusal/zh"}
    assert '<option value="ledger.post_transfer">转账</option>' in (await client.get("/console/words/command/zh")).text
    for path in ("/console/words/command/xx", "/console/words/nothing/zh"):
        assert (await client.get(path)).status_code == 404
