"""Sending money with a phone."""

import asyncio
import re

import pytest

from canglian.bank.wallet import LockedBy
from canglian.bank.wallet.commands import LockWallet
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Town


async def test_a_person_signs_in_sees_the_balance_and_sends_money_with_the_pin(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    page = await mobile.sign_in(payer.mobile)
    assert page.status_code == 200
    assert "¥1,000.00" in page.text
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    page = await mobile.send(at, number=town.number(theirs), amount="12.50", note="早餐")
    assert "司***" in page.text
    assert "¥987.50" in page.text
    assert await town.has(theirs) == 0
    page = await mobile.send(f"{at}/pay", pin=PIN)
    assert str(page.url.path).startswith("/m/transfers/wtr_")
    assert "司*** 收到 ¥12.50" in page.text
    assert "欧阳晓燕 · " in page.text, "one's own name on one's own receipt"
    assert "司徒振华" not in page.text
    assert "¥987.50" in page.text
    assert (await town.has(mine), await town.has(theirs)) == (98_750, 1_250)


async def test_a_form_that_is_sent_twice_moves_the_money_once(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    await mobile.send(at, number=town.number(theirs), amount="12.50")
    form = {**mobile.form(f"{at}/pay"), "pin": PIN}
    answers = await asyncio.gather(*(mobile.client.post(f"{at}/pay", data=form) for _ in range(4)))
    assert {answer.headers["location"] for answer in answers} == {answers[0].headers["location"]}
    assert (await town.has(mine), await town.has(theirs)) == (98_750, 1_250)


async def test_five_wrong_pins_lock_and_nothing_moves(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    await mobile.send(at, number=town.number(theirs), amount="12.50")
    for _ in range(5):
        page = await mobile.send(f"{at}/pay", pin="135790")
        assert page.status_code == 422
    assert re.search(r"已锁定至 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d。", page.text), "until when, by the bank's clocks"
    assert (await mobile.send(f"{at}/pay", pin=PIN)).status_code == 422
    assert (await town.has(mine), await town.has(theirs)) == (100_000, 0)
    assert "已锁定" in (await mobile.look(f"/m/wallets/{mine.id}")).text


@pytest.mark.parametrize("amount", ["-1", "0", "1e3", "0.001", "", "九", "99999999999999999999"])
async def test_an_amount_that_is_none_is_told_and_kept_in_the_form(town: Town, phone: NewPhone, amount: str) -> None:
    payer = await town.person()
    mine = await town.wallet(payer, funds=100_000)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    before = await town.commands()
    page = await mobile.send(at, number=town.number(mine), amount=amount)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert await town.commands() == before


async def test_a_note_with_markup_is_refused_and_shown_as_it_is(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    page = await mobile.send(at, number=town.number(theirs), amount="1", note="<script>alert(1)</script>")
    assert page.status_code == 422
    assert "<script>alert" not in page.text


async def test_the_month_tells_who_got_how_much_and_each_line_by_itself(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    await mobile.send(at, number=town.number(theirs), amount="12.50")
    await mobile.send(f"{at}/pay", pin=PIN)
    page = (await mobile.look(f"/m/statements?wallet={mine.id}")).text
    assert "司***" in page
    assert "-¥12.50" in page
    assert "+¥1,000.00" in page
    links = re.findall(rf'href="(/m/wallets/{mine.id}/entries/\d+)"', page)
    assert len(links) == 2
    assert (await mobile.look(links[0])).headers["location"].startswith("/m/transfers/")
    assert "¥1,000.00" in (await mobile.look(links[1])).text


async def test_a_holder_sees_the_whole_number_to_tell_it_to_others(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    mine = await town.wallet(owner)
    mobile = phone()
    await mobile.sign_in(owner.mobile)
    page = (await mobile.look(f"/m/wallets/{mine.id}")).text
    assert town.number(mine) in page.replace(" ", "")
    assert town.number(mine) not in (await mobile.look("/m")).text.replace(" ", "")


async def test_what_cannot_be_paid_is_refused_before_the_pin_and_tells_nothing_of_the_payee(
    town: Town, phone: NewPhone
) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    page = await mobile.send(at, number=town.number(theirs), amount="1000.01")
    assert page.status_code == 422
    assert 'name="pin"' not in page.text
    assert "¥1,000.00" in page.text
    await town.do(LockWallet(wallet=theirs.id, locked_by=LockedBy.BANK, reason="可疑"))
    page = await mobile.send(at, number=town.number(theirs), amount="10.00")
    assert "对方暂时不能收这笔钱" in page.text
    assert 'name="pin"' not in page.text


async def test_where_the_chosen_wallet_cannot_pay_another_one_is_offered_and_goes_on(
    town: Town, phone: NewPhone
) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine = await town.wallet(payer, funds=100_000)
    other = await town.wallet(payer, "wallet.ecny2", funds=50_000)
    await town.wallet(payer, "wallet.ecny3", funds=900)
    theirs = await town.wallet(payee, "wallet.ecny2")
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"

    def offered(text: str) -> list[str]:
        return re.findall(r'<form method="post" action="/m/wallets/(wal_\w+)/transfer">', text)

    await mobile.look(at)
    page = await mobile.send(at, number=payee.mobile, amount="12.50")
    assert page.status_code == 422
    assert "对方暂时不能收这笔钱" in page.text
    assert "改用 数字人民币二类钱包" in page.text
    assert offered(page.text) == [other.id, mine.id], "one that has enough; and the form itself"
    assert 'id="f-number-wrong"' not in page.text, "what was typed is not wrong"
    page = await mobile.send(f"/m/wallets/{other.id}/transfer", number=payee.mobile, amount="12.50")
    assert "¥487.50" in page.text
    await mobile.look(at)
    nobody = await mobile.send(at, number="13900009999", amount="12.50")
    assert offered(nobody.text) == [other.id, mine.id], "the same, whoever has the mobile"
    to = f"/m/wallets/{other.id}/transfer"
    circle = await mobile.send(to, number="13900009999", amount="12.50")
    assert "对方暂时不能收这笔钱" in circle.text
    assert offered(circle.text) == [other.id], "the form itself, and no way back to what was tried"
    await mobile.look(at)
    page = await mobile.send(at, number=town.number(theirs), amount="600")
    assert offered(page.text) == [mine.id], "no other wallet has as much"


async def test_what_nobody_can_pay_is_refused_alike_whoever_is_named(town: Town, phone: NewPhone) -> None:
    payer, known, payee = await town.person(), await town.person("司徒振华"), await town.person("上官云")
    mine = await town.wallet(payer, funds=100_000)
    spare = await town.wallet(payer, "wallet.ecny2", funds=2_000)
    await town.wallet(payee)
    await town.wallet(payee, "wallet.ecny2")
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    for wallet, amount in ((mine, "1000.01"), (mine, "99999"), (spare, "20.01"), (spare, "99999"), (mine, "0.001")):
        at, told = f"/m/wallets/{wallet.id}/transfer", set[str]()
        for number in ("13900009999", known.mobile, payee.mobile):
            await mobile.look(at)
            page = await mobile.send(at, number=number, amount=amount)
            assert page.status_code == 422
            told.update(re.findall(r'(?s)role="alert">(.*?)</div>', page.text))
        assert len(told) == 1, (amount, told)
        assert "对方" not in told.pop(), amount


async def test_who_is_to_be_paid_is_asked_for_where_it_is_empty(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    mine = await town.wallet(payer, funds=100_000)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/transfer"
    await mobile.look(at)
    page = await mobile.send(at, number=" ", amount="12.50")
    assert page.status_code == 422
    assert "请填写收款人：手机号或钱包编号。" in page.text
