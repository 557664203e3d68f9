"""Signing in by a mobile and a code, and how a session ends."""

from datetime import timedelta

from canglian.bank.party.auth import code_of
from canglian.bank.party.commands import ChangeParty, ChooseSignIn, EndPersonSessions, EndRelationship, EraseParty
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now
from canglian.ledger.commands import CloseDay
from tests.bank.party.people import identity
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import Town
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["enter"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_five_wrong_codes_lock_and_the_right_one_does_not_open_any_more(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    mobile = phone()
    await mobile.look("/m/sign-in")
    await mobile.send("/m/sign-in", mobile=owner.mobile)
    right = await mobile.code()
    for left in (4, 3, 2, 1):
        page = await mobile.send("/m/sign-in/code", code=wrong(right))
        assert page.status_code == 422
        assert f"还可以试 {left} 次" in page.text
    assert "15 分钟后再试" in (await mobile.send("/m/sign-in/code", code=wrong(right))).text
    assert "分钟后再试" in (await mobile.send("/m/sign-in/code", code=right)).text
    assert (await mobile.look("/m")).status_code == 303
    await mobile.look("/m/sign-in")
    assert "分钟后再试" in (await mobile.send("/m/sign-in", mobile=owner.mobile)).text
    assert await town.services.reader.rows("SELECT id FROM person_session WHERE book = $1", 1) == []


async def test_a_stranger_locks_nobody_out_of_their_own_device(town: Town, phone: NewPhone) -> None:
    """Neither does a device on which somebody else has signed in before open the way of this mobile's own."""
    owner, other = await town.person(), await town.person("司徒振华")
    mine, theirs, stranger = phone(), phone(), phone()
    await mine.sign_in(owner.mobile)
    await mine.look("/m/me")
    await mine.send("/m/sign-out")
    await theirs.sign_in(other.mobile)
    await stranger.look("/m/sign-in")
    await stranger.send("/m/sign-in", mobile=owner.mobile)
    right = await stranger.code()
    for _ in range(5):
        await stranger.send("/m/sign-in/code", code=wrong(right))
    for them in (stranger, phone()):
        await them.look("/m/sign-in")
        assert "分钟后再试" in (await them.send("/m/sign-in", mobile=owner.mobile)).text
    await theirs.look("/m/me")
    await theirs.send("/m/sign-out")
    await theirs.look("/m/sign-in")
    assert "分钟后再试" in (await theirs.send("/m/sign-in", mobile=owner.mobile)).text
    assert (await mine.sign_in(owner.mobile)).status_code == 200
    assert mine.page.url.path == "/m"


async def test_a_code_opens_once_and_another_one_is_sent_after_a_minute_only(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    first, second = phone(), phone()
    await first.look("/m/sign-in")
    await first.send("/m/sign-in", mobile=owner.mobile)
    form, code = first.form("/m/sign-in/code"), await first.code()
    await second.look("/m/sign-in")
    assert "秒后可以再次获取" in (await second.send("/m/sign-in", mobile=owner.mobile)).text
    assert (await first.send("/m/sign-in/code", code=code)).status_code == 200
    await second.look("/m/sign-in")
    token = second.form("/m/sign-in")["_token"]
    page = await second.client.post("/m/sign-in/code", data={**form, "_token": token, "code": code})
    assert page.status_code == 422
    assert "已经失效" in page.text


async def test_the_code_stands_nowhere_and_the_mobile_in_no_address(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    mobile = phone()
    await mobile.sign_in(owner.mobile)
    row = (await town.services.reader.rows("SELECT row_to_json(t)::text FROM sign_in t WHERE book = $1", 1))[0][0]
    challenge = (await town.services.reader.rows("SELECT challenge FROM sign_in WHERE book = $1", 1))[0][0]
    code = code_of(town.services.keyring, 1, challenge)
    stored = row + str(await town.services.reader.rows("SELECT payload::text FROM command WHERE book = $1", 1))
    assert f'"{code}"' not in stored
    assert owner.mobile not in stored
    assert owner.mobile not in str(mobile.page.url)


async def test_an_expired_session_leads_to_the_sign_in_and_back(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    wallet = await town.wallet(owner)
    mobile = phone()
    await mobile.sign_in(owner.mobile)
    await town.do(EndPersonSessions(party=owner.party.id))
    goal = f"/m/wallets/{wallet.id}/limits"
    answer = await mobile.look(goal)
    assert answer.status_code == 303
    page = await mobile.look(answer.headers["location"])
    assert mobile.form("/m/sign-in")["next"] == goal
    await mobile.send("/m/sign-in", mobile=owner.mobile)
    page = await mobile.send("/m/sign-in/code", code=await mobile.code())
    assert page.url.path == goal


async def test_an_operator_signs_somebody_out_everywhere(enter: Enter, town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    mobile = phone()
    await mobile.sign_in(owner.mobile)
    assert (await mobile.look("/m/me")).status_code == 200
    operator = await enter("operator")
    path = f"/console/people/{owner.party.id}"
    assert "此人未在任何设备登录" not in (await operator.get(path)).text
    assert (await send(operator, path, action="end-sessions")).status_code == 303
    assert (await mobile.look("/m/me")).status_code == 303
    assert "此人未在任何设备登录" in (await operator.get(path)).text


async def test_a_sign_in_leads_nowhere_else(phone: NewPhone) -> None:
    mobile = phone()
    for goal in ("https://evil.example", "//evil.example", "/m//evil.example", "/console", "/mine", "/m\\evil"):
        await mobile.look(f"/m/sign-in?next={goal}")
        assert mobile.form("/m/sign-in")["next"] == "/m"


async def test_whoever_has_an_old_number_is_signed_out_when_another_one_is_on_record(
    town: Town, phone: NewPhone
) -> None:
    owner = await town.person()
    mobile = phone()
    assert (await mobile.sign_in(owner.mobile)).status_code == 200
    other = (await town.sealer()).mobile("13900139000")
    await town.do(ChangeParty(party=owner.party.id, mobile=other))
    assert (await mobile.look("/m")).status_code == 303


async def test_one_device_signs_the_others_out(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    mine, other = phone(), phone()
    await mine.sign_in(owner.mobile)
    await other.sign_in(owner.mobile)
    await mine.look("/m/devices")
    await mine.send("/m/devices/end-others")
    assert (await other.look("/m")).status_code == 303
    assert (await mine.look("/m")).status_code == 200
    sql = "SELECT count(*) FROM person_session WHERE book = $1 AND ended_at IS NULL AND expires_at > $2"
    assert (await town.services.reader.rows(sql, 1, utc_now() + timedelta(minutes=1)))[0][0] == 1


async def test_a_mobile_that_nobody_has_says_who_it_is_and_is_known_then(town: Town, phone: NewPhone) -> None:
    mobile = phone()
    page = await mobile.sign_in("13700137000")
    assert "您还没有钱包" in page.text
    await mobile.look("/m/verify")
    page = await mobile.send("/m/verify/who", name="<b>诸葛", number=identity(77))
    assert page.status_code == 422
    assert "<b>" not in page.text
    assert "&lt;b&gt;" in page.text
    page = await mobile.send("/m/verify/who", name="诸葛小米", number=identity(77))
    assert page.status_code == 200
    assert "人脸" in page.text
    assert "诸葛小米" in (await mobile.look("/m/me")).text


async def test_two_people_with_one_mobile_are_not_taken_for_one_another(town: Town, phone: NewPhone) -> None:
    await town.person(mobile="13600136000")
    second = await town.person("司徒振华", mobile="13600136000")
    first = phone()
    await first.sign_in("13600136000")
    assert "欧阳" in (await first.look("/m/me")).text, "whoever was registered first goes on signing in"
    await town.do(ChooseSignIn(party=second.party.id))
    assert (await first.look("/m/me")).status_code == 303, "the session of the other one is over"
    later = phone()
    await later.sign_in("13600136000")
    assert "司徒" in (await later.look("/m/me")).text


async def test_large_type_and_language_are_remembered(town: Town, phone: NewPhone) -> None:
    mobile = phone()
    await mobile.look("/m/sign-in")
    await mobile.send("/m/type", type="large")
    assert '<html lang="zh-CN" class="large">' in mobile.page.text
    await mobile.send("/m/language", language="en")
    assert '<html lang="en" class="large">' in mobile.page.text
    assert "Send me a code" in mobile.page.text


async def test_the_app_can_be_installed_and_every_page_is_small_and_runs_nothing_inline(phone: NewPhone) -> None:
    mobile = phone()
    manifest = (await mobile.look("/m/manifest.webmanifest")).json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/m", "/m", "standalone")
    worker = await mobile.look("/m/worker.js")
    assert worker.headers["service-worker-allowed"] == "/m"
    assert "/m/offline" in worker.text
    page = await mobile.look("/m/help")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    for path in ("/m/help", "/m/sign-in", "/m/offline"):
        text = (await mobile.look(path)).text
        assert len(text.encode()) < 20_000
        assert " style=" not in text
        assert " onclick" not in text


async def test_erasing_somebody_leaves_no_mobile_at_the_door_nor_in_a_session(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    mobile = phone()
    await mobile.sign_in(owner.mobile)
    today = (await book_figures(town.services.reader, 1)).today
    await town.do(EndRelationship(party=owner.party.id, reason="销户"))
    assert (await mobile.look("/m")).status_code == 303
    await town.do(CloseDay(next_day=today.replace(year=today.year + 11, day=1)))
    await town.do(EraseParty(party=owner.party.id, reason="到期"))
    for table in ("sign_in", "person_session"):
        sql = f"SELECT mobile_sealed, mobile_index, mobile_mask FROM {table} WHERE book = $1"
        assert [tuple(row) for row in await town.services.reader.rows(sql, 1)] == [(None, None, "****")]
