"""The one way in which an order comes to be: ``open_order``."""

from datetime import timedelta

from canglian.bank.party.numbering import check_digit
from canglian.bank.payment.codes import BEGINNING, CHANCE
from canglian.bank.payment.model import Merchant, MerchantStore, OrderState, PaymentOrder, StoreState
from canglian.bank.payment.origins import is_among
from canglian.bank.payment.rules import policy_in_force
from canglian.ledger.book import Book


def open_order(
    book: Book,
    merchant: Merchant,
    *,
    number: str,
    subject: str,
    amount: int,
    discount: int = 0,
    minutes: int | None = None,
    split: bool = False,
    goods: tuple[str, ...] = (),
    store: str | None = None,
    return_url: str | None = None,
    shipping: int = 0,
) -> PaymentOrder:
    """An order of a merchant that takes any. The same number with the same figures again is the order that there is.

    Rejects ``payment_order.number_taken``, ``payment_order.discount``, ``payment_order.too_long``,
    ``payment_order.shipping``, ``payment_order.return_url`` and ``merchant_store.*``.
    """
    if discount >= amount:
        book.reject("payment_order.discount", amount=amount, asset="CNY", field="discount")
    if shipping > amount - discount:
        book.reject("payment_order.shipping", amount=amount - discount, asset="CNY", field="shipping")
    place = None if store is None else _open_store(book, store, merchant.id)
    if return_url is not None and not is_among(return_url, merchant.origins):
        book.reject("payment_order.return_url", field="return_url")
    policy = policy_in_force(book)
    minutes = policy.order_minutes if minutes is None else minutes
    if minutes > policy.order_days_max * 24 * 60:
        book.reject("payment_order.too_long", most=policy.order_days_max, field="minutes")
    for known in book.find(PaymentOrder, "number", (merchant.id, number)):
        figures = known.amount, known.discount, known.subject, known.goods, known.shipping
        if figures != (amount, discount, subject, goods, shipping):
            book.reject("payment_order.number_taken", number=number, payment_order=known.id, field="number")
        return known
    order = PaymentOrder(
        id=book.new_id("ord"),
        merchant=merchant.id,
        number=number,
        subject=subject,
        amount=amount,
        discount=discount,
        code=_new_code(book),
        state=OrderState.OPEN,
        payment=None,
        reason=None,
        opened_on=book.today,
        opened_at=book.now,
        opened_by=book.actor,
        expires_at=book.now + timedelta(minutes=minutes),
        updated_at=book.now,
        split=split,
        goods=goods,
        store=store,
        region=merchant.region if place is None else place.region,
        return_url=return_url,
        shipping=shipping,
    )
    book.emit(
        "payment_order.opened",
        f"payment_order:{order.id}",
        payment_order=order.id,
        merchant=merchant.id,
        number=order.number,
        amount=order.payable,
    )
    return book.add(order)


def _open_store(book: Book, identity: str, merchant: str) -> MerchantStore:
    store = book.get(MerchantStore, identity)
    if store.merchant != merchant:
        book.reject("merchant_store.of_another", merchant_store=identity, field="store")
    if store.state is StoreState.CLOSED:
        book.reject("merchant_store.closed", merchant_store=identity, field="store")
    return store


def _new_code(book: Book) -> str:
    """Eighteen digits that ask for this order's money: they pay nothing by themselves, so the book's chance will do."""
    body = BEGINNING + str(book.random.randrange(10**CHANCE)).zfill(CHANCE)
    return body + check_digit(body)
