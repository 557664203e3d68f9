"""Personal data by approval, over HTTP and on the console's pages."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from canglian.app.opening import Opened
from canglian.bank.approval.commands import SetApprovalPolicy, TierAsked
from canglian.web.principal import Role
from tests.bank.party.api.test_parties import registered
from tests.bank.party.people import identity
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["enter"]

Make = Callable[..., Awaitable[Caller]]
GRAVE = ("party.unmask", "party.export", "party.erase", "party.merge")
PLAIN = ("欧阳晓燕", "13800138000", identity(1))


@pytest.fixture
async def policies(installation: Opened) -> None:
    """One approver votes on whatever is grave about people; keys may."""
    for kind in GRAVE:
        command = SetApprovalPolicy(
            code=kind.replace(".", "-"),
            kind=kind,
            name=kind,
            tiers=[TierAsked(votes=1, role=Role.APPROVER)],
            keys_vote=True,
        )
        await installation.services.engine.execute(1, command, actor="test")


@pytest.fixture
async def people(caller: Make, policies: None) -> dict[str, Caller]:
    return {role.value: await caller(role) for role in Role}


def filing(party: str, kind: str = "party.unmask", **more: Any) -> dict[str, Any]:
    payload = {
        "party": party,
        "reason": "电话核实",
        **({"fields": ["name", "mobile"]} if kind == "party.unmask" else {}),
    }
    return {"kind": kind, "payload": {**payload, **more}, "reason": "电话核实"}


async def approved(people: dict[str, Caller], body: dict[str, Any]) -> str:
    """The id of the unmasking that came of a proposal of the operator's."""
    filed = await people["operator"]("POST", "/v1/proposals", body)
    assert filed.status_code == 201, filed.text
    done = await people["approver"]("POST", f"/v1/proposals/{filed.json()['id']}/approve", {})
    assert done.json()["state"] == "approved", done.text
    return done.json()["outcome"].removeprefix("unmasking:")


async def late(database: str) -> None:
    """As if every unmasking had been eleven minutes ago."""
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE unmasking SET at = at - interval '11 minutes'")
    await connection.close()


async def test_only_the_maker_reads_what_was_approved(people: dict[str, Caller], caller: Make) -> None:
    party = (await registered(people["operator"], mobile="13800138000"))["id"]
    for who in ("approver", "admin"):
        direct = await people[who]("POST", f"/v1/parties/{party}/unmask", {"fields": ["name"], "reason": "x"})
        assert (direct.status_code, direct.json()["code"]) == (422, "approval.required")
    path = f"/v1/unmaskings/{await approved(people, filing(party))}"
    seen = await people["operator"]("GET", path)
    assert (seen.status_code, seen.headers["cache-control"]) == (200, "no-store")
    assert seen.json()["data"] == {
        "name": "欧阳晓燕",
        "number": None,
        "mobile": "13800138000",
        "address": None,
        "documents": None,
    }
    for who, status in (("approver", 404), ("admin", 404), ("auditor", 403), ("viewer", 403)):
        answer = await people[who]("GET", path)
        assert answer.status_code == status, who
        assert not any(plain in answer.text for plain in PLAIN)
    stranger = await caller(Role.ADMIN, 0)
    assert (await stranger("GET", path)).status_code == 404
    lines = (await people["auditor"]("GET", "/v1/commands?kind=party.read_unmasking")).json()["data"]
    assert [line["actor"].split(":")[0] for line in lines] == ["key"]


async def test_an_approved_export_is_everything_and_its_time_ends(people: dict[str, Caller], database: str) -> None:
    party = (await registered(people["operator"], mobile="13800138000"))["id"]
    path = f"/v1/unmaskings/{await approved(people, filing(party, 'party.export'))}"
    await late(database)
    over = await people["operator"]("GET", path)
    assert (over.status_code, over.json()["code"]) == (422, "unmasking.over")
    assert not any(plain in over.text for plain in PLAIN)
    path = f"/v1/unmaskings/{await approved(people, filing(party, 'party.export'))}"
    content = (await people["operator"]("GET", path)).json()
    assert (content["data"]["number"], content["party"]["id"]) == (identity(1), party)
    assert {step["kind"] for step in content["history"]} == {
        "party.registered",
        "party.exported",
        "party.unmasking_read",
    }


async def test_a_number_in_a_reason_is_not_filed_nor_voted_with(people: dict[str, Caller]) -> None:
    party = (await registered(people["operator"]))["id"]
    operator = people["operator"]
    for body in (
        filing(party, reason="问 13800138000"),
        {**filing(party), "reason": "问 13800138000"},
        {**filing(party), "reason": f"见 {identity(1)}"},
    ):
        refused = await operator("POST", "/v1/proposals", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "party.text_personal")
    number = (await operator("POST", "/v1/proposals", filing(party))).json()["id"]
    for verb in ("approve", "reject"):
        voted = await people["approver"]("POST", f"/v1/proposals/{number}/{verb}", {"comment": f"是 {identity(1)}"})
        assert (voted.status_code, voted.json()["code"]) == (422, "party.text_personal")
    without = filing(party)
    del without["payload"]["reason"]
    assert (await operator("POST", "/v1/proposals", without)).status_code == 400


# -- pages ---------------------------------------------------------------------------------------------------------


async def known(client: httpx.AsyncClient) -> str:
    """The page of 欧阳晓燕."""
    form = {"kind": "person", "name": "欧阳晓燕", "number": identity(1), "mobile": "13800138000", "nationality": "CHN"}
    return (await send(client, "/console/people/new", **form)).headers["location"]


async def as_user(client: httpx.AsyncClient, enter: Enter, login: str) -> None:
    client.cookies.clear()
    await enter(login)


async def test_the_page_asks_for_approval_where_a_policy_says_so_and_its_maker_sees_it(
    enter: Enter, policies: None, database: str
) -> None:
    client = await enter("operator")
    page = await known(client)
    party = page.rsplit("/", 1)[1]
    text = (await client.get(page)).text
    assert text.count("申请审批") == 2  # unmasking and handing out; nothing to merge or erase yet
    assert "须先经他人审批" in text
    assert text.count('action="/console/proposals/new"') == 2
    form = {"kind": "party.unmask", "party": party, "proposal_reason": "电话核实"}
    nothing = await send(client, page, "/console/proposals/new", **form)
    assert nothing.status_code == 422
    assert 'href="#f-fields"' in nothing.text
    personal = await send(
        client, page, "/console/proposals/new", **{**form, "fields_name": "yes", "proposal_reason": "13800138000"}
    )
    assert (personal.status_code, 'href="#f-proposal_reason"' in personal.text) == (422, True)
    filed = await send(client, page, "/console/proposals/new", **form, fields_name="yes", fields_number="yes")
    assert filed.status_code == 303, filed.text
    proposal = filed.headers["location"]

    await as_user(client, enter, "approver")
    assert "由他人提出申请" in (await client.get(page)).text
    shown = (await client.get(proposal)).text
    assert "欧***" in shown
    assert (await send(client, proposal, action="approve")).status_code == 303
    shown = (await client.get(proposal)).text
    assert "/console/unmaskings/" not in shown
    await as_user(client, enter, "operator")
    link = re.search(r'href="(/console/unmaskings/unm_\w+)"', (await client.get(proposal)).text)
    assert link
    unopened = await client.get(link[1])
    assert unopened.headers["cache-control"] == "no-store"
    assert not any(plain in unopened.text for plain in PLAIN)
    seen = await send(client, link[1])
    assert "欧阳晓燕" in seen.text
    assert identity(1) in seen.text
    assert "13800138000" not in seen.text

    await as_user(client, enter, "approver")
    assert (await client.get(link[1])).status_code == 404
    stolen = await client.post(link[1], data={"_token": (await _token(client))})
    assert stolen.status_code == 404
    await as_user(client, enter, "viewer")
    assert (await client.get(link[1])).status_code == 404
    await as_user(client, enter, "operator")
    await late(database)
    over = await client.get(link[1])
    assert "查看时限已过" in over.text
    assert 'method="post"' not in over.text.split("<main")[1]


async def _token(client: httpx.AsyncClient) -> str:
    found = re.search(r'name="_token" value="([^"]+)"', (await client.get("/console/people")).text)
    assert found
    return found[1]


async def test_without_a_policy_the_page_has_its_direct_buttons(enter: Enter) -> None:
    client = await enter("operator")
    page = await known(client)
    assert "申请审批" not in (await client.get(page)).text
    await as_user(client, enter, "approver")
    text = (await client.get(page)).text
    assert 'id="unmask-reason"' in text
    assert 'action="/console/proposals/new"' not in text


async def test_an_export_by_approval_is_downloaded_by_its_maker(enter: Enter, policies: None) -> None:
    client = await enter("operator")
    page = await known(client)
    form = {"kind": "party.export", "party": page.rsplit("/", 1)[1], "proposal_reason": "本人申请"}
    proposal = (await send(client, page, "/console/proposals/new", **form)).headers["location"]
    await as_user(client, enter, "approver")
    await send(client, proposal, action="approve")
    await as_user(client, enter, "operator")
    link = re.search(r'href="(/console/unmaskings/unm_\w+)"', (await client.get(proposal)).text)
    assert link
    file = await send(client, link[1])
    assert file.headers["content-disposition"].startswith('attachment; filename="pty_')
    assert file.json()["data"]["name"] == "欧阳晓燕"


async def verified(call: Caller, number: int) -> str:
    """The id of somebody who was verified face to face."""
    party = (await registered(call, number=identity(number), mobile="13800138000"))["id"]
    document = {
        "kind": "identity_card",
        "number": identity(number),
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
    }
    added = (await call("POST", f"/v1/parties/{party}/documents", document)).json()["id"]
    done = await call("POST", f"/v1/parties/{party}/verification", {"document": added, "place": "新城支行"})
    assert done.json()["level"] == "face_to_face", done.text
    return party


async def test_a_verified_customer_is_renamed_by_two_people_only(people: dict[str, Caller], call: Caller) -> None:
    party = await verified(call, 3)
    path = f"/v1/parties/{party}"
    for who in ("operator", "admin"):
        refused = await people[who]("PATCH", path, {"name": "司徒振华"})
        assert (refused.status_code, refused.json()["code"]) == (422, "party.name_verified"), who
    assert (await people["operator"]("PATCH", path, {"name": "欧阳晓燕", "occupation": "教师"})).status_code == 200
    body = filing(party, "party.rename", name="司徒振华")
    filed = await people["operator"]("POST", "/v1/proposals", body, headers={"Idempotency-Key": "rename"})
    assert filed.status_code == 201, filed.text
    again = await people["operator"]("POST", "/v1/proposals", body, headers={"Idempotency-Key": "rename"})
    assert again.json() == filed.json()
    second = await people["admin"]("POST", "/v1/proposals", filing(party, "party.rename", name="慕容雪"))
    assert (second.json()["code"], second.json()["fields"]["waiting"]) == ("proposal.waiting", filed.json()["id"])
    shown = (await people["approver"]("GET", f"/v1/proposals/{filed.json()['id']}")).text
    assert "司***" in shown
    assert "司徒振华" not in shown
    forged = {"sealed": "sealed:1:x", "mask": "司徒振华", "index": "0" * 32}
    for name in (forged, None):
        wrong = await people["operator"]("POST", "/v1/proposals", filing(party, "party.rename", name=name))
        assert wrong.status_code == 400, wrong.text
    own = await people["operator"]("POST", f"/v1/proposals/{filed.json()['id']}/approve", {})
    assert own.status_code == 403
    assert (await people["approver"]("GET", path)).json()["party"]["name"] == "欧***"
    voted = await people["approver"]("POST", f"/v1/proposals/{filed.json()['id']}/approve", {})
    assert (voted.status_code, voted.json()["code"]) == (422, "approval.users_only")


async def test_a_rename_and_an_unmasking_are_asked_for_on_the_customers_page_and_by_name(
    enter: Enter, call: Caller, policies: None
) -> None:
    party = await verified(call, 4)
    client = await enter("operator")
    at = f"/console/people/{party}"
    page = (await client.get(at)).text
    change = page.partition('id="change"')[2].partition("</form>")[0]
    assert 'name="mobile"' in change
    assert 'name="name"' not in change
    assert 'value="party.rename"' in page
    form = {"kind": "party.rename", "party": party, "name": "司徒振华"}
    asked = await send(client, at, "/console/proposals/new", **form)
    assert asked.status_code == 422
    assert f'<a href="{at}">欧***</a>' in asked.text
    assert f'type="hidden" name="party" value="{party}"' in asked.text
    filed = await send(client, at, "/console/proposals/new", **form, proposal_reason="随户口簿更名")
    assert filed.status_code == 303, filed.text
    proposal = filed.headers["location"]
    assert "司徒振华" not in (await client.get(proposal)).text
    client.cookies.clear()
    await enter("approver")
    assert (await send(client, proposal, action="approve")).status_code == 303
    assert "司***" in (await client.get(at)).text
    client.cookies.clear()
    await enter("operator")
    unmask = {"kind": "party.unmask", "fields_name": "yes", "proposal_reason": "电话核实"}
    empty = (await client.get("/console/proposals/new?kind=party.unmask")).text
    assert "pty_" not in empty
    for typed in ("司徒振华", "13800138000", identity(4)):
        asked = await send(client, "/console/proposals/new", **unmask, party=typed)
        assert asked.status_code == 303, (typed, asked.text)
    unknown = await send(client, "/console/proposals/new", **unmask, party="13900139000")
    assert unknown.status_code == 422
    assert 'id="f-party-wrong"' in unknown.text
    named = (await client.get(f"/console/proposals/new?kind=party.unmask&party={party}")).text
    assert f'<a href="{at}">司***</a>' in named
