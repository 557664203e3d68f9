"""The opening-intent check over HTTP and on an organisation's page."""

import httpx

from canglian.app.opening import Opened
from canglian.bank.approval import Book
from canglian.kernel.auditing import replay
from canglian.web.principal import Role
from tests.bank.party.api.test_parties import registered
from tests.bank.party.people import credit, identity
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["enter"]
CHECK = {"how": "video", "held_at": "2026-01-05T02:00:00Z", "reference": "rec-1", "outcome": "confirmed"}


async def company(call: Caller, **more: str) -> dict[str, str]:
    body = {"kind": "company", "name": "晴川光伏科技有限公司", "number": credit(1), **more}
    return (await call("POST", "/v1/parties", body)).json()


async def test_what_a_company_lacks_is_told_and_goes(call: Caller, installation: Opened) -> None:
    boss = await registered(call)
    made = await company(call, representative=boss["id"])
    path = f"/v1/parties/{made['id']}"
    lacking = (await call("GET", path)).json()["lacking"]
    assert lacking == ["party.not_verified", "party.owners_missing", "party.intent_missing"]
    noted = await call("POST", f"{path}/intent-checks", {**CHECK, "spoke_with": boss["id"], "note": "法人本人"})
    assert noted.status_code == 201, noted.text
    stated = await call("POST", f"{path}/no-owners", {"reason": "股权分散"})
    assert stated.status_code == 201, stated.text
    whole = (await call("GET", path)).json()
    assert (whole["intent_checks"], whole["owner_exemptions"]) == ([noted.json()], [stated.json()])
    assert whole["lacking"] == ["party.not_verified"]
    content = (await call("POST", f"{path}/export", {"reason": "本单位申请"})).json()
    assert (content["intent_checks"], content["owner_exemptions"]) == ([noted.json()], [stated.json()])
    assert (await replay(installation.services.store, 1, Book)).differences == []


async def test_numbers_in_what_is_kept_in_plain_and_strangers_are_refused(call: Caller, caller: object) -> None:
    boss = await registered(call)
    made = await company(call, representative=boss["id"])
    path = f"/v1/parties/{made['id']}"
    body = {**CHECK, "spoke_with": boss["id"]}
    for field in ("note", "reference"):
        refused = await call("POST", f"{path}/intent-checks", {**body, field: f"电话 13800138000 {identity(1)}"})
        assert (refused.status_code, refused.json()["code"]) == (422, "party.text_personal")
    refused = await call("POST", f"{path}/no-owners", {"reason": "见 13800138000"})
    assert refused.json()["code"] == "party.text_personal"
    viewer = await caller(Role.VIEWER)  # type: ignore[operator]
    stranger = await caller(Role.ADMIN, 0)  # type: ignore[operator]
    for to, sent in (("intent-checks", body), ("no-owners", {"reason": "x"})):
        assert (await viewer("POST", f"{path}/{to}", sent)).status_code == 403
        assert (await stranger("POST", f"{path}/{to}", sent)).status_code in (404, 422)
    assert (await call("GET", path)).json()["intent_checks"] == []


async def page_of(client: httpx.AsyncClient, **values: str) -> str:
    answer = await send(client, "/console/people/new", nationality="CHN", **values)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_the_page_lists_what_is_missing_and_takes_a_check(enter: Enter) -> None:
    client = await enter("operator")
    boss = await page_of(client, kind="person", name="欧阳晓燕", number=identity(1))
    page = await page_of(client, kind="company", name="晴川光伏科技有限公司", number=credit(1))
    text = (await client.get(page)).text
    assert text.count("缺少") == 4
    assert "尚未登记法定代表人" in text
    await send(client, page, action="change", representative=boss.rsplit("/", 1)[1])
    check = {"action": "note-intent", "how": "on_site", "held_at": "2026-01-05T10:30", "outcome": "confirmed"}
    wrong = await send(client, page, **{**check, "held_at": "gestern"}, reference="rec-1")
    assert (wrong.status_code, 'href="#note-intent-held_at"' in wrong.text) == (422, True)
    personal = await send(client, page, **check, reference="13800138000")
    assert (personal.status_code, 'href="#note-intent-reference"' in personal.text) == (422, True)
    assert (await send(client, page, **check, reference="rec-1")).status_code == 303
    assert (await send(client, page, action="state-no-owners", reason="股权分散")).status_code == 303
    text = (await client.get(page)).text
    assert text.count("缺少") == 1
    assert "2026-01-05 10:30:00" in text
    assert "股权分散" in text
    assert "已确认" in text
    assert "缺少" not in (await client.get(boss)).text
    assert (await client.get("/console/people?format=csv")).status_code == 200
