"""What a payment or a refund would come to is said source by source, and changes nothing."""

from canglian.bank.payment import SourceUse
from canglian.bank.payment.commands import QuoteOrder, QuoteRefund
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
