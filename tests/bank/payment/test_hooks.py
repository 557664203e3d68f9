"""Rooms above do something in the commit in which a payment is captured or refunded; what they refuse, refuses it."""

import pytest

from canglian.bank.payment import Payment, hooks
from canglian.bank.payment.commands import CapturePayment, QuoteOrder
from canglian.bank.payment.hooks import Captured, Refunded
from canglian.bank.payment.model import SourceUse
from canglian.ledger.book import Book
from tests.bank.payment.shops import Shops


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Captured | Refunded]:
    """What a room above was told of, by payments of more than 13.00 refused."""
    found: list[Captured | Refunded] = []

    def react(book: Book, what: Captured | Refunded) -> None:
        if what.payment.captured > 1_300:
            book.reject("payment.not_held", payment=what.payment.id)
        found.append(what)

    monkeypatch.setattr(hooks, "_capturing", [react])
    monkeypatch.setattr(hooks, "_refunding", [react])
    return found


async def test_a_payment_and_its_refunds_are_seen_as_they_are_after_them(
    branch: Shops, seen: list[Captured | Refunded]
) -> None:
    person, shop = await branch.ewallet(1, 50_000), await branch.shop()
    paid = await branch.paid(shop, person, 1_000)
    (captured,) = seen
    assert isinstance(captured, Captured)
    assert (captured.payment, captured.taken, captured.merchant.id) == (paid, (1_000,), shop.id)
    assert list(captured.lines) == await branch.lines(paid)
    assert captured.order.payment == paid.id
    back = await branch.refund(paid, 300)
    refunded = seen[1]
    assert isinstance(refunded, Refunded)
    assert (refunded.refund, refunded.payment.refunded) == (back, 300)
    assert list(refunded.lines) == await branch.lines(paid)
    assert [line.refunded for line in refunded.lines] == [300]


async def test_each_part_that_is_captured_is_seen_with_what_was_taken_of_it(
    branch: Shops, seen: list[Captured | Refunded]
) -> None:
    person, shop = await branch.ewallet(1, 50_000), await branch.shop()
    held = await branch.do(branch.authorises(await branch.order(shop, 1_000), person))
    assert seen == []
    await branch.do(CapturePayment(payment=held.id, amount=400))
    await branch.do(CapturePayment(payment=held.id))
    assert [what.taken for what in seen if isinstance(what, Captured)] == [(400,), (600,)]
    assert [what.payment.captured for what in seen] == [400, 1_000]
    assert [[line.captured for line in what.lines] for what in seen] == [[400], [1_000]]


async def test_what_a_room_refuses_refuses_the_payment(branch: Shops, seen: list[Captured | Refunded]) -> None:
    person, shop = await branch.ewallet(1, 50_000), await branch.shop()
    order = await branch.order(shop, 1_301)
    assert (await branch.refused(branch.pays(order, person)))[0] == "payment.not_held"
    assert await branch.rows(Payment) == []
    assert await branch.has(person) == 50_000
    assert seen == []


async def test_a_quote_is_undone_with_what_rooms_did(branch: Shops, seen: list[Captured | Refunded]) -> None:
    person, shop = await branch.ewallet(1, 50_000), await branch.shop()
    order = await branch.order(shop, 1_000)
    await branch.do(QuoteOrder(order=order.id, sources=(SourceUse(item=person.id, pin=1),), channel="mobile"))
    assert len(seen) == 1
    assert await branch.rows(Payment) == []
