"""What a person's pages say: names they know, their own in full, and never a number that only the bank knows."""

import re

import httpx
import pytest

from canglian.bank.wallet.commands import WithdrawFromWallet
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Phone, Town

INTERNAL = re.compile(r"[a-z]{2,5}_[0-9a-hjkmnp-tv-z]{26}|账户 ?\d+|Account \d+")


def read(page: httpx.Response) -> str:
    """What stands on a page for eyes: without tags and their attributes."""
    body = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", page.text)
    return re.sub(r"<[^>]+>", " ", body)


async def pay(phone: Phone, wallet: str, **form: str) -> httpx.Response:
    """A transfer up to the page that tells of it."""
    at = f"/m/wallets/{wallet}/transfer"
    await phone.look(at)
    page = await phone.send(at, **form)
    return page if page.status_code != 200 else await phone.send(f"{at}/pay", pin=PIN)


async def test_money_goes_to_a_mobile_and_then_to_whom_was_paid_before(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    done = await pay(mobile, mine.id, number=f"+86 {payee.mobile[:3]} {payee.mobile[3:]}", amount="12.50")
    assert "司*** 收到 ¥12.50" in done.text
    form = await mobile.look(f"/m/wallets/{mine.id}/transfer")
    assert f'name="payee" value="{theirs.id}"' in form.text
    again = await pay(mobile, mine.id, payee=theirs.id, amount="7.50")
    assert "司*** 收到 ¥7.50" in again.text
    assert (await town.has(mine), await town.has(theirs)) == (98_000, 2_000)


async def test_nobody_is_chosen_who_was_not_paid_before(town: Town, phone: NewPhone) -> None:
    payer, stranger = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(stranger)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    page = await pay(mobile, mine.id, payee=theirs.id, amount="1")
    assert page.status_code == 422
    assert await town.has(theirs) == 0


async def test_a_mobile_that_nobody_has_and_one_without_a_wallet_are_refused_alike(town: Town, phone: NewPhone) -> None:
    payer, known = await town.person(), await town.person("司徒振华")
    mine = await town.wallet(payer, funds=100_000)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    answers = [await pay(mobile, mine.id, number=number, amount="1") for number in ("13912345678", known.mobile)]
    assert {answer.status_code for answer in answers} == {422}
    told = [re.findall(r'(?s)role="alert">(.*?)</div>', answer.text) for answer in answers]
    assert told[0] == told[1] != []


async def test_a_refusal_names_no_account_and_offers_what_to_do(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=1_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    page = await pay(mobile, mine.id, number=town.number(theirs), amount="12.50")
    assert "余额不足：可用 ¥10.00，需要 ¥12.50" in page.text
    assert not INTERNAL.search(read(page))
    assert f'href="/m/wallets/{mine.id}/top-up"' in page.text
    led = await mobile.look(f"/m/wallets/{mine.id}/top-up")
    assert led.headers["location"] == f"/m/wallets/{mine.id}/recharge"


async def test_a_recharge_adds_to_the_balance_though_some_of_it_is_on_its_way_out(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    mine = await town.wallet(payer, funds=100_000)
    bound = await town.bound(mine)
    await town.do(WithdrawFromWallet(wallet=mine.id, bound_account=bound.id, amount=30_000, channel="counter"))
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    at = f"/m/wallets/{mine.id}/recharge"
    await mobile.look(at)
    page = await mobile.send(at, bound_account=bound.id, amount="20")
    assert "到账后余额 ¥1,020.00" in re.sub(r"\s+", " ", read(page)), "what the page of the order will say"


async def test_no_page_says_a_number_that_only_the_bank_knows(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    await town.bound(mine)
    mobile = phone()
    home = await mobile.sign_in(payer.mobile)
    await pay(mobile, mine.id, number=town.number(theirs), amount="12.50")
    todo, seen = ["/m"], set[str]()
    while todo:
        path = todo.pop()
        shape = re.sub(r"[a-z]+_[0-9a-z]{26}|\d+", "N", path)
        if shape in seen:
            continue
        seen.add(shape)
        page = await mobile.look(path)
        assert not (found := INTERNAL.search(read(page))), (path, found)
        links = re.findall(r'href="(/m[^"#]*)"', page.text)
        todo += [link.replace("&amp;", "&") for link in links if not link.endswith((".svg", ".webmanifest"))]
    assert home.status_code == 200
    assert len(seen) > 20


async def test_the_first_page_has_ones_own_name_and_what_moved_last(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    mobile = phone()
    await mobile.sign_in(payer.mobile)
    await pay(mobile, mine.id, number=town.number(theirs), amount="12.50")
    page = read(await mobile.look("/m"))
    assert "欧阳晓燕" in page
    assert re.search(r"付给 司\*\*\*.*-¥12\.50", re.sub(r"\s+", " ", page))
    other = phone()
    await other.sign_in(payee.mobile)
    page = read(await other.look("/m"))
    assert "欧阳晓燕" not in page
    assert re.search(r"来自 欧\*\*\*.*\+¥12\.50", re.sub(r"\s+", " ", page))


@pytest.mark.parametrize("path", ["top-up", "recharge", "limits"])
async def test_a_stranger_finds_no_way_into_anothers_wallet(town: Town, phone: NewPhone, path: str) -> None:
    owner, stranger = await town.person(), await town.person("司徒振华")
    theirs = await town.wallet(owner)
    mobile = phone()
    await mobile.sign_in(stranger.mobile)
    assert (await mobile.look(f"/m/wallets/{theirs.id}/{path}")).status_code == 404
