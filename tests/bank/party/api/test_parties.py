"""Parties over HTTP: sealed on the way in, masked on the way out, opened only with a reason on record."""

from datetime import date, timedelta
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.party import disclosing
from canglian.kernel.values import utc_now
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.party.people import credit, identity
from tests.conftest import Caller

NOBODY = "pty_" + "0" * 26


async def registered(call: Caller, serial: int | None = 1, **more: Any) -> dict[str, Any]:
    body = {"kind": "person", "name": "欧阳晓燕", **({} if serial is None else {"number": identity(serial)}), **more}
    answer = await call("POST", "/v1/parties", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_party_is_answered_by_its_masks(call: Caller) -> None:
    party = await registered(call, mobile="+86 138 0013 8000", address="新城县东门街 7 号")
    assert (party["name"], party["number"], party["mobile"], party["has_address"]) == (
        "欧***",
        f"1{'*' * 16}{identity(1)[-1]}",
        "138****8000",
        True,
    )
    whole = (await call("GET", f"/v1/parties/{party['id']}")).json()
    assert whole["party"] == party
    assert [whole[part] for part in ("roles", "documents", "beneficial_owners", "openings", "listed")] == [[]] * 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"number": "110105194912310021"}, "party.identity_checksum"),
        ({"number": "11010519491231002"}, "party.identity_form"),
        ({"number": credit(1)}, "party.identity_form"),
        ({"kind": "company", "number": identity(1)}, "party.credit_code_checksum"),
        ({"kind": "company", "number": "I" * 18}, "party.credit_code_form"),
        ({"mobile": "12345678901"}, "party.mobile_form"),
        ({"name": "<script>alert(1)</script>"}, "party.name_form"),
        ({"name": "王"}, "party.name_form"),
        ({"address": "a\u202eb c d"}, "party.address_form"),
        ({"occupation": "见 13800138000"}, "party.text_personal"),
        ({"representative": NOBODY}, "party.not_found"),
    ],
)
async def test_what_is_not_right_is_refused_before_it_is_logged(
    call: Caller, installation: Opened, body: dict[str, Any], code: str
) -> None:
    before = (await installation.services.store.state(1)).events
    answer = await call("POST", "/v1/parties", {"kind": "person", "name": "王小明", **body})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await installation.services.store.state(1)).events == before
    for value in body.values():
        if len(value) > 10 and value != NOBODY:
            assert value not in answer.text


async def test_a_repeated_request_is_answered_once_and_another_under_its_key_is_a_conflict(call: Caller) -> None:
    body = {"kind": "person", "name": "王小明", "number": identity(1), "mobile": "13800138000", "address": "东门街七号"}
    key = {"Idempotency-Key": "till-1"}
    first = await call("POST", "/v1/parties", body, headers=key)
    again = await call("POST", "/v1/parties", body, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    other = await call("POST", "/v1/parties", {**body, "mobile": "13800138001"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")
    taken = await call("POST", "/v1/parties", body, headers={"Idempotency-Key": "till-2"})
    assert (taken.status_code, taken.json()["code"], taken.json()["fields"]["other"]) == (
        422,
        "party.number_taken",
        first.json()["id"],
    )


async def test_a_shared_mobile_is_told_in_every_answer_and_nothing_of_who_has_it(call: Caller) -> None:
    mine = {"kind": "person", "name": "王小明", "mobile": "13800138000"}
    first = (await call("POST", "/v1/parties", mine)).json()
    assert first["mobile_shared"] is False
    for dry, status in ((True, 200), (False, 201)):
        answer = await call("POST", f"/v1/parties?dry_run={dry}", {**mine, "name": "李小红", "number": identity(2)})
        assert (answer.status_code, answer.json()["mobile_shared"]) == (status, True)
        assert first["id"] not in answer.text
        assert "王" not in answer.text
    second = answer.json()
    assert (await call("GET", f"/v1/parties/{first['id']}")).json()["party"]["mobile_shared"] is True
    assert [party["mobile_shared"] for party in (await call("GET", "/v1/parties")).json()["data"]] == [True, True]
    moved = await call("PATCH", f"/v1/parties/{second['id']}", {"mobile": "13900139000"})
    assert (moved.status_code, moved.json()["mobile_shared"]) == (200, False)
    back = await call("PATCH", f"/v1/parties/{second['id']}", {"mobile": "+86 138-0013-8000"})
    assert back.json()["mobile_shared"] is True
    chosen = await call("POST", f"/v1/parties/{second['id']}/choose-sign-in")
    assert chosen.json()["mobile_shared"] is True
    shop = await call("POST", "/v1/parties", {"kind": "sole_trader", "name": "东门小铺", "mobile": "13800138000"})
    assert (shop.status_code, shop.json()["mobile_shared"]) == (201, False), "it signs nobody in"
    assert (await call("POST", f"/v1/parties/{second['id']}/end", {"reason": "搬走了"})).status_code == 200
    assert (await call("GET", f"/v1/parties/{first['id']}")).json()["party"]["mobile_shared"] is False


async def test_a_dry_run_registers_nobody(call: Caller) -> None:
    body = {"kind": "person", "name": "王小明", "number": identity(1)}
    dry = await call("POST", "/v1/parties?dry_run=true", body)
    assert (dry.status_code, dry.json()["name"]) == (200, "王**")
    assert (await call("GET", "/v1/parties")).json()["data"] == []


@pytest.mark.parametrize(
    ("by", "kept", "asked"),
    [
        ("mobile", "+86\u20118\u202d13800138000", None),
        ("mobile", "13800138000", "8613800138000"),
        ("mobile", "13800138000", "0086 138 0013 8000"),
        ("mobile", "13800138000", "(+86)138\u20110013\u20118000"),
        ("mobile", "008613800138000", "13800138000"),
        ("mobile", "\u202d138 0013 8000\u202c", "13800138000"),
        ("mobile", "１３８００１３８０００", "13800138000"),
        ("number", identity(7), "".join(chr(ord(digit) + 0xFEE0) for digit in identity(7))),
        ("number", f"\u200e{identity(7)[:6]}\u2011{identity(7)[6:]}", identity(7)),
        ("name", "买买提•热合曼", "买买提·热合曼"),
        ("name", "买买提·热合曼", "买买提•热合曼"),
        ("name", "\uf907田一郎", "龜田一郎"),
        ("name", "龜田一郎", "\uf907田一郎"),
        ("name", "Jose\u0301 Nu\u0301n\u0303ez", "José Núñez"),
    ],
)
async def test_registering_and_searching_read_a_text_alike(call: Caller, by: str, kept: str, asked: str | None) -> None:
    body = {"kind": "person", "name": "王小明", "number": identity(7), "mobile": "13911112222", by: kept}
    answer = await call("POST", "/v1/parties", body)
    if asked is None:
        assert (answer.status_code, answer.json()["code"]) == (422, f"party.{by}_form")
        return
    assert answer.status_code == 201, answer.text
    found = await call("POST", "/v1/parties/search", {by: asked})
    assert [party["id"] for party in found.json()["data"]] == [answer.json()["id"]]


async def test_a_name_that_was_kept_before_dots_were_one_is_still_found(call: Caller, installation: Opened) -> None:
    party = await registered(call, 1, name="买买提·热合曼")
    for kept in ("买买提•热合曼", "晴川（上海）公司"):
        index = installation.services.keyring.blind_index(kept, "party.name")
        async with installation.services.store.pool.acquire() as connection:
            await connection.execute("UPDATE party SET name_index = $1 WHERE id = $2", index, party["id"])
        asked = kept.replace("•", "·").replace("（", "(").replace("）", ")")
        found = await call("POST", "/v1/parties/search", {"name": asked})
        assert [found["id"] for found in found.json()["data"]] == [party["id"]]


async def test_somebody_is_found_by_what_the_body_says_and_by_no_parameter(call: Caller) -> None:
    first = await registered(call, 1, mobile="13800138000")
    second = await registered(call, 2, name="王小明", mobile="13800138000")

    async def ids(**body: str) -> list[str]:
        answer = await call("POST", "/v1/parties/search", body)
        assert answer.status_code == 200, answer.text
        return [party["id"] for party in answer.json()["data"]]

    assert await ids(number=f" {identity(1)[:6]} {identity(1)[6:].lower()}") == [first["id"]]
    assert await ids(mobile="+86 138-0013-8000") == [second["id"], first["id"]]
    assert await ids(name="王小明") == [second["id"]]
    assert await ids(name="王小") == []
    for body in ({}, {"number": "1", "mobile": "2"}):
        answer = await call("POST", "/v1/parties/search", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "party.search_empty")
    for query in ("number=1", "mobile=1", "name=1", "search=1"):
        assert (await call("GET", f"/v1/parties?{query}")).status_code == 400


async def test_lists_are_filtered_and_exported_by_masks(call: Caller) -> None:
    party = await registered(call, 1)
    company = {"kind": "company", "name": "晴川光伏科技有限公司", "number": credit(1)}
    two = (await call("POST", "/v1/parties", company)).json()
    await call("POST", f"/v1/parties/{party['id']}/roles", {"role": "villager", "within": "village:7"})
    await call("POST", f"/v1/parties/{party['id']}/risk", {"risk": "medium", "reason": "年度复核"})

    async def ids(query: str) -> list[str]:
        answer = await call("GET", f"/v1/parties?{query}")
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["data"]]

    assert await ids("sort=id") == [party["id"], two["id"]]
    assert await ids("kind=company") == [two["id"]]
    assert await ids("role=villager") == [party["id"]]
    assert await ids("role=patient") == []
    assert await ids("risk=medium&level=none&state=active") == [party["id"]]
    soon = (date.fromisoformat(party["review_on"]) - timedelta(days=1)).isoformat()
    assert await ids(f"review_on.lte={soon}") == [party["id"]]
    exported = (await call("GET", "/v1/parties", headers={"accept": "text/csv"})).text
    assert two["name"] == "晴川******公司"
    assert "晴川******公司" in exported
    assert credit(1) not in exported
    assert "光伏" not in exported


async def test_a_person_is_changed_documented_and_verified(call: Caller) -> None:
    party = await registered(call, None)
    path = f"/v1/parties/{party['id']}"
    changed = await call("PATCH", path, {"number": identity(1), "occupation": "教师"})
    assert (changed.status_code, changed.json()["occupation"]) == (200, "教师")
    assert (await call("PATCH", path, {"number": identity(2)})).json()["code"] == "party.number_fixed"
    paper = {"kind": "identity_card", "number": identity(1), "authority": "新城县公安局", "valid_from": "2020-01-01"}
    wrong = await call("POST", f"{path}/documents", {**paper, "number": identity(2)})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "party_document.number_differs")
    document = (await call("POST", f"{path}/documents", paper)).json()
    assert document["number"] == f"1{'*' * 16}{identity(1)[-1]}"
    verified = await call("POST", f"{path}/verification", {"document": document["id"], "place": "新城支行"})
    assert (verified.status_code, verified.json()["level"]) == (200, "face_to_face")
    whole = (await call("GET", path)).json()
    assert whole["documents"] == [document]


async def test_a_look_at_plain_data_is_logged_first_and_shown_to_who_asked(call: Caller, installation: Opened) -> None:
    party = await registered(call, mobile="13800138000", address="新城县东门街 7 号")
    path = f"/v1/parties/{party['id']}/unmask"
    body = {"fields": ["name", "number", "address"], "reason": "电话核实"}
    dry = await call("POST", f"{path}?dry_run=true", body)
    assert (dry.status_code, dry.json()["data"]) == (200, None)
    answer = await call("POST", path, body, headers={"Idempotency-Key": "look-1"})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["data"] == {
        "name": "欧阳晓燕",
        "number": identity(1),
        "mobile": None,
        "address": "新城县东门街 7 号",
        "documents": None,
    }
    assert answer.json()["unmasking"]["reason"] == "电话核实"
    again = await call("POST", path, body, headers={"Idempotency-Key": "look-1"})
    assert again.json()["data"] == answer.json()["data"]
    lines = await installation.services.reader.rows("SELECT kind, payload FROM command WHERE book = $1", 1)
    assert [row["kind"] for row in lines].count("party.unmask") == 1
    assert "欧阳晓燕" not in str(lines)
    for fields in ([], ["password"]):
        assert (await call("POST", path, {"fields": fields, "reason": "x"})).status_code == 400


async def test_an_old_look_is_not_opened_again_by_its_key(
    call: Caller, monkeypatch: pytest.MonkeyPatch, installation: Opened
) -> None:
    party = await registered(call)
    body, key = {"fields": ["name"], "reason": "电话核实"}, {"Idempotency-Key": "look-1"}
    path = f"/v1/parties/{party['id']}/unmask"
    assert (await call("POST", path, body, headers=key)).status_code == 201
    monkeypatch.setattr(disclosing, "utc_now", lambda: utc_now() + timedelta(minutes=11))
    late = await call("POST", path, body, headers=key)
    assert (late.status_code, late.json()["code"]) == (422, "unmasking.over")
    assert "欧阳" not in late.text


async def test_everything_that_is_held_is_handed_out_on_request(call: Caller) -> None:
    party = await registered(call, mobile="13800138000")
    path = f"/v1/parties/{party['id']}"
    paper = {"kind": "identity_card", "number": identity(1), "authority": "新城县公安局", "valid_from": "2020-01-01"}
    document = (await call("POST", f"{path}/documents", paper)).json()
    consent = {"party": party["id"], "scope": "profile.basic", "purpose": "开户", "receiver": "partner:sunny"}
    given = (await call("POST", "/v1/consents", consent)).json()
    answer = await call("POST", f"{path}/export", {"reason": "本人申请"})
    assert answer.status_code == 201
    content = answer.json()
    assert content["data"]["mobile"] == "13800138000"
    assert content["data"]["documents"] == [{"id": document["id"], "kind": "identity_card", "number": identity(1)}]
    assert [consent["id"] for consent in content["consents"]] == [given["id"]]
    assert [(unmasking["exported"], unmasking["reason"]) for unmasking in content["seen_by"]] == [(True, "本人申请")]
    assert [step["kind"] for step in content["history"]] == [
        "party.exported",
        "consent.given",
        "party.document_added",
        "party.registered",
    ]


async def test_two_records_are_found_alike_and_merged(call: Caller) -> None:
    known = await registered(call, 1, mobile="13800138000")
    other = await registered(call, None, mobile="13800138000")
    await registered(call, 2, name="王小明")
    alike = (await call("GET", f"/v1/parties/{known['id']}/duplicates")).json()["data"]
    assert [(duplicate["party"]["id"], duplicate["common"]) for duplicate in alike] == [
        (other["id"], ["mobile", "name"])
    ]
    merged = await call("POST", f"/v1/parties/{known['id']}/merge", {"other": other["id"], "reason": "重复登记"})
    assert (merged.status_code, merged.json()["id"]) == (200, known["id"])
    late = await call("PATCH", f"/v1/parties/{other['id']}", {"occupation": "教师"})
    assert (late.status_code, late.json()["code"], late.json()["fields"]) == (
        422,
        "party.merged",
        {"party": other["id"], "merged_into": known["id"]},
    )
    assert (await call("GET", f"/v1/parties/{other['id']}")).json()["party"]["merged_into"] == known["id"]


async def test_data_is_erased_when_the_law_lets_it_go(call: Caller, installation: Opened) -> None:
    party = await registered(call)
    path = f"/v1/parties/{party['id']}"
    because = {"reason": "本人申请"}
    assert (await call("POST", f"{path}/erase", because)).json()["code"] == "party.relation_goes_on"
    ended = (await call("POST", f"{path}/end", because)).json()
    kept = (await call("POST", f"{path}/erase", because)).json()
    year, rest = ended["ended_on"].split("-", 1)
    assert kept["fields"] == {"party": party["id"], "may_be_on": f"{int(year) + 10}-{rest}"}
    day = date.fromisoformat(kept["fields"]["may_be_on"])
    await installation.services.engine.execute(1, CloseDay(next_day=day), actor="test")
    erased = (await call("POST", f"{path}/erase", because)).json()
    assert (erased["state"], erased["name"], erased["number"]) == ("erased", "****", None)


OWN = ("unmask", "export", "merge", "erase")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.AUDITOR])
async def test_who_may_not_approve_sees_merges_and_erases_nothing(call: Caller, caller: Any, role: Role) -> None:
    party = await registered(call)
    low = await caller(role)
    bodies = {"unmask": {"fields": ["name"], "reason": "x"}, "merge": {"other": NOBODY, "reason": "x"}}
    for verb in OWN:
        answer = await low("POST", f"/v1/parties/{party['id']}/{verb}", bodies.get(verb, {"reason": "x"}))
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden"), verb
        assert "欧阳" not in answer.text


async def test_an_approver_may_and_registers_nobody(call: Caller, caller: Any) -> None:
    party = await registered(call)
    approver = await caller(Role.APPROVER)
    seen = await approver("POST", f"/v1/parties/{party['id']}/unmask", {"fields": ["name"], "reason": "核实"})
    assert seen.json()["data"]["name"] == "欧阳晓燕"
    assert (await approver("POST", "/v1/parties", {"kind": "person", "name": "王小明"})).status_code == 403


async def test_another_books_people_are_not_there(call: Caller, caller: Any, installation: Opened) -> None:
    party = await registered(call, mobile="13800138000")
    consent = {"party": party["id"], "scope": "profile.basic", "purpose": "开户", "receiver": "partner:sunny"}
    given = (await call("POST", "/v1/consents", consent)).json()["id"]
    opening = (await call("POST", "/v1/openings", {"party": party["id"], "channel": "app"})).json()["id"]
    listed = {"colour": "grey", "listed_by": "number", "value": identity(1), "reason": "待核实"}
    entry = (await call("POST", "/v1/lists", listed)).json()["id"]
    await installation.open_book("other", "分行", actor="test")
    stranger = await caller(Role.ADMIN, book=2)
    because = {"reason": "x"}
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/parties/{party['id']}", None),
        ("PATCH", f"/v1/parties/{party['id']}", {"occupation": "x"}),
        ("GET", f"/v1/parties/{party['id']}/duplicates", None),
        ("POST", f"/v1/parties/{party['id']}/unmask", {"fields": ["name"], "reason": "x"}),
        ("POST", f"/v1/parties/{party['id']}/export", because),
        ("POST", f"/v1/parties/{party['id']}/end", because),
        ("POST", f"/v1/parties/{party['id']}/erase", because),
        ("GET", f"/v1/consents/{given}", None),
        ("POST", f"/v1/consents/{given}/withdraw", None),
        ("GET", f"/v1/openings/{opening}", None),
        ("POST", f"/v1/openings/{opening}/message", {"reference": "x"}),
        ("POST", f"/v1/lists/{entry}/end", because),
    ]
    for method, path, body in asked:
        answer = await stranger(method, path, body)
        assert answer.status_code == 404, (path, answer.text)
        assert answer.json()["code"].endswith(".not_found")
    assert (await stranger("POST", "/v1/parties/search", {"number": identity(1)})).json()["data"] == []
    for path in ("/v1/parties", "/v1/consents", "/v1/openings", "/v1/lists"):
        assert (await stranger("GET", path)).json()["data"] == []
    assert (
        await stranger("POST", "/v1/parties", {"kind": "person", "name": "王小明", "number": identity(1)})
    ).is_success
