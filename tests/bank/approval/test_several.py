"""Several requests at once: each is voted for by its own rules, and the answer says which were refused, and why."""

import re

import httpx

from canglian.app.opening import Opened
from canglian.bank.approval import queries
from canglian.kernel.queries.paging import Order
from tests.bank.approval.test_pages import file
from tests.web.console.test_lists import read_csv
from tests.web.console.test_views import field
from tests.web.entering import Enter

TASKS, ALL = "/console/tasks", "/console/proposals"


async def states(installation: Opened) -> dict[str, str]:
    page = await queries.proposals(installation.services.reader, 1, queries.ProposalFilter(), Order())
    return {row.id: row.state.value for row in page.items}


async def do(client: httpx.AsyncClient, at: str, ticked: list[str], **form: str) -> httpx.Response:
    """Tick rows of a list, and have something done to them."""
    page = (await client.get(at)).text.partition('id="bulk"')[2]
    given = {name: field(page, name) for name in ("_token", "_key", "_mark", "_at", "list")} | form
    path = f"/console/bulk/{given['list']}"
    return await client.post(path, data={**given, "ticked": ticked})


def outcomes(page: str) -> dict[str, str]:
    """What became of each row, as the page says."""
    rows = re.findall(r'proposals/(\w+)">.*?<span class="state (\w+)">', page, re.DOTALL)
    return dict(rows)


async def test_what_is_refused_among_several_is_named_with_its_reason(desk: Enter, installation: Opened) -> None:
    operator = await desk("operator")
    filed = [(await file(operator, amount=f"{n}00.00")).rpartition("/")[2] for n in (1, 2, 3)]
    approver = await desk("approver")
    assert (await do(approver, TASKS, [filed[0]], _do="approve")).status_code == 200
    answer = await do(approver, ALL, filed, _do="approve")
    assert outcomes(answer.text) == {filed[0]: "bad", filed[1]: "good", filed[2]: "good"}
    assert "2 项已完成" in answer.text
    assert "1 项被拒绝" in answer.text
    assert set((await states(installation)).values()) == {"approved"}


async def test_the_same_form_sent_again_does_nothing_twice(desk: Enter, installation: Opened) -> None:
    filed = [(await file(await desk("operator"))).rpartition("/")[2]]
    approver = await desk("approver")
    page = (await approver.get(TASKS)).text.partition('id="bulk"')[2]
    form = {name: field(page, name) for name in ("_token", "_key", "_mark", "_at", "list")}
    form |= {"_do": "reject", "reject.comment": "缺发票"}
    first = await approver.post("/console/bulk/tasks", data={**form, "ticked": filed})
    again = await approver.post("/console/bulk/tasks", data={**form, "ticked": filed})
    assert outcomes(first.text) == outcomes(again.text) == {filed[0]: "good"}
    assert await states(installation) == {filed[0]: "rejected"}


async def test_what_is_missing_is_said_and_nothing_is_done(desk: Enter, installation: Opened) -> None:
    filed = (await file(await desk("operator"))).rpartition("/")[2]
    approver = await desk("approver")
    assert outcomes((await do(approver, TASKS, [filed], _do="reject")).text) == {filed: "bad"}
    assert (await do(approver, TASKS, [], _do="approve")).status_code == 400
    assert (await do(approver, TASKS, [filed], _do="withdraw")).status_code == 404
    assert (await do(approver, TASKS, [f"{filed[:-3]}xyz"], _do="approve")).status_code == 200
    assert (await do(approver, TASKS, [filed], _do="approve", _mark="0" * 32)).status_code == 403
    assert (await do(approver, TASKS, [filed], _do="approve", _token="x")).status_code == 403
    assert await states(installation) == {filed: "pending"}


async def test_who_may_not_vote_votes_for_none(desk: Enter, installation: Opened) -> None:
    operator = await desk("operator")
    filed = (await file(operator)).rpartition("/")[2]
    page = (await operator.get(ALL)).text
    assert 'value="approve"' not in page
    assert (await do(operator, ALL, [filed], _do="approve")).status_code == 403
    assert await states(installation) == {filed: "pending"}


async def test_ticked_rows_alone_are_exported(desk: Enter, installation: Opened) -> None:
    operator = await desk("operator")
    filed = [(await file(operator, amount=f"{n}00.00")).rpartition("/")[2] for n in (1, 2, 3)]
    answer = await do(operator, f"{ALL}?state=pending", [filed[0], filed[2]], _do="export")
    assert answer.status_code == 303
    exported = read_csv(await operator.get(answer.headers["location"]))
    assert sorted(row[-2] for row in exported[1:]) == sorted([filed[0], filed[2]])
    none = await do(operator, ALL, filed, _do="export", _at=f"{ALL}?state=rejected")
    assert read_csv(await operator.get(none.headers["location"]))[1:] == []
