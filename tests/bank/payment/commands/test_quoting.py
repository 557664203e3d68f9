"""What a payment or a refund would come to is said source by source, and changes nothing."""

from typing import Any

import pytest

from canglian.bank.payment import Receiver, SourceUse
from canglian.bank.payment.commands import QuoteOrder, QuoteRefund, SplitPayment
from canglian.kernel import deciding
from canglian.kernel.command import Command
from tests.bank.payment.shops import Shops


async def test_a_quote_says_what_each_source_would_pay_and_moves_nothing(branch: Shops) -> None:
    shop = await branch.shop()
    first, second = await branch.ecny(2, 3_000, serial=1), await branch.ecny(2, 9_000, serial=2)
    order = await branch.order(shop, 5_000)
    uses = tuple(SourceUse(item=wallet.id, pin=1) for wallet in (first, second))
    quoted = await branch.do(QuoteOrder(order=order.id, sources=uses, channel="mobile"))
    assert [(line.item, line.amount) for line in quoted] == [(first.id, 3_000), (second.id, 2_000)]
    assert await branch.owed(shop, "ECNY") == 0
    paid = await branch.do(branch.pays(order, first, second))
    assert [(line.item, line.captured) for line in await branch.lines(paid)] == [
        (first.id, 3_000),
        (second.id, 2_000),
    ]


async def test_a_quote_is_refused_as_the_payment_is(branch: Shops) -> None:
    shop, poor = await branch.shop(), await branch.ecny(2, 100)
    order = await branch.order(shop, 5_000)
    asked = QuoteOrder(order=order.id, sources=(SourceUse(item=poor.id, pin=1),), channel="mobile")
    assert (await branch.refused(asked))[0] == "transfer.insufficient_funds"


async def test_a_refund_is_quoted_in_the_reverse_order_of_paying(branch: Shops) -> None:
    shop = await branch.shop()
    first, second = await branch.ecny(2, 3_000, serial=1), await branch.ecny(2, 9_000, serial=2)
    paid = await branch.do(branch.pays(await branch.order(shop, 5_000), first, second))
    owed = await branch.owed(shop, "ECNY")
    quoted = await branch.do(QuoteRefund(payment=paid.id, amount=2_500))
    assert [(line.item, line.amount) for line in quoted] == [(second.id, 2_000), (first.id, 500)]
    assert await branch.owed(shop, "ECNY") == owed
    assert (await branch.refused(QuoteRefund(payment=paid.id, amount=5_001)))[0] == "refund.above_payment"


async def test_a_book_that_knows_nothing_yet_reads_for_a_quote_in_a_few_rounds(
    branch: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, packer, driver = [await branch.shop(name=name) for name in ("鲜果店", "打包", "配送")]
    first, second = await branch.ecny(2, 3_000, serial=1), await branch.ecny(2, 9_000, serial=2)
    order = await branch.order(shop, 5_000)
    paid = await branch.do(branch.pays(order, first, second))
    receivers = tuple(Receiver(merchant=other.id, share_bps=1_000) for other in (packer, driver))
    await branch.do(SplitPayment(payment=paid.id, number="s-1", receivers=receivers))
    another = await branch.order(shop, 5_000)
    uses = tuple(SourceUse(item=wallet.id, pin=1) for wallet in (first, second))
    monkeypatch.setattr(deciding, "ROUNDS_MAX", 10)
    commands: list[Command[Any]] = [
        QuoteRefund(payment=paid.id, amount=2_500),
        QuoteOrder(order=another.id, sources=uses, channel="mobile"),
        branch.refunding(paid, 2_500),
    ]
    for command in commands:
        branch.change(shop)  # its engine begins anew
        await branch.do(command)
