"""Payments by the card and QR channel: what is asked of it; see ``channel_answers`` for what becomes of it."""

from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder
from canglian.bank.payment.model.channel import ChannelKind, ChannelMethod, ChannelOrder, ChannelState
from canglian.bank.payment.sources import Capture
from canglian.ledger.book import Book
from canglian.ledger.model import Account

SOURCE: Final = "channel"
"""The kind of source of payments that the channel is."""

ASSET: Final = "CNY"
OWED_HEAD: Final = "1221"
IN_TRANSIT_HEAD: Final = "2241"
FEES_HEAD: Final = "6421"
PAYOUTS_HEAD: Final = "1003"

REFUNDED: Final = "payment.refunded"
FEE: Final = "channel.fee"
PAID_OUT: Final = "channel.paid_out"


def owed_account(book: Book) -> int:
    """What the channel owes: the money that it collected and has not settled yet."""
    return _own(book, "payment.channel_owed", OWED_HEAD, "银行卡与扫码通道应收")


def in_transit_account(book: Book) -> int:
    """What goes back to payers by the channel and has not arrived yet."""
    return _own(book, "payment.channel_refunds", IN_TRANSIT_HEAD, "银行卡与扫码通道在途退款")


def keep_fee(book: Book, amount: int, reference: str) -> None:
    """The channel keeps a fee of what it collected, which is the bank's expense; a negative one it gives back."""
    _move(book, _own(book, "payment.channel_fees", FEES_HEAD, "银行卡与扫码通道手续费"), amount, FEE, reference)


def receive_payout(book: Book, amount: int, reference: str) -> None:
    """The channel pays out what it collected, less its fees; a negative amount it takes back."""
    _move(
        book, _own(book, "payment.channel_payouts", PAYOUTS_HEAD, "银行卡与扫码通道到账"), amount, PAID_OUT, reference
    )


def _move(book: Book, account: int, amount: int, code: str, reference: str) -> None:
    """Move what the channel owes to an account, or back from there."""
    owed = owed_account(book)
    if amount > 0:
        book.transfer(account, owed, amount, code, reference=reference)
    elif amount < 0:
        book.transfer(owed, account, -amount, code, reference=reference)


def request_payment(book: Book, order: PaymentOrder, method: ChannelMethod, *, later: bool = False) -> ChannelOrder:
    """Ask the channel to collect what an order asks for, or to set it aside for ``later``; the same again answers.

    Rejects ``channel_order.pending`` where the payer was sent another way meanwhile.
    """
    kind = ChannelKind.AUTHORISE if later else ChannelKind.PAY
    for known in book.find(ChannelOrder, "order", order.id):
        if known.kind.is_first and not known.state.is_final:
            if (known.kind, known.method) != (kind, method):
                book.reject("channel_order.pending", channel_order=known.id, method=known.method.value)
            return known
    return _requested(book, kind, method, order.id, order.merchant, order.payable)


def request_refund(book: Book, original: ChannelOrder, amount: int, payment: str | None) -> ChannelOrder:
    """Ask the channel to give some of what it collected back."""
    return _about(book, ChannelKind.REFUND, original, amount, payment)


def request_capture(book: Book, item: str, capture: Capture) -> ChannelOrder:
    """Ask the channel to take a part of what it has set aside."""
    original = book.get(ChannelOrder, item)
    asked = _about(book, ChannelKind.CAPTURE, original, capture.amount, capture.payment.id)
    return book.put(asked.replace(gross=capture.gross, final=capture.final))


def request_release(book: Book, item: str, amount: int, payment: str | None) -> ChannelOrder:
    """Ask the channel to let go of what is left of what it has set aside."""
    return _about(book, ChannelKind.RELEASE, book.get(ChannelOrder, item), amount, payment)


def refund(book: Book, payment: Payment, item: str, merchant: Merchant, amount: int) -> int:
    """Take a refund from the merchant and send it on its way to the payer; the transfer of the ledger."""
    original = book.get(ChannelOrder, item)
    account = payable_account(book, merchant, ASSET)
    moved = book.transfer(account, in_transit_account(book), amount, REFUNDED, reference=payment.id)
    book.put(request_refund(book, original, amount, payment.id).replace(transfer=moved.id))
    return moved.id


def send_refund_again(book: Book, order: ChannelOrder) -> ChannelOrder:
    """Ask for a refused refund once more, under a new number. Rejects ``channel_order.not_refused``."""
    again = [known for known in book.find(ChannelOrder, "original", order.original or "") if known.at > order.at]
    if order.kind is not ChannelKind.REFUND or order.state is not ChannelState.REFUSED or _taken_over(order, again):
        book.reject("channel_order.not_refused", channel_order=order.id)
    original = book.get(ChannelOrder, order.original or "")
    return book.put(request_refund(book, original, order.amount, order.payment).replace(transfer=order.transfer))


def _taken_over(order: ChannelOrder, later: list[ChannelOrder]) -> bool:
    """Whether a later one asks for the same money: that of the same transfer."""
    return any(known.transfer == order.transfer for known in later)


def _about(book: Book, kind: ChannelKind, original: ChannelOrder, amount: int, payment: str | None) -> ChannelOrder:
    """Ask for something about an earlier order."""
    return _requested(
        book,
        kind,
        original.method,
        original.order,
        original.merchant,
        amount,
        original=original.id,
        payment=payment,
    )


def _requested(
    book: Book,
    kind: ChannelKind,
    method: ChannelMethod,
    order: str,
    merchant: str,
    amount: int,
    *,
    original: str | None = None,
    payment: str | None = None,
) -> ChannelOrder:
    asked = ChannelOrder(
        id=book.new_id("cho"),
        kind=kind,
        method=method,
        order=order,
        merchant=merchant,
        original=original,
        payment=payment,
        amount=amount,
        asset=ASSET,
        state=ChannelState.REQUESTED,
        sends=0,
        enquiries=0,
        next_at=None,
        code=None,
        reference=None,
        fee=None,
        reason=None,
        transfer=None,
        late=False,
        on=book.today,
        at=book.now,
        by=book.actor,
        answered_at=None,
        updated_at=book.now,
    )
    return book.add(leaving(book, asked))


def leaving(book: Book, order: ChannelOrder) -> ChannelOrder:
    """It is about to leave: the order's event takes it to the channel; it carries nothing but ids and the amount."""
    book.emit("channel.requested", f"channel_order:{order.id}", **facts(order))
    return order.replace(updated_at=book.now)


def facts(order: ChannelOrder) -> dict[str, str | int]:
    """What events say of it."""
    return {
        "channel_order": order.id,
        "payment_order": order.order,
        "merchant": order.merchant,
        "asked": order.kind.value,
        "amount": order.amount,
    }


def _own(book: Book, code: str, head: str, name: str) -> int:
    reference = f"{code}.{ASSET.lower()}"
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    return open_in_ledger(book, head, ASSET, floor=None, name=name, reference=reference).id
