"""The first page: the day in figures beside the days before, each with the rows behind it."""

import html
import re
from datetime import date, timedelta

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.ledger.commands import CloseDay, Line, OpenAccount, PostTransfers
from canglian.ledger.queries.flows import flows
from canglian.ledger.queries.transfers import Flow
from canglian.web.console.home import DAYS_MAX, Days, change, days_of, weeks
from tests.web.entering import Enter

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, Days(TODAY, TODAY)),
        ({"first": "2026-03-30"}, Days(date(2026, 3, 30), date(2026, 3, 30))),
        ({"first": "2026-03-30", "last": "2026-03-31"}, Days(date(2026, 3, 30), TODAY)),
        ({"first": "2026-04-02", "last": "2026-04-05"}, Days(TODAY, TODAY)),
        ({"first": "2025-01-01", "last": "2026-03-31"}, Days(TODAY - timedelta(days=DAYS_MAX - 1), TODAY)),
        ({"first": "0001-01-01", "last": "<script>"}, Days(TODAY, TODAY)),
    ],
)
def test_days_that_are_asked_for_are_neither_to_come_nor_too_many(query: dict[str, str], expected: Days) -> None:
    assert days_of(query, TODAY) == expected


async def test_a_stretch_that_ends_before_it_begins_is_said_at_the_field(enter: Enter) -> None:
    client = await enter("operator")
    page = (await client.get("/console?first=2026-03-05&last=2026-03-01")).text
    assert 'id="last-wrong"' in page
    assert "截止不能早于起始" in page
    assert 'id="last-wrong"' not in (await client.get("/console?first=2026-03-01&last=2026-03-05")).text
    wrong = await client.get("/console/transfers?date.gte=2026-03-05&date.lte=2026-03-01")
    assert (wrong.status_code, "截止不能早于起始" in wrong.text) == (200, True)
    assert 'href="/docs"' in page


def test_a_stretch_is_compared_with_the_days_before_and_with_the_same_weekdays() -> None:
    days = Days(date(2026, 3, 20), date(2026, 3, 28))
    assert days.before(days.count) == Days(date(2026, 3, 11), date(2026, 3, 19))
    assert (weeks(days), weeks(Days(TODAY, TODAY))) == (14, 7)
    assert days.before(weeks(days)).first.weekday() == days.first.weekday()


def test_a_change_is_said_in_percent_where_there_was_something() -> None:
    assert [change(*pair) for pair in ((150, 100), (50, 100), (100, 100), (7, 0))] == [
        "+50.0 %",
        "-50.0 %",
        "+0.0 %",
        "",
    ]


async def _money(installation: Opened) -> None:
    engine = installation.services.engine
    for head, floor in (("1001", None), ("1011", None), ("2011", 0)):
        await engine.execute(1, OpenAccount(asset="CNY", head=head, name=head, floor=floor), actor="test")
    await _post(installation, Line(debit=1, credit=3, amount=100_00, code="cash.in"))
    today = (await installation.services.reader.value("SELECT today FROM book WHERE book = $1", 1)) + timedelta(days=1)
    await engine.execute(1, CloseDay(next_day=today), actor="test")
    await _post(
        installation,
        Line(debit=1, credit=3, amount=150_00, code="cash.in"),
        Line(debit=1, credit=2, amount=999_00, code="cash.supply"),
        Line(debit=3, credit=2, amount=20_00, code="rail.push"),
    )


async def _post(installation: Opened, *lines: Line) -> None:
    await installation.services.engine.execute(1, PostTransfers(lines=list(lines)), actor="test")


def _figure(page: str, title: str) -> tuple[str, str]:
    """A figure's panel as text, and the address of its rows."""
    panel = next(part for part in re.findall(r'<div class="panel third">(.*?)</dl>', page, re.DOTALL) if title in part)
    found = re.search(r'<a href="([^"]+)"', panel)
    assert found
    return re.sub(r"<[^>]+>|\s+", " ", panel), html.unescape(found[1])


async def _rows(client: httpx.AsyncClient, path: str) -> list[str]:
    return (await client.get(f"{path}&format=csv")).text.strip().splitlines()[1:]


async def test_money_over_the_edge_is_counted_by_day_and_leads_to_its_rows(enter: Enter, installation: Opened) -> None:
    client = await enter("viewer")
    await _money(installation)
    page = (await client.get("/console")).text
    text, path = _figure(page, "资金流入")
    assert "¥150.00" in text
    assert "¥100.00" in text
    assert "%" not in text, "the day still goes on"
    assert "今日尚未结束" in page
    assert len(await _rows(client, path)) == 1
    text, path = _figure(page, "资金流出")
    assert "¥20.00" in text
    assert len(await _rows(client, path)) == 1
    over = await installation.services.reader.value("SELECT today FROM book WHERE book = $1", 1)
    await installation.services.engine.execute(1, CloseDay(next_day=over + timedelta(days=1)), actor="test")
    page = (await client.get(f"/console?first={over}&last={over}")).text
    assert "+50.0 %" in _figure(page, "资金流入")[0]
    assert "今日尚未结束" not in page


async def test_the_sums_of_flows_are_those_of_the_transfers_listed(enter: Enter, installation: Opened) -> None:
    await _money(installation)
    reader = installation.services.reader
    today = await reader.value("SELECT today FROM book WHERE book = $1", 1)
    yesterday = today - timedelta(days=1)
    assert await flows(reader, 1, Flow.IN, yesterday, today) == {yesterday: (1, 100_00), today: (1, 150_00)}
    assert await flows(reader, 1, Flow.OUT, today, today) == {today: (1, 20_00)}


async def test_every_figure_leads_to_a_page_and_buttons_are_for_who_may_use_them(
    enter: Enter, installation: Opened
) -> None:
    client = await enter("operator")
    page = (await client.get("/console")).text
    paths = set(re.findall(r'<div class="figure">\s*<a href="([^"]+)"', page))
    assert len(paths) >= 5
    for path in paths:
        assert (await client.get(html.unescape(path))).status_code == 200
    assert 'href="/console/people/new"' in page
    client.cookies.clear()
    client = await enter("viewer")
    assert 'class="btn" href="/console/people/new"' not in (await client.get("/console")).text
