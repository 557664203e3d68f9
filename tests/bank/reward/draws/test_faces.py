"""Draws through the API, the console, the command line and a person's phone; strangers are refused everywhere."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.bank.reward.draws import Draw, DrawEntry, DrawState, DrawWin, Prize, PrizeKind, WinState, queries
from canglian.bank.reward.draws import running as clock
from canglian.bank.reward.draws.commands import ApproveDraw, DraftDraw, JoinDraw, SubmitDraw
from canglian.bank.reward.draws.model import DrawSeed
from canglian.bank.reward.draws.proof import check, read_proof
from canglian.bank.reward.draws.service import code_of, new_seed
from canglian.kernel.queries.entities import one, some
from canglian.kernel.values import utc_now
from canglian.web.principal import Role
from tests.bank.payment.api.test_payments import done
from tests.bank.reward.draws.lots import script_on
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["configuration", "enter", "phone", "town"]

DRAWS = "/console/draws"
HOUR = timedelta(hours=1)


def draft(**fields: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "name": "春茶抽奖",
        "summary": "每人一次",
        "prizes": [
            {"name": "红包", "kind": "benefit", "value": 600, "quantity": 1},
            {"name": "电饭煲", "kind": "goods", "value": 39_900, "quantity": 1},
        ],
        "joins_from": (now - HOUR).isoformat(),
        "joins_until": (now + 24 * HOUR).isoformat(),
        "draws_at": (now + 25 * HOUR).isoformat(),
        "fallback": "上证指数收盘价",
        "fallback_at": (now + 90 * HOUR).isoformat(),
        "asset": "ECNY",
        **fields,
    }


@pytest.fixture
async def second(caller: Callable[..., Awaitable[Caller]]) -> Caller:
    """Somebody else, who approves."""
    return await caller(role=Role.APPROVER)


@pytest.fixture
def now(installation: Opened, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock of the engine, of pages and of the job."""

    def move(ahead: timedelta) -> None:
        def moved() -> datetime:
            return utc_now() + ahead

        for lane in installation.services.engine._lanes.values():
            monkeypatch.setattr(lane, "_clock", moved)
        installation.services.engine.clock = moved
        for module in (clock, "canglian.bank.reward.draws.mobile.own", "canglian.bank.reward.draws.availability"):
            name = module if isinstance(module, str) else module.__name__
            monkeypatch.setattr(f"{name}.utc_now", moved)

    return move


async def published(town: Town, **fields: Any) -> Draw:
    """A draw that people join, by the commands."""
    both = (Prize("红包", PrizeKind.BENEFIT, 600, 1), Prize("电饭煲", PrizeKind.GOODS, 39_900, 1))
    prizes = fields.pop("prizes", both)
    start, keyring = utc_now() - HOUR, town.services.keyring
    asked = DraftDraw(
        name="春茶抽奖",
        summary="每人一次",
        prizes=prizes,
        joins_from=start,
        joins_until=start + 25 * HOUR,
        draws_at=start + 26 * HOUR,
        fallback="上证指数收盘价",
        fallback_at=start + 90 * HOUR,
        seed=new_seed(keyring, None),
        **fields,
    )
    drafted: Draw = await town.do(asked)
    await town.do(SubmitDraw(draw=drafted.id))
    return await town.do(ApproveDraw(draw=drafted.id, second=new_seed(keyring, None)), "user:second")


async def test_a_draw_is_held_over_http_from_the_draft_to_the_proof(
    call: Caller, second: Caller, town: Town, now: Callable[[timedelta], None], tmp_path: Any
) -> None:
    drafted = await done(call, "/v1/draws", draft())
    assert (drafted["state"], len(drafted["seed_hash"])) == ("draft", 64)
    assert "sealed" not in str(drafted)
    at = f"/v1/draws/{drafted['id']}"
    await done(call, f"{at}/submission", None, 200)
    refused = await call("POST", f"{at}/approval", {})
    assert refused.status_code == 403 or refused.json()["code"] == "draw.own_approval"
    assert (await done(second, f"{at}/approval", {}, 200))["state"] == "published"
    people = [await town.person(mobile=f"1380013{serial:04d}") for serial in range(5)]
    wallets = [await town.wallet(person, "wallet.ecny2") for person in people]
    for wallet in wallets:
        await done(call, f"{at}/entries", {"wallet": wallet.id})
    again = await call("POST", f"{at}/entries", {"wallet": wallets[0].id})
    assert (again.status_code, again.json()["code"]) == (422, "draw_entrant.per_person")
    early = await call("GET", f"{at}/proof")
    assert (early.status_code, early.json()["code"]) == (422, "draw.not_frozen")
    now(24 * HOUR + timedelta(minutes=1))
    assert (await done(call, f"{at}/freeze", None, 200))["state"] == "list_frozen"
    withheld = read_proof((await call("GET", f"{at}/proof")).content)
    assert (withheld.seed, withheld.entropy, len(withheld.entries)) == (None, None, 5)
    assert script_on(tmp_path, withheld) == (1, "draw_proof.seed_withheld")
    now(25 * HOUR + timedelta(minutes=1))
    await done(second, f"{at}/second-seed", {}, 200)
    await done(call, f"{at}/reveal", None, 200)
    assert (await done(call, f"{at}/confirmation", None, 200))["state"] == "verified"
    proof = read_proof((await call("GET", f"{at}/proof")).content)
    assert len(check(proof).winners) == 2
    assert script_on(tmp_path, proof)[0] == 0
    whole = (await call("GET", at)).json()
    assert [win["number"] for win in whole["wins"]] == [winner.number for winner in proof.winners]
    for wallet in wallets:
        assert wallet.id not in (await call("GET", f"{at}/proof")).text
        assert (wallet.party or "") not in (await call("GET", f"{at}/proof")).text


async def test_the_same_request_to_draft_makes_the_same_seed_and_another_one_another(call: Caller) -> None:
    first = await call("POST", "/v1/draws", body := draft(), headers={"idempotency-key": "d-1"})
    again = await call("POST", "/v1/draws", body, headers={"idempotency-key": "d-1"})
    other = await call("POST", "/v1/draws", body, headers={"idempotency-key": "d-2"})
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json() == again.json()
    assert other.json()["seed_hash"] != first.json()["seed_hash"]


async def test_the_clock_freezes_reveals_and_computes_again_and_the_office_reveals(
    town: Town, now: Callable[[timedelta], None]
) -> None:
    draw = await published(town)
    wallet = await town.wallet(await town.person())
    entry: DrawEntry = await town.do(JoinDraw(draw=draw.id, wallet=wallet.id))
    await clock.run(town.services, 1)
    assert (await _draw(town, draw)).state is DrawState.PUBLISHED
    now(25 * HOUR + timedelta(minutes=1))
    for _ in range(3):
        await clock.run(town.services, 1)
    frozen = await _draw(town, draw)
    assert (frozen.state, frozen.head) == (DrawState.FROZEN, entry.link)  # it waits for the second office


async def test_strangers_and_readers_change_nothing(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, town: Town
) -> None:
    drafted = await done(call, "/v1/draws", draft())
    wallet = await town.wallet(await town.person(), "wallet.ecny2")
    win, at = "win_" + "0" * 26, f"draws/{drafted['id']}"
    writes: list[tuple[str, Any]] = [
        *((f"{at}/{verb}", None) for verb in ("submission", "freeze", "beacon", "reveal", "confirmation")),
        *((f"{at}/{verb}", {}) for verb in ("approval", "second-seed")),
        *((f"{at}/{verb}", {"reason": "核查"}) for verb in ("return", "dropping", "changes")),
        (f"{at}/entries", {"wallet": wallet.id}),
        (f"{at}/entrants", {"wallets": [wallet.id], "reason": "核查"}),
        (f"{at}/figure", {"figure": "1"}),
        (f"{at}/figure-confirmation", {"figure": "1"}),
        (f"draw-wins/{win}/claim", {"wallet": wallet.id}),
        (f"draw-wins/{win}/handover", {"code": "12345678"}),
    ]
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book), await caller(role=Role.VIEWER)
    admin = await caller(book=book, role=Role.ADMIN)
    before = (await installation.services.store.state(1)).commands
    for path in (at, f"{at}/proof", f"draw-wins/{win}"):
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
    for path, body in writes:
        for somebody in (stranger, admin):
            answer = await somebody("POST", f"/v1/{path}", body)
            assert answer.status_code in (403, 404, 422), (path, answer.text)
            code = answer.json()["code"]
            assert answer.status_code == 403 or code.endswith((".not_found", "draw_win.code")), (path, answer.text)
        assert (await viewer("POST", f"/v1/{path}", body)).status_code == 403, path
    assert (await viewer("POST", "/v1/draws", draft())).status_code == 403
    assert (await installation.services.store.state(1)).commands == before


async def test_an_operator_drafts_and_an_approver_publishes_on_pages(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    start = datetime.now(UTC) + 9 * HOUR
    typed = {
        "action": "draft",
        "name": "约惠抽奖",
        "summary": "每人一次",
        "prizes": "一等奖=888*1 *电饭煲=399*2",
        "joins_from": f"{start:%Y-%m-%dT%H:%M}",
        "joins_until": f"{start + 24 * HOUR:%Y-%m-%dT%H:%M}",
        "draws_at": f"{start + 25 * HOUR:%Y-%m-%dT%H:%M}",
        "entropy": "second_seed",
        "fallback": "上证指数收盘价",
        "fallback_at": f"{start + 90 * HOUR:%Y-%m-%dT%H:%M}",
        "condition": "open",
        "asset": "CNY",
        "per_person": "1",
        "alternates": "2",
        "claim_days": "7",
        "tax_note": "本行承担",
    }
    assert (await send(client, f"{DRAWS}/new", **{**typed, "prizes": "一等奖:888"})).status_code == 422
    above = await send(client, f"{DRAWS}/new", **{**typed, "prizes": "一等奖=50000.01*1"})
    assert above.status_code == 422
    assert "¥50,000.00" in above.text
    answer = await send(client, f"{DRAWS}/new", **typed)
    assert answer.status_code == 303, answer.text
    at = answer.headers["location"]
    page = (await client.get(at)).text
    assert "电饭煲" in page
    assert "再看一遍规则后提交" in page
    assert (await send(client, at, action="submit")).status_code == 303
    assert (await send(client, at, action="approve")).status_code == 403
    client.cookies.clear()
    approver = await enter("approver")
    assert "待公布抽奖" in (await approver.get("/console/")).text
    assert (await send(approver, at, action="approve")).status_code == 303
    found = await one(installation.services.reader, 1, Draw, at.rsplit("/", 1)[1])
    assert (found.state, found.approved_by) == (DrawState.PUBLISHED, "user:approver")
    assert (await send(approver, at, action="change", claim_days="6", reason="缩短")).status_code == 422
    assert (await send(approver, at, action="change", claim_days="8", reason="延长")).status_code == 303
    page = (await approver.get(at)).text
    assert "规则版本" in page
    assert found.rules_hash in page
    assert (await approver.get(f"{at}/proof")).status_code == 404
    seeds = await some(installation.services.reader, 1, DrawSeed, "draw", found.id)
    assert seeds[0].own not in page
    for path in (DRAWS, "/console/draw-wins"):
        assert (await approver.get(path)).status_code == 200, path
        assert (await approver.get(path, params={"format": "csv"})).status_code == 200, path


async def test_a_person_joins_sees_their_number_and_claims_what_they_won(
    town: Town, phone: NewPhone, enter: Enter, now: Callable[[timedelta], None], tmp_path: Any
) -> None:
    draw = await published(town)
    somebody = await town.person()
    wallet = await town.wallet(somebody)
    other = await town.wallet(await town.person("王建国", "13800138071"))
    own = phone()
    await own.sign_in(somebody.mobile)
    assert 'href="/m/draws"' in (await own.look("/m")).text
    assert "春茶抽奖" in (await own.look("/m/draws")).text
    at = f"/m/draws/{draw.id}"
    before = (await own.look(at)).text
    assert ("现在可以参加" in before, "您已参加" in before) == (True, False)
    joined = await own.send(f"{at}/join", wallet=wallet.id)
    assert "您已参加" in joined.text
    assert "您已参加" in (await own.look("/m/draws")).text
    (entry,) = await some(town.services.reader, 1, DrawEntry, "draw", draw.id)
    assert entry.number in joined.text
    assert entry.link in joined.text
    await town.do(JoinDraw(draw=draw.id, wallet=other.id))
    public = f"/m/draw/1/{draw.id}"
    nobody = phone()
    page = (await nobody.look(public)).text
    assert draw.rules_hash in page
    assert entry.number not in page
    assert (await nobody.look(f"{public}/proof")).status_code == 404
    now(25 * HOUR + timedelta(minutes=1))
    await clock.run(town.services, 1)
    console = await enter("approver")
    assert (await send(console, f"{DRAWS}/{draw.id}", action="reveal-second-seed")).status_code == 303
    for _ in range(2):
        await clock.run(town.services, 1)
    assert (await _draw(town, draw)).state is DrawState.VERIFIED
    mine, theirs = sorted(
        await some(town.services.reader, 1, DrawWin, "draw", draw.id), key=lambda win: win.number != entry.number
    )
    prize = "红包" if mine.prize == 1 else "电饭煲"
    page = (await own.look(at)).text
    assert f"恭喜中奖：{prize}" in page
    before = await town.commands()
    thief = {**own.form(f"{at}/claim/{mine.id}"), "wallet": wallet.id}
    assert (await own.client.post(f"{at}/claim/{theirs.id}", data=thief)).status_code == 404
    assert await town.commands() == before
    await own.look(at)
    claimed = await own.send(f"{at}/claim/{mine.id}", wallet=wallet.id)
    after = await one(town.services.reader, 1, DrawWin, mine.id)
    assert after.state is WinState.CLAIMED
    if mine.prize == 1:
        assert await town.has(wallet) == 600
    else:
        code = code_of(town.services.keyring, mine.id)
        assert f"{code[:4]} {code[4:]}" in claimed.text
        console.cookies.clear()
        counter = await enter("operator")
        handed = await send(counter, f"/console/draw-wins/{mine.id}", action="hand-over", code="0" * 8)
        assert handed.status_code == 422
        assert (await send(counter, f"/console/draw-wins/{mine.id}", action="hand-over", code=code)).status_code == 303
    answer: httpx.Response = await nobody.look(f"{public}/proof")
    proof = read_proof(answer.content)
    assert script_on(tmp_path, proof)[0] == 0
    assert entry.number in proof.entries
    for hidden in (wallet.id, wallet.party or "-", somebody.mobile):
        assert hidden not in answer.text
    script = await nobody.look("/m/draw/verify_draw.py")
    assert script.text.startswith('"""Check the proof of a draw')
    assert (await nobody.look(f"/m/draw/0/{draw.id}")).status_code == 404
    assert (await nobody.look(f"/m/draw/2/{draw.id}")).status_code == 404


async def test_whoever_has_no_wallet_for_the_money_reads_so_before_joining_and_claims_goods_all_the_same(
    town: Town, phone: NewPhone, enter: Enter, now: Callable[[timedelta], None]
) -> None:
    goods = (Prize("电饭煲", PrizeKind.GOODS, 39_900, 1),)
    money, things = await published(town, asset="ECNY"), await published(town, asset="ECNY", prizes=goods)
    somebody = await town.person()
    wallet = await town.wallet(somebody)
    assert wallet.asset == "CNY"
    own = phone()
    await own.sign_in(somebody.mobile)
    assert "奖品发放到数字人民币钱包" in (await own.look(f"/m/draws/{money.id}")).text
    at = f"/m/draws/{things.id}"
    assert "奖品发放到" not in (await own.look(at)).text
    await own.send(f"{at}/join", wallet=wallet.id)
    now(25 * HOUR + timedelta(minutes=1))
    await clock.run(town.services, 1)
    console = await enter("approver")
    assert (await send(console, f"{DRAWS}/{things.id}", action="reveal-second-seed")).status_code == 303
    for _ in range(2):
        await clock.run(town.services, 1)
    (won,) = await some(town.services.reader, 1, DrawWin, "draw", things.id)
    await own.look(at)
    await own.send(f"{at}/claim/{won.id}", wallet=wallet.id)
    assert (await one(town.services.reader, 1, DrawWin, won.id)).state is WinState.CLAIMED


async def test_a_draft_is_nobodys_to_see_on_public_pages(call: Caller, phone: NewPhone) -> None:
    drafted = await done(call, "/v1/draws", draft())
    nobody = phone()
    for path in ("", "/proof"):
        assert (await nobody.look(f"/m/draw/1/{drafted['id']}{path}")).status_code == 404


async def _draw(town: Town, draw: Draw) -> Draw:
    return await queries.draw(town.services.reader, 1, draw.id)
