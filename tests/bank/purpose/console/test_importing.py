"""Grants of a file on a page: how far they are, which lines got none and why; sent again, nobody gets one twice."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.bank.purpose import PurposeGrant
from canglian.bank.purpose.console import importing
from canglian.kernel.queries.entities import some
from tests.bank.purpose.console.given import funded, rich
from tests.bank.wallet.api.people import opened
from tests.conftest import Caller
from tests.serving import PATIENCE
from tests.web.entering import Enter, token_in


async def sent(client: httpx.AsyncClient, at: str, content: str, **fields: str) -> httpx.Response:
    token = token_in((await client.get(at)).text)
    file = {"file": ("village.csv", content.encode(), "text/csv")}
    return await client.post(at, data={"_token": token, **fields}, files=file)


async def over(client: httpx.AsyncClient, at: str) -> str:
    """The page, once the file is done."""
    async with asyncio.timeout(PATIENCE):
        while "hx-trigger" in (page := (await client.get(at)).text):
            await asyncio.sleep(0.05)
    return page


async def grants_of(installation: Opened, at: str) -> list[PurposeGrant]:
    return await some(installation.services.reader, 1, PurposeGrant, "contract", at.split("/")[-2])


async def test_a_file_is_issued_line_by_line_and_sent_again_issues_nothing(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    payer, first, second = await rich(installation, call, 1), await opened(call, 2), await opened(call, 3)
    at = f"{await funded(client, payer['id'])}/import"
    lines = [f"{first['id']},10.00", f"{second['id']},x", "6299000000000000,1.00", f"{first['id']},2.00"]
    content = "\n".join(["wallet,amount", *lines, f"{second['id']},20.50", ""])
    assert (await sent(client, at, content)).status_code == 303
    page = await over(client, at)
    assert {(grant.holder, grant.amount) for grant in await grants_of(installation, at)} == {
        (first["id"], 1_000),
        (second["id"], 2_050),
    }
    refused = re.search(r'id="refused".*?</table>', page, re.S)
    assert refused
    assert re.findall(r'<td class="num">(\d)</td>', refused[0]) == ["3", "4", "5"]
    assert "第 3 行" in page
    outcomes = (await client.get(f"{at}/outcomes")).text.lstrip("\ufeff").splitlines()
    assert outcomes == [
        "line,outcome,code",
        "2,issued,",
        "3,refused,purpose_list.amount",
        "4,refused,purpose_list.wallet",
        "5,refused,purpose_grant.twice",
        "6,issued,",
    ]
    assert (await sent(client, at, content)).status_code == 303
    await over(client, at)
    assert len(await grants_of(installation, at)) == 2


async def test_what_is_no_such_file_is_said_and_one_is_taken_at_a_time(
    enter: Enter, installation: Opened, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await enter("operator")
    payer, holder = await rich(installation, call, 1), await opened(call, 2)
    at = f"{await funded(client, payer['id'])}/import"
    assert (await client.get(f"{at}/outcomes")).status_code == 404
    assert (await sent(client, at, "")).status_code == 422
    assert (await sent(client, at, "name,amount\n王芳,1.00\n")).status_code == 303
    assert "wallet" in await over(client, at), "the column that it lacks"
    go_on, issue = asyncio.Event(), importing.import_grants

    async def slow(*asked: Any, **more: Any) -> Any:
        more["report"](1, 2)
        await go_on.wait()
        return await issue(*asked, **more)

    monkeypatch.setattr(importing, "import_grants", slow)
    content = f"wallet,amount\n{holder['id']},1.00\n"
    assert (await sent(client, at, content)).status_code == 303
    await asyncio.sleep(0)
    page = (await client.get(at)).text
    assert '<progress max="100" value="50">' in page
    assert (await sent(client, at, content)).status_code == 422
    go_on.set()
    assert "village.csv" in await over(client, at)
    assert len(await grants_of(installation, at)) == 1
    client.cookies.clear()
    viewer = await enter("viewer")
    assert (await viewer.get(at)).status_code == 403
