"""Lists: what stands in the address is what is shown, and what is shown is what is exported."""

import csv
import io
import re

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.ledger.commands import OpenAccount, PostTransfer
from canglian.web import paging
from canglian.web.console import lists
from tests.conftest import Caller
from tests.web.entering import Enter


@pytest.fixture
async def client(enter: Enter, installation: Opened) -> httpx.AsyncClient:
    """An operator before three accounts, the first of which owes 1,234.56."""
    engine = installation.services.engine
    for name, floor in (("清算往来", None), ("王小明", 0), ("=1+1", 0)):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", name=name, floor=floor), actor="test")
    await engine.execute(1, PostTransfer(debit=1, credit=2, amount=123456, code="salary"), actor="test")
    return await enter("operator")


def heads(page: str) -> list[str]:
    table = page.partition("<thead")[2].partition("</thead>")[0]
    return [re.sub(r"<[^>]+>|[↑↓\s]", "", head) for head in re.findall(r"<th .*?</th>", table, re.DOTALL)]


def read_csv(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_columns_are_chosen_in_the_address(client: httpx.AsyncClient) -> None:
    everything = heads((await client.get("/console/accounts")).text)
    assert everything[:3] == ["账户", "名称", "科目"]
    chosen = await client.get("/console/accounts?columns=balance&columns=state&columns=nothing")
    assert heads(chosen.text) == ["账户", "状态", "余额"]
    assert heads((await client.get("/console/accounts")).text) == everything
    assert heads((await client.get("/console/accounts?columns=id,name")).text) == ["账户", "名称"]
    assert len(heads((await client.get("/console/transfers")).text)) > 3


async def test_the_export_has_the_columns_and_words_of_the_page_and_numbers_to_compute_with(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/console/accounts?columns=id,name,state,balance&sort=id&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="accounts.csv"'
    assert read_csv(answer) == [
        ["账户", "名称", "状态", "余额", "币种"],
        ["1", "清算往来", "正常", "-1234.56", "CNY"],
        ["2", "王小明", "正常", "1234.56", "CNY"],
        ["3", "'=1+1", "正常", "0.00", "CNY"],
    ]


async def test_the_export_follows_filters_and_language(client: httpx.AsyncClient) -> None:
    client.cookies.set("canglian_language", "en")
    answer = await client.get("/console/transfers?account=2&columns=id,amount,debit,date&format=csv")
    head, row = read_csv(answer)
    assert head == ["Transfer", "Amount", "From", "Business date", "Asset"]
    assert [row[0], row[1], row[2], row[4]] == ["1", "1234.56", "1 清算往来", "CNY"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row[3])


async def test_other_choices_stay_when_one_is_changed(client: httpx.AsyncClient) -> None:
    page = (await client.get("/console/accounts?search=王&limit=50&columns=id,balance")).text
    assert "?search=%E7%8E%8B&amp;limit=50&amp;columns=id%2Cbalance&amp;sort=-balance" in page or (
        "search=%E7%8E%8B" in page and "sort=-id" in page
    )
    assert 'name="limit" value="50"' in page
    assert 'name="columns" value="id,balance"' in page
    assert "王小明" not in page
    assert page.count("<tr data-href=") == 1


@pytest.mark.parametrize("limit", ["0", "201", "x", "-1", "9" * 400, "²"])
async def test_a_page_that_is_too_long_is_refused_with_a_page(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get("/console/accounts", params={"limit": limit})
    assert answer.status_code == 400
    assert "text/html" in answer.headers["content-type"]


async def test_an_export_is_the_whole_list_however_long_it_is(
    client: httpx.AsyncClient, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (lists, paging):
        monkeypatch.setattr(module, "LIMIT_MAX", 2)
    whole = await client.get("/console/accounts?format=csv")
    assert len(read_csv(whole)) == 4
    assert whole.headers["content-disposition"] == 'attachment; filename="accounts.csv"'
    assert len(read_csv(await client.get("/console/accounts?format=csv&sort=-balance&limit=1"))) == 4
    assert read_csv(await client.get("/console/holds?format=csv"))[1:] == []
    answer = await call("GET", "/v1/accounts", headers={"accept": "text/csv"})
    assert len(read_csv(answer)) > 3
    assert answer.headers["content-disposition"] == 'attachment; filename="accounts.csv"'
    described = (await call("GET", "/v1/openapi.json")).json()["paths"]["/v1/accounts"]["get"]["responses"]["200"]
    assert "Canglian-Next-Cursor" in described["headers"]
