"""Many at once on the stored engine: the book's order decides, each loser gets a code, no fen is lost or doubled."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment import Merchant, OrderState, Payment, PaymentOrder, PaymentState, Receiver, SplitShare
from canglian.bank.payment.commands import (
    CancelPayment,
    CapturePayment,
    ChangeMerchant,
    CloseOrder,
    CreatePayment,
    ExpireAuthorisation,
    ExpireOrder,
    SplitPayment,
    SuspendMerchant,
    TakePayment,
)
from canglian.bank.purpose.commands import DraftPurposeContract
from canglian.bank.purpose.rules import Payees, Rules
from canglian.bank.wallet import CodeKind, Wallet
from canglian.bank.wallet.commands import ShowCode
from canglian.kernel import Command
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.queries.entities import some
from tests.bank.payment.commands.test_purpose import LISTED
from tests.bank.payment.market import Market
from tests.bank.purpose.commands.test_contracts import template
from tests.ledger.branch import TODAY


class Street(Market):
    """A branch in PostgreSQL, of whom many want something at once."""

    async def all_at_once(self, commands: Iterable[Command[Any]]) -> Counter[str]:
        """How many of some commands were done, and with which codes the others were refused."""
        outcomes = await asyncio.gather(*(self.ask(command) for command in commands))
        return Counter("done" if outcome.error is None else outcome.error.code for outcome in outcomes)

    async def drafted(self, payer: Wallet, template: str = "welfare", *, days: int = 30, **fields: Any) -> Any:
        until = TODAY + timedelta(days=days)
        return await self.do(
            DraftPurposeContract(template=template, name="敬老餐", payer=payer.id, valid_until=until, **fields)
        )

    async def rows(self, kind: Any, **fields: Any) -> list[Any]:
        ((column, value),) = fields.items()
        return await some(Reader(self.store.pool), 1, kind, column, value)


@pytest.fixture
async def street(database: str) -> AsyncIterator[Street]:
    store = await PostgresStore.open(database)
    running = Street(store)
    await running.open()
    yield running
    await running.engine.stop()
    await store.close()


async def paid_by(street: Street, amount: int, **fields: Any) -> tuple[Merchant, Wallet, Payment]:
    shop, wallet = await street.shop(), await street.ewallet(funds=100_000)
    return shop, wallet, await street.paid(shop, wallet, amount, **fields)


async def show(street: Street, wallet: Wallet, digest: str) -> None:
    asked: dict[str, Any] = {"wallet": wallet.id, "code_digest": digest, "amount": None}
    await street.do(ShowCode(code_kind=CodeKind.PAY, channel="mobile", pin=1, **asked))


async def test_fifty_refunds_at_once_never_pass_the_payment(street: Street) -> None:
    shop, wallet, payment = await paid_by(street, 10_000)
    told = await street.all_at_once(street.refunding(payment, 300, f"r-{number}") for number in range(50))
    assert told == {"done": 33, "refund.above_payment": 17}
    assert await street.has(wallet) == 100_000 - 100
    after = await street.get(Payment, payment.id)
    assert (after.gross_refunded, after.refunded, after.refunds) == (9_900, 9_900, 33)
    assert await street.owed(shop) == 100 - (after.fee - sum(line.fee_refunded for line in await street.lines(after)))


async def test_fifty_refunds_under_one_number_are_one(street: Street) -> None:
    _, wallet, payment = await paid_by(street, 10_000)
    assert await street.all_at_once(street.refunding(payment, 300) for _ in range(50)) == {"done": 50}
    assert (await street.has(wallet), (await street.get(Payment, payment.id)).refunds) == (90_300, 1)


async def test_an_order_that_two_pay_at_once_is_paid_by_one(street: Street) -> None:
    shop = await street.shop()
    wallets = [await street.ewallet(serial, 5_000) for serial in range(1, 5)]
    order = await street.order(shop, 4_000)
    told = await street.all_at_once(street.pays(order, wallet) for wallet in wallets * 5)
    assert told == {"done": 1, "payment_order.paid": 19}
    assert sorted([await street.has(wallet) for wallet in wallets]) == [1_000, 5_000, 5_000, 5_000]
    assert len(await street.rows(Payment, order=order.id)) == 1


async def test_a_pay_code_that_is_replayed_everywhere_pays_once(street: Street) -> None:
    shops = [await street.shop(name=name) for name in ("甲", "乙", "丙")]
    wallet = await street.ewallet(funds=9_000)
    await show(street, wallet, "a" * 64)
    orders = [await street.order(shop, 100) for shop in shops for _ in range(4)]
    told = await street.all_at_once(
        TakePayment(order=order.id, code_digest="a" * 64, channel="api") for order in orders
    )
    assert told == {"done": 1, "wallet_code.used": 11}
    again = CreatePayment(
        merchant=shops[0].id, number="t-9", subject="鲜果", amount=100, channel="api", code_digests=("a" * 64,)
    )
    assert await street.all_at_once([again, again]) == {"wallet_code.used": 2}
    assert await street.has(wallet) == 8_900


async def test_captures_at_once_never_pass_the_authorisation(street: Street) -> None:
    shop, wallet = await street.shop(), await street.ewallet(funds=9_000)
    payment = await street.do(street.authorises(await street.order(shop, 5_000), wallet))
    told = await street.all_at_once(CapturePayment(payment=payment.id, amount=800) for _ in range(20))
    assert told == {"done": 6, "payment.above_authorised": 14}
    last: list[Command[Any]] = [CapturePayment(payment=payment.id) for _ in range(4)]
    last += [CancelPayment(payment=payment.id, reason="够了") for _ in range(4)]
    told = await street.all_at_once(last)
    assert told == {"done": 1, "payment.not_held": 7}
    after = await street.get(Payment, payment.id)
    assert (after.captured, await street.has(wallet)) == (5_000, 4_000)
    assert await street.owed(shop) == 5_000 - after.fee


async def test_splits_at_once_never_pass_what_may_be_split(street: Street) -> None:
    shop, _, payment = await paid_by(street, 10_000, split=True)
    others = [await street.shop(name=f"分店{number}") for number in range(3)]
    told = await street.all_at_once(
        SplitPayment(
            payment=payment.id,
            number=f"s-{number}",
            receivers=(Receiver(merchant=others[number % 3].id, amount=700),),
        )
        for number in range(12)
    )
    assert told == {"done": 4, "split.above": 8}
    shares = await street.rows(SplitShare, payment=payment.id)
    owed = [await street.owed(other) for other in others]
    assert (sum(share.amount for share in shares), sum(owed)) == (2_800, 2_800)
    kept = (await street.get(Payment, payment.id)).fee
    assert await street.owed(shop) == 10_000 - 2_800 - kept


async def test_refunds_and_splits_at_once_move_each_fen_once(street: Street) -> None:
    shop, wallet, payment = await paid_by(street, 10_000, split=True)
    other = await street.shop(name="乙")
    commands: list[Command[Any]] = []
    for number in range(12):
        share = Receiver(merchant=other.id, amount=500)
        commands.append(SplitPayment(payment=payment.id, number=f"s-{number}", receivers=(share,)))
        commands.append(street.refunding(payment, 900, f"r-{number}"))
    told = await street.all_at_once(commands)
    assert set(told) <= {"done", "split.above", "refund.above_payment"}
    after = await street.get(Payment, payment.id)
    lines = await street.lines(after)
    assert (after.refunded, await street.has(wallet)) == (9_900, 99_900)
    fee = after.fee - sum(line.fee_refunded for line in lines)
    assert await street.owed(shop) + await street.owed(other) == 100 - fee
    assert await street.owed(other) >= 0


@pytest.mark.parametrize("end", ["expired", "closed", "suspended"])
async def test_of_a_payment_and_the_end_of_its_order_in_one_instant_one_wins(street: Street, end: str) -> None:
    shop = await street.shop()
    wallets = [await street.ewallet(serial, 5_000) for serial in range(1, 4)]
    orders = [await street.order(shop, 1_000, minutes=1) for _ in range(6)]
    commands: list[Command[Any]] = []
    for turn, order in enumerate(orders):
        pay = street.pays(order, wallets[turn % 3])
        ends = {
            "expired": ExpireOrder(order=order.id),
            "closed": CloseOrder(order=order.id, reason="不要了"),
            "suspended": SuspendMerchant(merchant=shop.id, reason="核查"),
        }
        commands += [pay, ends[end]] if turn % 2 else [ends[end], pay]
    if end == "expired":
        street.now = orders[0].expires_at
    told = await street.all_at_once(commands)
    states = Counter([(await street.get(PaymentOrder, order.id)).state for order in orders])
    paid = states[OrderState.PAID]
    spent = 15_000 - sum([await street.has(wallet) for wallet in wallets])
    assert spent == paid * 1_000
    if end == "expired":
        assert (told, states) == ({"done": 6, "payment_order.expired": 6}, {OrderState.EXPIRED: 6})
    elif end == "closed":
        assert told == +Counter({"done": 6, "payment_order.paid": paid, "payment_order.closed": 6 - paid})
    else:
        assert (told["done"], told["merchant.suspended"]) == (1 + paid, 11 - paid)


async def test_of_a_capture_and_the_end_of_its_hold_in_one_instant_nothing_is_taken(street: Street) -> None:
    shop, wallet = await street.shop(), await street.ewallet(funds=9_000)
    payment = await street.do(street.authorises(await street.order(shop, 5_000), wallet))
    assert payment.expires_at is not None
    street.now = payment.expires_at
    commands: list[Command[Any]] = [CapturePayment(payment=payment.id, amount=1_000) for _ in range(4)]
    commands[2:2] = [ExpireAuthorisation(payment=payment.id)]
    told = await street.all_at_once(commands)
    assert told == {"done": 1, "payment.hold_expired": 2, "payment.not_held": 2}
    assert (await street.get(Payment, payment.id)).state is PaymentState.CANCELLED
    assert (await street.has(wallet), await street.owed(shop)) == (9_000, 0)


async def test_a_payee_that_left_the_list_after_its_order_gets_no_money_for_a_purpose(street: Street) -> None:
    await street.do(template(Rules(allowed=Payees(lists=("fair",))), LISTED))
    shop, holder = await street.shop(lists=("fair",)), await street.ecny(2, 5_000)
    grant = await street.grant_of(holder, 3_000)
    before, after = await street.order(shop, 1_000), await street.order(shop, 1_000)
    await street.do(street.pays_with(before, grant))
    leaves = ChangeMerchant(merchant=shop.id, lists=())
    told = await street.all_at_once([leaves, *(street.pays_with(after, grant) for _ in range(5))])
    assert told == {"done": 1, "purpose.list_not_allowed": 5}
    assert (await street.owed(shop, "ECNY"), await street.has(holder)) == (1_000 - 4, 5_000)
    await street.do(street.pays_with(after, holder))
    assert await street.has(holder) == 4_000
