"""A payment in one request: order, payment and split in one commit, by codes or by sources; asked again; refused."""

from typing import Any

import pytest

from canglian.bank.payment import Merchant, Payment, PaymentOrder, Receiver, SourceUse, SplitShare
from canglian.bank.payment.commands import AddStore, CreatePayment
from canglian.bank.wallet import CodeKind, Wallet
from canglian.bank.wallet.commands import ShowCode
from tests.bank.payment.shops import Shops


def creating(merchant: Merchant, amount: int, number: str = "t-1", **fields: Any) -> CreatePayment:
    asked: dict[str, Any] = {"subject": "鲜果一篮", "channel": "api", **fields}
    return CreatePayment(merchant=merchant.id, number=number, amount=amount, **asked)


def uses(*wallets: Wallet, **fields: Any) -> tuple[SourceUse, ...]:
    return tuple(SourceUse(item=wallet.id, pin=1, **fields) for wallet in wallets)


async def show(branch: Shops, wallet: Wallet, digest: str, amount: int | None = None) -> None:
    asked: dict[str, Any] = {"wallet": wallet.id, "code_digest": digest, "amount": amount}
    await branch.do(ShowCode(code_kind=CodeKind.PAY, channel="mobile", pin=1, **asked))


async def test_an_order_is_opened_paid_from_two_sources_and_split_among_three(branch: Shops) -> None:
    shop, others = await branch.shop(), [await branch.shop(name=name) for name in ("甲", "乙", "丙")]
    wallets = await branch.ecny(2, 4_000), await branch.ewallet(2, 10_000)
    receivers = tuple(
        Receiver(merchant=other.id, share_bps=bps) for other, bps in zip(others, (1_000, 500, 300), strict=True)
    )
    paid = await branch.do(creating(shop, 10_000, discount=1_000, sources=uses(*wallets), receivers=receivers))
    assert (paid.amount, paid.fee, paid.tax, paid.split_until) == (9_000, 34, 2, None)
    assert [line.amount for line in await branch.lines(paid)] == [4_000, 5_000]
    shares = sorted(await branch.rows(SplitShare), key=lambda share: share.position)
    assert [(share.receiver, share.amount, share.number) for share in shares] == [
        (others[0].id, 900, "t-1"),
        (others[1].id, 450, "t-1"),
        (others[2].id, 270, "t-1"),
    ]
    owed = [await branch.owed(other, "ECNY") + await branch.owed(other) for other in (shop, *others)]
    assert owed == [9_000 - 34 - 900 - 450 - 270, 900, 450, 270]
    assert await branch.get(Payment, paid.id) == paid


async def test_two_codes_pay_each_from_its_own_wallet_and_no_more_than_they_were_shown_for(branch: Shops) -> None:
    shop = await branch.shop()
    first, second = await branch.ecny(2, 5_000), await branch.ewallet(2, 5_000)
    await show(branch, first, "a" * 64, amount=1_200)
    await show(branch, second, "b" * 64)
    paid = await branch.do(creating(shop, 3_000, code_digests=("a" * 64, "b" * 64)))
    assert [(line.item, line.amount) for line in await branch.lines(paid)] == [(first.id, 1_200), (second.id, 1_800)]
    assert (await branch.refused(creating(shop, 100, "t-2", code_digests=("a" * 64, "b" * 64))))[
        0
    ] == "wallet_code.used"
    assert [await branch.has(wallet) for wallet in (first, second)] == [3_800, 3_200]


async def test_a_code_pays_once_and_again_answers_the_same_payment(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ecny(2, 5_000)
    await show(branch, wallet, "a" * 64)
    asked = creating(shop, 3_000, code_digests=("a" * 64,))
    paid = await branch.do(asked)
    assert (await branch.do(asked)).id == paid.id
    assert (await branch.refused(creating(shop, 3_001, code_digests=("a" * 64,))))[0] == "payment_order.number_taken"
    assert await branch.has(wallet) == 2_000


async def test_an_order_that_was_opened_before_is_paid(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ecny(2, 5_000)
    order = await branch.order(shop, 3_000, number="t-1")
    paid = await branch.do(creating(shop, 3_000, sources=uses(wallet)))
    assert paid.order == order.id
    assert len(await branch.rows(PaymentOrder)) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "payment.sources_or_codes"),
        ({"code_digests": ("a" * 64,), "sources": True}, "payment.sources_or_codes"),
        ({"code_digests": ("c" * 64,)}, "wallet_code.not_found"),
        ({"code_digests": ("a" * 64, "a" * 64)}, "payment.sources_twice"),
        ({"code_digests": ("a" * 64, "b" * 64)}, "payer.cannot_pay"),
        ({"sources": True, "amount": 6_000}, "transfer.insufficient_funds"),
        ({"sources": True, "receivers": "own"}, "split.receiver"),
        ({"sources": True, "receivers": "much"}, "split.above"),
        ({"sources": True, "discount": 3_000}, "payment_order.discount"),
    ],
)
async def test_what_is_refused_leaves_no_order_and_moves_nothing(
    branch: Shops, fields: dict[str, Any], code: str
) -> None:
    shop, other, wallet = await branch.shop(), await branch.shop(name="乙"), await branch.ecny(2, 5_000)
    await show(branch, wallet, "a" * 64)
    await show(branch, await branch.ewallet(2, 5_000), "b" * 64, amount=100)
    asked: dict[str, Any] = {"amount": 3_000, **fields}
    if asked.get("sources"):
        asked["sources"] = uses(wallet)
    if code == "payer.cannot_pay":
        asked["amount"] = 6_000
    receivers = {"own": Receiver(merchant=shop.id, amount=1), "much": Receiver(merchant=other.id, amount=901)}
    if "receivers" in asked:
        asked["receivers"] = (receivers[asked["receivers"]],)
    assert (await branch.refused(creating(shop, **asked)))[0] == code
    assert await branch.rows(PaymentOrder) == []
    assert (await branch.has(wallet), await branch.owed(shop, "ECNY")) == (5_000, 0)


async def test_it_names_the_store_that_asks_and_where_its_page_leads_back_to(branch: Shops) -> None:
    shop = await branch.shop(origins=("https://shop.example",))
    other, wallet = await branch.shop(name="乙"), await branch.ecny(2, 5_000)
    own, foreign = [
        await branch.do(AddStore(merchant=of.id, code="one", name="一号店", region="330108", address="文二路"))
        for of in (shop, other)
    ]
    back = "https://shop.example/thanks"
    for number, fields, code in (
        ("t-2", {"store": foreign.id}, "merchant_store.of_another"),
        ("t-3", {"return_url": "https://elsewhere.example/"}, "payment_order.return_url"),
    ):
        assert (await branch.refused(creating(shop, 3_000, number, sources=uses(wallet), **fields)))[0] == code
    assert (await branch.rows(PaymentOrder), await branch.has(wallet)) == ([], 5_000)
    paid = await branch.do(creating(shop, 3_000, sources=uses(wallet), store=own.id, return_url=back))
    order = await branch.get(PaymentOrder, paid.order)
    assert (order.store, order.region, order.return_url) == (own.id, "330108", back)
