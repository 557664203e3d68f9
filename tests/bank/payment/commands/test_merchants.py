"""Stores, staff, web sites, risk and the end of a merchant."""

import msgspec
import pytest

from canglian.bank.payment import Merchant, MerchantState, StaffRole, closing
from canglian.bank.payment.commands import (
    AddMerchantStaff,
    AddStore,
    ChangeMerchant,
    CloseMerchant,
    CloseStore,
    OpenOrder,
    RefundPayment,
    RemoveMerchantStaff,
    ReopenStore,
    ResumeMerchant,
    SetMerchantRisk,
    SplitPayment,
)
from canglian.bank.payment.commands.values import ReturnUrl
from canglian.bank.payment.model import MerchantRisk, MerchantStaff, Receiver
from canglian.bank.payment.origins import is_among, origin_of
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import check
from canglian.ledger.book import Book
from tests.bank.payment.shops import Shops


class _WithUrl(msgspec.Struct):
    return_url: ReturnUrl


def store(merchant: Merchant, code: str = "wener") -> AddStore:
    return AddStore(merchant=merchant.id, code=code, name="文二路店", region="330106", address="文二路 391 号")


async def test_a_store_takes_orders_until_it_is_closed_and_no_other_merchants(branch: Shops) -> None:
    shop, other = await branch.shop(), await branch.shop(name="老街面馆")
    opened = await branch.do(store(shop))
    assert (await branch.refused(store(shop)))[0] == "merchant_store.code_taken"
    assert (await branch.do(store(other))).merchant == other.id
    order = await branch.order(shop, 1_000, store=opened.id)
    assert order.store == opened.id
    asked = OpenOrder(merchant=other.id, number="x", subject="牛肉面", amount=1, store=opened.id)
    assert (await branch.refused(asked))[0] == "merchant_store.of_another"
    await branch.do(CloseStore(store=opened.id, reason="装修"))
    assert (await branch.refused(CloseStore(store=opened.id, reason="装修")))[0] == "merchant_store.closed"
    asked = OpenOrder(merchant=shop.id, number="x", subject="鲜果", amount=1, store=opened.id)
    assert (await branch.refused(asked))[0] == "merchant_store.closed"
    assert (await branch.do(branch.pays(order, await branch.ecny(2, 1_000)))).captured == 1_000
    await branch.do(ReopenStore(store=opened.id, reason="装修好了"))
    assert (await branch.order(shop, 1, store=opened.id)).store == opened.id


async def test_a_person_works_for_a_merchant_once_until_they_are_removed(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ecny(2)
    asked = AddMerchantStaff(merchant=shop.id, party=wallet.party or "")
    staff = await branch.do(asked)
    assert staff.role is StaffRole.CASHIER
    assert (await branch.refused(asked))[0] == "merchant_staff.twice"
    await branch.do(RemoveMerchantStaff(staff=staff.id))
    assert (await branch.refused(RemoveMerchantStaff(staff=staff.id)))[0] == "merchant_staff.removed"
    again = await branch.do(AddMerchantStaff(merchant=shop.id, party=wallet.party or "", role=StaffRole.OWNER))
    assert (await branch.get(MerchantStaff, again.id)).removed_at is None


async def test_a_closed_merchant_takes_nothing_for_ever_and_still_refunds(
    branch: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, wallet = await branch.shop(), await branch.ecny(2, 5_000)
    paid, order = await branch.paid(shop, wallet, 2_000), await branch.order(shop, 1_000)
    seen: list[tuple[str, MerchantState]] = []

    def react(_: Book, merchant: Merchant) -> None:
        seen.append((merchant.id, merchant.state))

    monkeypatch.setattr(closing, "_reacting", [react])
    closed = await branch.do(CloseMerchant(merchant=shop.id, reason="停业"))
    assert closed.state is MerchantState.CLOSED
    assert (shop.id, MerchantState.CLOSED) in seen
    for command in (
        branch.pays(order, wallet),
        OpenOrder(merchant=shop.id, number="x", subject="鲜果", amount=1),
        CloseMerchant(merchant=shop.id, reason="停业"),
        store(shop),
        SetMerchantRisk(merchant=shop.id, risk=MerchantRisk.HIGH, reason="停业"),
    ):
        assert (await branch.refused(command))[0] == "merchant.closed", command
    assert (await branch.refused(ResumeMerchant(merchant=shop.id, reason="x")))[0] == "merchant.not_suspended"
    await branch.do(RefundPayment(payment=paid.id, number="r", amount=2_000, reason="停业", channel="counter"))
    assert await branch.has(wallet) == 5_000


async def test_nothing_of_a_merchant_of_high_risk_is_split(branch: Shops) -> None:
    shop, other, wallet = await branch.shop(), await branch.shop(name="配送"), await branch.ecny(2, 5_000)
    paid = await branch.paid(shop, wallet, 2_000)
    split = SplitPayment(payment=paid.id, number="s", receivers=(Receiver(merchant=other.id, amount=100),))
    await branch.do(SetMerchantRisk(merchant=shop.id, risk=MerchantRisk.HIGH, reason="投诉"))
    assert (await branch.refused(split))[0] == "merchant.high_risk"
    await branch.do(SetMerchantRisk(merchant=shop.id, risk=MerchantRisk.WATCH, reason="已解释"))
    assert [share.amount for share in await branch.do(split)] == [100]


async def test_an_order_sends_its_payer_back_only_to_a_site_of_its_merchant(branch: Shops) -> None:
    shop = await branch.shop(origins=("https://shop.example",))
    order = await branch.order(shop, 1_000, return_url="https://shop.example/thanks?o=7")
    assert order.return_url == "https://shop.example/thanks?o=7"
    for address in (
        "https://evil.example/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://shop.example:444/",
        "http://shop.example/",
        "https:///shop.example",
        "https://shop.example\\@evil.example/",
    ):
        asked = OpenOrder(merchant=shop.id, number="x", subject="鲜果", amount=1, return_url=address)
        assert (await branch.refused(asked))[0] == "payment_order.return_url", address
        assert not is_among(address, shop.origins), address
    for address in ("//shop.example/", "/m", "javascript:alert(1)", "https://shop.example\t.evil.example/"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"return_url": address}, _WithUrl)
        assert not is_among(address, shop.origins), address
    assert origin_of("https://SHOP.example/Thanks") == "https://shop.example"
    for origin in ("https://shop.example/", "https://", "ftp://shop.example", "http://shop.example", "https://a b.c"):
        with pytest.raises(Rejection, match=r"merchant\.origin"):
            check(ChangeMerchant(merchant=shop.id, origins=(origin,)))
